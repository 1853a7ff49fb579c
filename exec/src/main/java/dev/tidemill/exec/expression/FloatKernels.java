package dev.tidemill.exec.expression;

import dev.tidemill.foundation.memory.Memory;

/**
 * The loops of REAL and DOUBLE arithmetic: two columns, or a column and a scalar, of {@code length}
 * rows each, into {@code out}.
 */
final class FloatKernels {
  private FloatKernels() {}

  /** {@code a + b}. */
  static void addFloat(long a, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(
          out + ((long) i << 2),
          Memory.getFloat(a + ((long) i << 2)) + Memory.getFloat(b + ((long) i << 2)));
    }
  }

  /** {@code a + scalar}. */
  static void addFloatScalar(long a, float scalar, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(out + ((long) i << 2), Memory.getFloat(a + ((long) i << 2)) + scalar);
    }
  }

  /** {@code a - b}. */
  static void subtractFloat(long a, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(
          out + ((long) i << 2),
          Memory.getFloat(a + ((long) i << 2)) - Memory.getFloat(b + ((long) i << 2)));
    }
  }

  /** {@code a - scalar}. */
  static void subtractFloatScalar(long a, float scalar, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(out + ((long) i << 2), Memory.getFloat(a + ((long) i << 2)) - scalar);
    }
  }

  /** {@code scalar - b}. */
  static void subtractFloatFromScalar(float scalar, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(out + ((long) i << 2), scalar - Memory.getFloat(b + ((long) i << 2)));
    }
  }

  /** {@code a * b}. */
  static void multiplyFloat(long a, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(
          out + ((long) i << 2),
          Memory.getFloat(a + ((long) i << 2)) * Memory.getFloat(b + ((long) i << 2)));
    }
  }

  /** {@code a * scalar}. */
  static void multiplyFloatScalar(long a, float scalar, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(out + ((long) i << 2), Memory.getFloat(a + ((long) i << 2)) * scalar);
    }
  }

  /** {@code a / b}. */
  static void divideFloat(long a, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(
          out + ((long) i << 2),
          Memory.getFloat(a + ((long) i << 2)) / Memory.getFloat(b + ((long) i << 2)));
    }
  }

  /** {@code a / scalar}. */
  static void divideFloatScalar(long a, float scalar, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(out + ((long) i << 2), Memory.getFloat(a + ((long) i << 2)) / scalar);
    }
  }

  /** {@code scalar / b}. */
  static void divideFloatFromScalar(float scalar, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(out + ((long) i << 2), scalar / Memory.getFloat(b + ((long) i << 2)));
    }
  }

  /** {@code a % b}. */
  static void moduloFloat(long a, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(
          out + ((long) i << 2),
          Memory.getFloat(a + ((long) i << 2)) % Memory.getFloat(b + ((long) i << 2)));
    }
  }

  /** {@code a % scalar}. */
  static void moduloFloatScalar(long a, float scalar, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putFloat(out + ((long) i << 2), Memory.getFloat(a + ((long) i << 2)) % scalar);
    }
  }

  /** Whether any of the values is zero. */
  static boolean anyZeroFloat(long a, int length) {
    boolean any = false;
    for (int i = 0; i < length; i++) {
      any |= Memory.getFloat(a + ((long) i << 2)) == 0;
    }
    return any;
  }

  /** {@code a + b}. */
  static void addDouble(long a, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(
          out + ((long) i << 3),
          Memory.getDouble(a + ((long) i << 3)) + Memory.getDouble(b + ((long) i << 3)));
    }
  }

  /** {@code a + scalar}. */
  static void addDoubleScalar(long a, double scalar, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(out + ((long) i << 3), Memory.getDouble(a + ((long) i << 3)) + scalar);
    }
  }

  /** {@code a - b}. */
  static void subtractDouble(long a, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(
          out + ((long) i << 3),
          Memory.getDouble(a + ((long) i << 3)) - Memory.getDouble(b + ((long) i << 3)));
    }
  }

  /** {@code a - scalar}. */
  static void subtractDoubleScalar(long a, double scalar, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(out + ((long) i << 3), Memory.getDouble(a + ((long) i << 3)) - scalar);
    }
  }

  /** {@code scalar - b}. */
  static void subtractDoubleFromScalar(double scalar, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(out + ((long) i << 3), scalar - Memory.getDouble(b + ((long) i << 3)));
    }
  }

  /** {@code a * b}. */
  static void multiplyDouble(long a, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(
          out + ((long) i << 3),
          Memory.getDouble(a + ((long) i << 3)) * Memory.getDouble(b + ((long) i << 3)));
    }
  }

  /** {@code a * scalar}. */
  static void multiplyDoubleScalar(long a, double scalar, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(out + ((long) i << 3), Memory.getDouble(a + ((long) i << 3)) * scalar);
    }
  }

  /** {@code a / b}. */
  static void divideDouble(long a, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(
          out + ((long) i << 3),
          Memory.getDouble(a + ((long) i << 3)) / Memory.getDouble(b + ((long) i << 3)));
    }
  }

  /** {@code a / scalar}. */
  static void divideDoubleScalar(long a, double scalar, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(out + ((long) i << 3), Memory.getDouble(a + ((long) i << 3)) / scalar);
    }
  }

  /** {@code scalar / b}. */
  static void divideDoubleFromScalar(double scalar, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(out + ((long) i << 3), scalar / Memory.getDouble(b + ((long) i << 3)));
    }
  }

  /** {@code a % b}. */
  static void moduloDouble(long a, long b, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(
          out + ((long) i << 3),
          Memory.getDouble(a + ((long) i << 3)) % Memory.getDouble(b + ((long) i << 3)));
    }
  }

  /** {@code a % scalar}. */
  static void moduloDoubleScalar(long a, double scalar, long out, int length) {
    for (int i = 0; i < length; i++) {
      Memory.putDouble(out + ((long) i << 3), Memory.getDouble(a + ((long) i << 3)) % scalar);
    }
  }

  /** Whether any of the values is zero. */
  static boolean anyZeroDouble(long a, int length) {
    boolean any = false;
    for (int i = 0; i < length; i++) {
      any |= Memory.getDouble(a + ((long) i << 3)) == 0;
    }
    return any;
  }
}
