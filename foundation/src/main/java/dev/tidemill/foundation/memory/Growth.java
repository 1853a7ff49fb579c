package dev.tidemill.foundation.memory;

/** How arrays grow. */
final class Growth {
  /** Below this many elements arrays double, above they grow by half. */
  private static final int DOUBLING = 1 << 24;

  static final int MAX_LENGTH = Integer.MAX_VALUE - 16;

  private Growth() {}

  /** The length of an array of {@code from} elements that is to have {@code length}. */
  static int longer(int from, int length) {
    long grown = from < DOUBLING ? from * 2L : from + from / 2L;
    return (int) Math.clamp(Math.max(grown, 16), length, MAX_LENGTH);
  }
}
