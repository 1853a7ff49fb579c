package dev.tidemill.storage.parquet;

/** Bitmaps in reused heap arrays: bit i is bit i % 64 of word i / 64. */
final class HeapBits {
  private HeapBits() {}

  static int words(int bits) {
    return (bits + 63) >>> 6;
  }

  static boolean get(long[] words, int index) {
    return (words[index >>> 6] >>> index & 1) != 0;
  }

  static void set(long[] words, int index) {
    words[index >>> 6] |= 1L << index;
  }

  /** Sets {@code count} bits from {@code from}. */
  static void setRange(long[] words, int from, int count) {
    int to = from + count;
    while (from < to) {
      int n = Math.min(64 - (from & 63), to - from);
      words[from >>> 6] |= (-1L >>> (64 - n)) << from;
      from += n;
    }
  }

  /**
   * Ors the bits of {@code bits} in from bit {@code from}; those that fall behind the last word
   * must be 0.
   */
  static void or(long[] words, int from, long bits) {
    int word = from >>> 6;
    int shift = from & 63;
    words[word] |= bits << shift;
    if (shift != 0) {
      long rest = bits >>> (64 - shift);
      if (rest != 0) {
        words[word + 1] |= rest;
      }
    }
  }
}
