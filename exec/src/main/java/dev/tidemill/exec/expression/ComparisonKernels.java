package dev.tidemill.exec.expression;

import dev.tidemill.foundation.memory.Memory;

/**
 * The loops of comparison: two columns, or a column and a scalar, of {@code length} rows each, into
 * a bitmap of whole words at {@code out}. NULLs are the caller's matter. Conditions are arithmetic
 * on the sign bit, whose speed does not depend on how many rows meet them.
 */
final class ComparisonKernels {
  private ComparisonKernels() {}

  /** {@code a = b}. */
  static void equalByte(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= equal(Memory.getByte(a + (base + i)), Memory.getByte(b + (base + i))) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = scalar}. */
  static void equalByteScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= equal(Memory.getByte(a + (base + i)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < b}. */
  static void lessByte(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(Memory.getByte(a + (base + i)), Memory.getByte(b + (base + i))) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < scalar}. */
  static void lessByteScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(Memory.getByte(a + (base + i)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a > scalar}. */
  static void greaterByteScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(scalar, Memory.getByte(a + (base + i))) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = b}. */
  static void equalShort(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |=
            equal(
                    Memory.getShort(a + ((long) (base + i) << 1)),
                    Memory.getShort(b + ((long) (base + i) << 1)))
                << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = scalar}. */
  static void equalShortScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= equal(Memory.getShort(a + ((long) (base + i) << 1)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < b}. */
  static void lessShort(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |=
            less(
                    Memory.getShort(a + ((long) (base + i) << 1)),
                    Memory.getShort(b + ((long) (base + i) << 1)))
                << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < scalar}. */
  static void lessShortScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(Memory.getShort(a + ((long) (base + i) << 1)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a > scalar}. */
  static void greaterShortScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(scalar, Memory.getShort(a + ((long) (base + i) << 1))) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = b}. */
  static void equalInt(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |=
            equal(
                    Memory.getInt(a + ((long) (base + i) << 2)),
                    Memory.getInt(b + ((long) (base + i) << 2)))
                << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = scalar}. */
  static void equalIntScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= equal(Memory.getInt(a + ((long) (base + i) << 2)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < b}. */
  static void lessInt(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |=
            less(
                    Memory.getInt(a + ((long) (base + i) << 2)),
                    Memory.getInt(b + ((long) (base + i) << 2)))
                << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < scalar}. */
  static void lessIntScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(Memory.getInt(a + ((long) (base + i) << 2)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a > scalar}. */
  static void greaterIntScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(scalar, Memory.getInt(a + ((long) (base + i) << 2))) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = b}. */
  static void equalLong(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |=
            equal(
                    Memory.getLong(a + ((long) (base + i) << 3)),
                    Memory.getLong(b + ((long) (base + i) << 3)))
                << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = scalar}. */
  static void equalLongScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= equal(Memory.getLong(a + ((long) (base + i) << 3)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < b}. */
  static void lessLong(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |=
            less(
                    Memory.getLong(a + ((long) (base + i) << 3)),
                    Memory.getLong(b + ((long) (base + i) << 3)))
                << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < scalar}. */
  static void lessLongScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(Memory.getLong(a + ((long) (base + i) << 3)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a > scalar}. */
  static void greaterLongScalar(long a, long scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(scalar, Memory.getLong(a + ((long) (base + i) << 3))) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = b}. */
  static void equalFloat(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |=
            equal(
                    Memory.getFloat(a + ((long) (base + i) << 2)),
                    Memory.getFloat(b + ((long) (base + i) << 2)))
                << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = scalar}. */
  static void equalFloatScalar(long a, float scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= equal(Memory.getFloat(a + ((long) (base + i) << 2)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < b}. */
  static void lessFloat(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |=
            less(
                    Memory.getFloat(a + ((long) (base + i) << 2)),
                    Memory.getFloat(b + ((long) (base + i) << 2)))
                << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < scalar}. */
  static void lessFloatScalar(long a, float scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(Memory.getFloat(a + ((long) (base + i) << 2)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a > scalar}. */
  static void greaterFloatScalar(long a, float scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(scalar, Memory.getFloat(a + ((long) (base + i) << 2))) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = b}. */
  static void equalDouble(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |=
            equal(
                    Memory.getDouble(a + ((long) (base + i) << 3)),
                    Memory.getDouble(b + ((long) (base + i) << 3)))
                << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = scalar}. */
  static void equalDoubleScalar(long a, double scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= equal(Memory.getDouble(a + ((long) (base + i) << 3)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < b}. */
  static void lessDouble(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |=
            less(
                    Memory.getDouble(a + ((long) (base + i) << 3)),
                    Memory.getDouble(b + ((long) (base + i) << 3)))
                << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < scalar}. */
  static void lessDoubleScalar(long a, double scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(Memory.getDouble(a + ((long) (base + i) << 3)), scalar) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a > scalar}. */
  static void greaterDoubleScalar(long a, double scalar, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        word |= less(scalar, Memory.getDouble(a + ((long) (base + i) << 3))) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a = b} of 16 bytes. */
  static void equalWide(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        long at = (long) (base + i) << 4;
        long difference =
            (Memory.getLong(a + at) ^ Memory.getLong(b + at))
                | (Memory.getLong(a + at + 8) ^ Memory.getLong(b + at + 8));
        word |= equal(difference, 0) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  /** {@code a < b} of 16 bytes, signed. */
  static void lessWide(long a, long b, long out, int length) {
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long word = 0;
      for (int i = 0; i < n; i++) {
        long at = (long) (base + i) << 4;
        long high = Memory.getLong(a + at + 8);
        long otherHigh = Memory.getLong(b + at + 8);
        long lowLess =
            less(Memory.getLong(a + at) ^ Long.MIN_VALUE, Memory.getLong(b + at) ^ Long.MIN_VALUE);
        word |= (less(high, otherHigh) | (equal(high, otherHigh) & lowLess)) << i;
      }
      Memory.putLong(out + (base >>> 3), word);
    }
  }

  private static long equal(long x, long y) {
    long difference = x ^ y;
    return ((difference | -difference) >>> 63) ^ 1;
  }

  private static long less(long x, long y) {
    return ((x & ~y) | (~(x ^ y) & (x - y))) >>> 63;
  }

  private static long equal(float x, float y) {
    return x == y || (Float.isNaN(x) && Float.isNaN(y)) ? 1 : 0;
  }

  private static long less(float x, float y) {
    return x < y || (Float.isNaN(y) && !Float.isNaN(x)) ? 1 : 0;
  }

  private static long equal(double x, double y) {
    return x == y || (Double.isNaN(x) && Double.isNaN(y)) ? 1 : 0;
  }

  private static long less(double x, double y) {
    return x < y || (Double.isNaN(y) && !Double.isNaN(x)) ? 1 : 0;
  }
}
