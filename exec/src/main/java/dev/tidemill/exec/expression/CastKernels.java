package dev.tidemill.exec.expression;

import dev.tidemill.foundation.memory.Memory;

/**
 * The loops of casts between numbers and between timestamps, {@code length} rows from {@code from}
 * to {@code to}. Integers go by way of 8 bytes. The answer says whether a value did not fit, in
 * whatever row.
 */
final class CastKernels {
  private static final double LONG_BOUND = 0x1p63;

  /** Integers up to here are DOUBLEs exactly. */
  private static final long EXACT = 1L << 53;

  private CastKernels() {}

  static void widenBytes(long from, long to, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putLong(to + ((long) i << 3), Memory.getByte(from + i));
    }
  }

  static void widenShorts(long from, long to, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putLong(to + ((long) i << 3), Memory.getShort(from + ((long) i << 1)));
    }
  }

  static void widenInts(long from, long to, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putLong(to + ((long) i << 3), Memory.getInt(from + ((long) i << 2)));
    }
  }

  static boolean narrowToBytes(long from, long to, int length) {
    long lost = 0;
    for (int i = 0; i < length; i++) {
      long value = Memory.getLong(from + ((long) i << 3));
      lost |= value ^ (byte) value;
      Memory.putByte(to + i, (byte) value);
    }
    return lost != 0;
  }

  static boolean narrowToShorts(long from, long to, int length) {
    long lost = 0;
    for (int i = 0; i < length; i++) {
      long value = Memory.getLong(from + ((long) i << 3));
      lost |= value ^ (short) value;
      Memory.putShort(to + ((long) i << 1), (short) value);
    }
    return lost != 0;
  }

  static boolean narrowToInts(long from, long to, int length) {
    long lost = 0;
    for (int i = 0; i < length; i++) {
      long value = Memory.getLong(from + ((long) i << 3));
      lost |= value ^ (int) value;
      Memory.putInt(to + ((long) i << 2), (int) value);
    }
    return lost != 0;
  }

  static void longsToDoubles(long from, long to, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(to + ((long) i << 3), Memory.getLong(from + ((long) i << 3)));
    }
  }

  static void longsToFloats(long from, long to, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(to + ((long) i << 2), Memory.getLong(from + ((long) i << 3)));
    }
  }

  static void floatsToDoubles(long from, long to, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(to + ((long) i << 3), Memory.getFloat(from + ((long) i << 2)));
    }
  }

  /** A finite value that becomes infinite does not fit. */
  static boolean doublesToFloats(long from, long to, int length) {
    boolean lost = false;
    for (int i = 0; i < length; i++) {
      double value = Memory.getDouble(from + ((long) i << 3));
      float narrow = (float) value;
      lost |= Float.isInfinite(narrow) && !Double.isInfinite(value);
      Memory.putFloat(to + ((long) i << 2), narrow);
    }
    return lost;
  }

  /** Half to even; NaN and what is beyond 64 bits does not fit. */
  static boolean doublesToLongs(long from, long to, int length) {
    boolean lost = false;
    for (int i = 0; i < length; i++) {
      double value = Math.rint(Memory.getDouble(from + ((long) i << 3)));
      lost |= !(value >= -LONG_BOUND && value < LONG_BOUND);
      Memory.putLong(to + ((long) i << 3), (long) value);
    }
    return lost;
  }

  /**
   * Unscaled values over a power of ten that is exact as a DOUBLE; beyond 53 bits a value does not
   * fit.
   */
  static boolean decimalsToDoubles(long from, double divisor, long to, int length) {
    boolean lost = false;
    for (int i = 0; i < length; i++) {
      long value = Memory.getLong(from + ((long) i << 3));
      lost |= value > EXACT || value < -EXACT;
      Memory.putDouble(to + ((long) i << 3), value / divisor);
    }
    return lost;
  }

  /** Half away from zero; {@code divisor} is a power of ten. */
  static void divideHalfUp(long from, long divisor, long to, int length) {
    long half = divisor >> 1;
    for (int i = 0; i < length; i++) {
      long value = Memory.getLong(from + ((long) i << 3));
      long quotient = value / divisor;
      long rest = value - quotient * divisor;
      quotient += rest >= half ? 1 : rest <= -half ? -1 : 0;
      Memory.putLong(to + ((long) i << 3), quotient);
    }
  }

  /** Towards the past. */
  static void floorDivide(long from, long divisor, long to, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putLong(
          to + ((long) i << 3), Math.floorDiv(Memory.getLong(from + ((long) i << 3)), divisor));
    }
  }

  /** Down to multiples of {@code unit}; true where one is below 64 bits. */
  static boolean floorTo(long from, long unit, long to, int length) {
    boolean wrapped = false;
    for (int i = 0; i < length; i++) {
      long value = Memory.getLong(from + ((long) i << 3));
      long multiple = value - Math.floorMod(value, unit);
      wrapped |= multiple > value;
      Memory.putLong(to + ((long) i << 3), multiple);
    }
    return wrapped;
  }

  /** The rest over multiples of {@code unit}, never negative. */
  static void floorRest(long from, long unit, long to, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putLong(
          to + ((long) i << 3), Math.floorMod(Memory.getLong(from + ((long) i << 3)), unit));
    }
  }

  /** Whether any value has more than the digits that {@code bound}, a power of ten, allows. */
  static boolean anyBeyond(long from, long bound, int length) {
    boolean any = false;
    for (int i = 0; i < length; i++) {
      long value = Memory.getLong(from + ((long) i << 3));
      any |= value >= bound || value <= -bound;
    }
    return any;
  }
}
