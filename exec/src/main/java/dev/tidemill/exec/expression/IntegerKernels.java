package dev.tidemill.exec.expression;

import dev.tidemill.foundation.memory.Memory;

/**
 * The loops of integer arithmetic: two columns, or a column and a scalar, of {@code length} rows
 * each, into {@code out}. What overflows wraps; the answer says whether anything did, in whatever
 * row, and the caller finds out where.
 */
final class IntegerKernels {
  private IntegerKernels() {}

  /** {@code a + b}. */
  static boolean addByte(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getByte(a + i) + Memory.getByte(b + i);
      overflow |= result ^ (byte) result;
      Memory.putByte(out + i, (byte) result);
    }
    return overflow != 0;
  }

  /** {@code a + scalar}. */
  static boolean addByteScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getByte(a + i) + scalar;
      overflow |= result ^ (byte) result;
      Memory.putByte(out + i, (byte) result);
    }
    return overflow != 0;
  }

  /** {@code a - b}. */
  static boolean subtractByte(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getByte(a + i) - Memory.getByte(b + i);
      overflow |= result ^ (byte) result;
      Memory.putByte(out + i, (byte) result);
    }
    return overflow != 0;
  }

  /** {@code a - scalar}. */
  static boolean subtractByteScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getByte(a + i) - scalar;
      overflow |= result ^ (byte) result;
      Memory.putByte(out + i, (byte) result);
    }
    return overflow != 0;
  }

  /** {@code scalar - b}. */
  static boolean subtractByteFromScalar(long scalar, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = scalar - Memory.getByte(b + i);
      overflow |= result ^ (byte) result;
      Memory.putByte(out + i, (byte) result);
    }
    return overflow != 0;
  }

  /** {@code a * b}. */
  static boolean multiplyByte(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getByte(a + i) * Memory.getByte(b + i);
      overflow |= result ^ (byte) result;
      Memory.putByte(out + i, (byte) result);
    }
    return overflow != 0;
  }

  /** {@code a * scalar}. */
  static boolean multiplyByteScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getByte(a + i) * scalar;
      overflow |= result ^ (byte) result;
      Memory.putByte(out + i, (byte) result);
    }
    return overflow != 0;
  }

  /** {@code a + b}. */
  static boolean addShort(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result =
          (long) Memory.getShort(a + ((long) i << 1)) + Memory.getShort(b + ((long) i << 1));
      overflow |= result ^ (short) result;
      Memory.putShort(out + ((long) i << 1), (short) result);
    }
    return overflow != 0;
  }

  /** {@code a + scalar}. */
  static boolean addShortScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getShort(a + ((long) i << 1)) + scalar;
      overflow |= result ^ (short) result;
      Memory.putShort(out + ((long) i << 1), (short) result);
    }
    return overflow != 0;
  }

  /** {@code a - b}. */
  static boolean subtractShort(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result =
          (long) Memory.getShort(a + ((long) i << 1)) - Memory.getShort(b + ((long) i << 1));
      overflow |= result ^ (short) result;
      Memory.putShort(out + ((long) i << 1), (short) result);
    }
    return overflow != 0;
  }

  /** {@code a - scalar}. */
  static boolean subtractShortScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getShort(a + ((long) i << 1)) - scalar;
      overflow |= result ^ (short) result;
      Memory.putShort(out + ((long) i << 1), (short) result);
    }
    return overflow != 0;
  }

  /** {@code scalar - b}. */
  static boolean subtractShortFromScalar(long scalar, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = scalar - Memory.getShort(b + ((long) i << 1));
      overflow |= result ^ (short) result;
      Memory.putShort(out + ((long) i << 1), (short) result);
    }
    return overflow != 0;
  }

  /** {@code a * b}. */
  static boolean multiplyShort(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result =
          (long) Memory.getShort(a + ((long) i << 1)) * Memory.getShort(b + ((long) i << 1));
      overflow |= result ^ (short) result;
      Memory.putShort(out + ((long) i << 1), (short) result);
    }
    return overflow != 0;
  }

  /** {@code a * scalar}. */
  static boolean multiplyShortScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getShort(a + ((long) i << 1)) * scalar;
      overflow |= result ^ (short) result;
      Memory.putShort(out + ((long) i << 1), (short) result);
    }
    return overflow != 0;
  }

  /** {@code a + b}. */
  static boolean addInt(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getInt(a + ((long) i << 2)) + Memory.getInt(b + ((long) i << 2));
      overflow |= result ^ (int) result;
      Memory.putInt(out + ((long) i << 2), (int) result);
    }
    return overflow != 0;
  }

  /** {@code a + scalar}. */
  static boolean addIntScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getInt(a + ((long) i << 2)) + scalar;
      overflow |= result ^ (int) result;
      Memory.putInt(out + ((long) i << 2), (int) result);
    }
    return overflow != 0;
  }

  /** {@code a - b}. */
  static boolean subtractInt(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getInt(a + ((long) i << 2)) - Memory.getInt(b + ((long) i << 2));
      overflow |= result ^ (int) result;
      Memory.putInt(out + ((long) i << 2), (int) result);
    }
    return overflow != 0;
  }

  /** {@code a - scalar}. */
  static boolean subtractIntScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getInt(a + ((long) i << 2)) - scalar;
      overflow |= result ^ (int) result;
      Memory.putInt(out + ((long) i << 2), (int) result);
    }
    return overflow != 0;
  }

  /** {@code scalar - b}. */
  static boolean subtractIntFromScalar(long scalar, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = scalar - Memory.getInt(b + ((long) i << 2));
      overflow |= result ^ (int) result;
      Memory.putInt(out + ((long) i << 2), (int) result);
    }
    return overflow != 0;
  }

  /** {@code a * b}. */
  static boolean multiplyInt(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getInt(a + ((long) i << 2)) * Memory.getInt(b + ((long) i << 2));
      overflow |= result ^ (int) result;
      Memory.putInt(out + ((long) i << 2), (int) result);
    }
    return overflow != 0;
  }

  /** {@code a * scalar}. */
  static boolean multiplyIntScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long result = (long) Memory.getInt(a + ((long) i << 2)) * scalar;
      overflow |= result ^ (int) result;
      Memory.putInt(out + ((long) i << 2), (int) result);
    }
    return overflow != 0;
  }

  /** {@code a + b}. */
  static boolean addLong(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long x = Memory.getLong(a + ((long) i << 3));
      long y = Memory.getLong(b + ((long) i << 3));
      long result = x + y;
      overflow |= (x ^ result) & (y ^ result);
      Memory.putLong(out + ((long) i << 3), result);
    }
    return overflow < 0;
  }

  /** {@code a + scalar}. */
  static boolean addLongScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long x = Memory.getLong(a + ((long) i << 3));
      long y = scalar;
      long result = x + y;
      overflow |= (x ^ result) & (y ^ result);
      Memory.putLong(out + ((long) i << 3), result);
    }
    return overflow < 0;
  }

  /** {@code a - b}. */
  static boolean subtractLong(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long x = Memory.getLong(a + ((long) i << 3));
      long y = Memory.getLong(b + ((long) i << 3));
      long result = x - y;
      overflow |= (x ^ y) & (x ^ result);
      Memory.putLong(out + ((long) i << 3), result);
    }
    return overflow < 0;
  }

  /** {@code a - scalar}. */
  static boolean subtractLongScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long x = Memory.getLong(a + ((long) i << 3));
      long y = scalar;
      long result = x - y;
      overflow |= (x ^ y) & (x ^ result);
      Memory.putLong(out + ((long) i << 3), result);
    }
    return overflow < 0;
  }

  /** {@code scalar - b}. */
  static boolean subtractLongFromScalar(long scalar, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long x = scalar;
      long y = Memory.getLong(b + ((long) i << 3));
      long result = x - y;
      overflow |= (x ^ y) & (x ^ result);
      Memory.putLong(out + ((long) i << 3), result);
    }
    return overflow < 0;
  }

  /** {@code a * b}. */
  static boolean multiplyLong(long a, long b, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long x = Memory.getLong(a + ((long) i << 3));
      long y = Memory.getLong(b + ((long) i << 3));
      long result = x * y;
      overflow |= Math.multiplyHigh(x, y) ^ (result >> 63);
      Memory.putLong(out + ((long) i << 3), result);
    }
    return overflow != 0;
  }

  /** {@code a * scalar}. */
  static boolean multiplyLongScalar(long a, long scalar, long out, int length) {
    long overflow = 0;
    for (int i = 0; i < length; i++) {
      long x = Memory.getLong(a + ((long) i << 3));
      long y = scalar;
      long result = x * y;
      overflow |= Math.multiplyHigh(x, y) ^ (result >> 63);
      Memory.putLong(out + ((long) i << 3), result);
    }
    return overflow != 0;
  }

  /** {@code a / b, towards zero}; true also for a division by zero. */
  static boolean divideByte(long a, long b, long out, int length) {
    boolean wrong = false;
    for (int i = 0; i < length; i++) {
      byte x = Memory.getByte(a + i);
      byte y = Memory.getByte(b + i);
      wrong |= y == 0;
      wrong |= x == Byte.MIN_VALUE && y == -1;
      Memory.putByte(out + i, (byte) (x / (y == 0 ? 1 : y)));
    }
    return wrong;
  }

  /** {@code a % b, with the sign of a}; true also for a division by zero. */
  static boolean moduloByte(long a, long b, long out, int length) {
    boolean wrong = false;
    for (int i = 0; i < length; i++) {
      byte x = Memory.getByte(a + i);
      byte y = Memory.getByte(b + i);
      wrong |= y == 0;
      Memory.putByte(out + i, (byte) (x % (y == 0 ? 1 : y)));
    }
    return wrong;
  }

  /** {@code a / b, towards zero}; true also for a division by zero. */
  static boolean divideShort(long a, long b, long out, int length) {
    boolean wrong = false;
    for (int i = 0; i < length; i++) {
      short x = Memory.getShort(a + ((long) i << 1));
      short y = Memory.getShort(b + ((long) i << 1));
      wrong |= y == 0;
      wrong |= x == Short.MIN_VALUE && y == -1;
      Memory.putShort(out + ((long) i << 1), (short) (x / (y == 0 ? 1 : y)));
    }
    return wrong;
  }

  /** {@code a % b, with the sign of a}; true also for a division by zero. */
  static boolean moduloShort(long a, long b, long out, int length) {
    boolean wrong = false;
    for (int i = 0; i < length; i++) {
      short x = Memory.getShort(a + ((long) i << 1));
      short y = Memory.getShort(b + ((long) i << 1));
      wrong |= y == 0;
      Memory.putShort(out + ((long) i << 1), (short) (x % (y == 0 ? 1 : y)));
    }
    return wrong;
  }

  /** {@code a / b, towards zero}; true also for a division by zero. */
  static boolean divideInt(long a, long b, long out, int length) {
    boolean wrong = false;
    for (int i = 0; i < length; i++) {
      int x = Memory.getInt(a + ((long) i << 2));
      int y = Memory.getInt(b + ((long) i << 2));
      wrong |= y == 0;
      wrong |= x == Integer.MIN_VALUE && y == -1;
      Memory.putInt(out + ((long) i << 2), x / (y == 0 ? 1 : y));
    }
    return wrong;
  }

  /** {@code a % b, with the sign of a}; true also for a division by zero. */
  static boolean moduloInt(long a, long b, long out, int length) {
    boolean wrong = false;
    for (int i = 0; i < length; i++) {
      int x = Memory.getInt(a + ((long) i << 2));
      int y = Memory.getInt(b + ((long) i << 2));
      wrong |= y == 0;
      Memory.putInt(out + ((long) i << 2), x % (y == 0 ? 1 : y));
    }
    return wrong;
  }

  /** {@code a / b, towards zero}; true also for a division by zero. */
  static boolean divideLong(long a, long b, long out, int length) {
    boolean wrong = false;
    for (int i = 0; i < length; i++) {
      long x = Memory.getLong(a + ((long) i << 3));
      long y = Memory.getLong(b + ((long) i << 3));
      wrong |= y == 0;
      wrong |= x == Long.MIN_VALUE && y == -1;
      Memory.putLong(out + ((long) i << 3), x / (y == 0 ? 1 : y));
    }
    return wrong;
  }

  /** {@code a % b, with the sign of a}; true also for a division by zero. */
  static boolean moduloLong(long a, long b, long out, int length) {
    boolean wrong = false;
    for (int i = 0; i < length; i++) {
      long x = Memory.getLong(a + ((long) i << 3));
      long y = Memory.getLong(b + ((long) i << 3));
      wrong |= y == 0;
      Memory.putLong(out + ((long) i << 3), x % (y == 0 ? 1 : y));
    }
    return wrong;
  }
}
