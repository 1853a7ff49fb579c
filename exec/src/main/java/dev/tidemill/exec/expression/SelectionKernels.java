package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.memory.Memory;

/**
 * The loops of comparison over few rows: of the {@code count} first {@code rows} those are kept, in
 * {@code kept}, whose integer compares to the scalar as asked, or with {@code flip} 1 those whose
 * does not. The answer is how many. Arithmetic on the sign bit, no branches.
 */
final class SelectionKernels {
  private SelectionKernels() {}

  static int equalInt(long a, long scalar, int[] rows, int count, int flip, int[] kept) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      long difference = Memory.getInt(a + ((long) row << 2)) ^ scalar;
      kept[n] = row;
      n += (int) (((difference | -difference) >>> 63) ^ 1) ^ flip;
    }
    return n;
  }

  static int lessInt(long a, long scalar, int[] rows, int count, int flip, int[] kept) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      kept[n] = row;
      n += (int) ((Memory.getInt(a + ((long) row << 2)) - scalar) >>> 63) ^ flip;
    }
    return n;
  }

  static int greaterInt(long a, long scalar, int[] rows, int count, int flip, int[] kept) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      kept[n] = row;
      n += (int) ((scalar - Memory.getInt(a + ((long) row << 2))) >>> 63) ^ flip;
    }
    return n;
  }

  static int equalLong(long a, long scalar, int[] rows, int count, int flip, int[] kept) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      long difference = Memory.getLong(a + ((long) row << 3)) ^ scalar;
      kept[n] = row;
      n += (int) (((difference | -difference) >>> 63) ^ 1) ^ flip;
    }
    return n;
  }

  static int lessLong(long a, long scalar, int[] rows, int count, int flip, int[] kept) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      kept[n] = row;
      n += (int) less(Memory.getLong(a + ((long) row << 3)), scalar) ^ flip;
    }
    return n;
  }

  static int greaterLong(long a, long scalar, int[] rows, int count, int flip, int[] kept) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      kept[n] = row;
      n += (int) less(scalar, Memory.getLong(a + ((long) row << 3))) ^ flip;
    }
    return n;
  }

  /** Those from {@code low} to {@code high}; see {@link #rangeLong}. */
  static int rangeInt(long a, long low, long high, int[] rows, int count, int[] kept) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      long value = Memory.getInt(a + ((long) row << 2));
      kept[n] = row;
      n += (int) (~((value - low) | (high - value)) >>> 63);
    }
    return n;
  }

  /**
   * Those from {@code low} to {@code high}, where {@code 0 <= high - low} does not overflow: then
   * of the two differences one is negative, overflown or not, exactly outside.
   */
  static int rangeLong(long a, long low, long high, int[] rows, int count, int[] kept) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      long value = Memory.getLong(a + ((long) row << 3));
      kept[n] = row;
      n += (int) (~((value - low) | (high - value)) >>> 63);
    }
    return n;
  }

  private static long less(long x, long y) {
    return ((x & ~y) | (~(x ^ y) & (x - y))) >>> 63;
  }

  /** Keeps the rows whose bit is 1; {@code rows} and {@code kept} may be one array. */
  static int ones(long bits, int[] rows, int count, int[] kept) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      kept[n] = row;
      n += Bits.get(bits, row) ? 1 : 0;
    }
    return n;
  }
}
