package dev.tidemill.storage.tpch;

/**
 * The random numbers of one column: TPC-H's multiplicative congruential generator, 16807 modulo
 * 2^31 - 1. Every row has the same number of draws reserved, used or not, so a row's numbers follow
 * from its number: {@code state(row) = seed * 16807^(drawsPerRow * row)}.
 */
final class RandomStream {
  private static final long MULTIPLIER = 16807;
  private static final long MODULUS = 2147483647;

  private final long rowMultiplier;
  private long rowState;
  private long state;

  /** The stream of {@code seed}, standing before the first draw of {@code row}. */
  RandomStream(long seed, int drawsPerRow, long row) {
    rowMultiplier = power(MULTIPLIER, drawsPerRow);
    rowState = seed * power(rowMultiplier, row) % MODULUS;
    state = rowState;
  }

  /** A number between {@code low} and {@code high}, both included. */
  long draw(long low, long high) {
    state = state * MULTIPLIER % MODULUS;
    return low + (long) ((double) state / MODULUS * (high - low + 1));
  }

  /** Skips the draws of this row that are left. */
  void nextRow() {
    rowState = rowState * rowMultiplier % MODULUS;
    state = rowState;
  }

  private static long power(long base, long exponent) {
    long result = 1;
    long square = base;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        result = result * square % MODULUS;
      }
      square = square * square % MODULUS;
    }
    return result;
  }
}
