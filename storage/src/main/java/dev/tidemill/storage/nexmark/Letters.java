package dev.tidemill.storage.nexmark;

import java.nio.charset.StandardCharsets;

/** Random letters, of which any piece is a text. */
final class Letters {
  private static final int PLACES = 1 << 16;
  private static final int MAX_PIECE = 1 << 9;

  /** How many there are. */
  static final int COUNT = PLACES + MAX_PIECE;

  private final byte[] bytes = new byte[COUNT];

  Letters(long seed) {
    Randomness random = new Randomness(seed, "letters");
    for (int i = 0; i < COUNT; i++) {
      bytes[i] = (byte) ('a' + random.below(i, 26));
    }
  }

  /** The letters themselves, not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** {@code least} to {@code most} letters. */
  String piece(long bits, int least, int most) {
    return new String(bytes, place(bits), length(bits, least, most), StandardCharsets.US_ASCII);
  }

  /** Where the piece begins that random bits stand for. */
  static int place(long bits) {
    return (int) (bits & (PLACES - 1));
  }

  /** How long the piece is that random bits stand for. */
  static int length(long bits, int least, int most) {
    return least + (int) Randomness.scale(bits, most - least + 1);
  }
}
