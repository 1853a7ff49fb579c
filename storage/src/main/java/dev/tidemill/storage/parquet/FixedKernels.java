package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.Memory;

/**
 * Loops from PLAIN values to slots of a column. Arguments: {@code from} address of the values,
 * {@code to} of the slots, {@code n} how many. Those that return a boolean say whether every value
 * fitted.
 */
final class FixedKernels {
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final long NANOS_PER_DAY = 86_400_000_000_000L;
  private static final long JULIAN_EPOCH_DAY = 2_440_588;

  private FixedKernels() {}

  static boolean intTo1(long from, long to, int n) {
    int wrong = 0;
    for (int i = 0; i < n; i++) {
      int value = Memory.getInt(from + 4L * i);
      wrong |= value ^ (byte) value;
      Memory.putByte(to + i, (byte) value);
    }
    return wrong == 0;
  }

  static boolean intTo2(long from, long to, int n) {
    int wrong = 0;
    for (int i = 0; i < n; i++) {
      int value = Memory.getInt(from + 4L * i);
      wrong |= value ^ (short) value;
      Memory.putShort(to + 2L * i, (short) value);
    }
    return wrong == 0;
  }

  static boolean unsignedTo2(long from, long to, int n) {
    int wrong = 0;
    for (int i = 0; i < n; i++) {
      int value = Memory.getInt(from + 4L * i);
      wrong |= value & ~0xff;
      Memory.putShort(to + 2L * i, (short) value);
    }
    return wrong == 0;
  }

  static boolean unsignedTo4(long from, long to, int n) {
    int wrong = 0;
    for (int i = 0; i < n; i++) {
      int value = Memory.getInt(from + 4L * i);
      wrong |= value & ~0xffff;
      Memory.putInt(to + 4L * i, value);
    }
    return wrong == 0;
  }

  static void unsignedTo8(long from, long to, int n) {
    for (int i = 0; i < n; i++) {
      Memory.putLong(to + 8L * i, Memory.getInt(from + 4L * i) & 0xffff_ffffL);
    }
  }

  static void intTo8(long from, long to, int n) {
    for (int i = 0; i < n; i++) {
      Memory.putLong(to + 8L * i, Memory.getInt(from + 4L * i));
    }
  }

  static boolean timeMillis(long from, long to, int n) {
    int wrong = 0;
    for (int i = 0; i < n; i++) {
      int value = Memory.getInt(from + 4L * i);
      wrong |= value | (86_399_999 - value);
      Memory.putLong(to + 8L * i, value * 1000L);
    }
    return wrong >= 0;
  }

  /** Copies times of day; {@code limit} is the length of a day. */
  static boolean times(long from, long to, int n, long limit) {
    long wrong = 0;
    for (int i = 0; i < n; i++) {
      long value = Memory.getLong(from + 8L * i);
      wrong |= value | (limit - 1 - value);
      Memory.putLong(to + 8L * i, value);
    }
    return wrong >= 0;
  }

  static boolean int96(long from, long to, int n) {
    boolean fits = true;
    for (int i = 0; i < n; i++) {
      long nanos = Memory.getLong(from + 12L * i);
      long day = Memory.getInt(from + 12L * i + 8) - JULIAN_EPOCH_DAY;
      long high = Math.multiplyHigh(day, NANOS_PER_DAY);
      long low = day * NANOS_PER_DAY;
      long sum = low + nanos;
      fits &= high == low >> 63 && ((low ^ sum) & (nanos ^ sum)) >= 0;
      Memory.putLong(to + 8L * i, sum);
    }
    return fits;
  }

  /** Microseconds of days and milliseconds; false where there are months too. */
  static boolean intervals(long from, long to, int n) {
    int months = 0;
    for (int i = 0; i < n; i++) {
      long at = from + 12L * i;
      months |= Memory.getInt(at);
      long days = Memory.getInt(at + 4);
      long millis = Memory.getInt(at + 8);
      Memory.putLong(to + 8L * i, days * MICROS_PER_DAY + millis * 1000);
    }
    return months == 0;
  }

  static void float16(long from, long to, int n) {
    for (int i = 0; i < n; i++) {
      Memory.putFloat(to + 4L * i, Float.float16ToFloat(Memory.getShort(from + 2L * i)));
    }
  }

  /** Whether no value is negative. */
  static boolean noneNegative(long from, int n) {
    long all = 0;
    for (int i = 0; i < n; i++) {
      all |= Memory.getLong(from + 8L * i);
    }
    return all >= 0;
  }

  static void unsignedTo16(long from, long to, int n) {
    for (int i = 0; i < n; i++) {
      Memory.putLong(to + 16L * i, Memory.getLong(from + 8L * i));
      Memory.putLong(to + 16L * i + 8, 0);
    }
  }

  /** Big-endian values of at most 8 bytes. */
  static void bigEndianTo8(long from, int length, long to, int n) {
    for (int i = 0; i < n; i++) {
      Memory.putLong(to + 8L * i, bigEndian(from + (long) i * length, length));
    }
  }

  /**
   * Big-endian values of any length; false where one does not fit 8 bytes, and then the slots mean
   * nothing.
   */
  static boolean bigEndianFits8(long from, int length, long to, int n) {
    for (int i = 0; i < n; i++) {
      long at = from + (long) i * length;
      long low = bigEndian(at + length - 8, 8);
      if (!extendsSign(at, length - 8, low)) {
        return false;
      }
      Memory.putLong(to + 8L * i, low);
    }
    return true;
  }

  /** Big-endian values of more than 8 bytes; false where one does not fit 16. */
  static boolean bigEndianTo16(long from, int length, long to, int n) {
    for (int i = 0; i < n; i++) {
      if (!bigEndianTo16(from + (long) i * length, length, to + 16L * i)) {
        return false;
      }
    }
    return true;
  }

  /** One big-endian value of any length. */
  static boolean bigEndianTo16(long at, int length, long to) {
    if (length <= 8) {
      long value = bigEndian(at, length);
      Memory.putLong(to, value);
      Memory.putLong(to + 8, value >> 63);
      return true;
    }
    int upper = Math.min(length - 8, 8);
    long high = bigEndian(at + length - 8 - upper, upper);
    Memory.putLong(to, bigEndian(at + length - 8, 8));
    Memory.putLong(to + 8, high);
    return length <= 16 || extendsSign(at, length - 16, high);
  }

  /** Whether the {@code count} bytes at {@code at} only repeat the sign of {@code value}. */
  private static boolean extendsSign(long at, int count, long value) {
    int sign = (int) (value >> 63);
    for (int k = 0; k < count; k++) {
      if (Memory.getByte(at + k) != sign) {
        return false;
      }
    }
    return true;
  }

  /** A two's complement value of 0 to 8 bytes. */
  static long bigEndian(long at, int length) {
    if (length == 0) {
      return 0;
    }
    return Long.reverseBytes(Memory.getLong(at)) >> (64 - 8 * length);
  }

  /**
   * Splits {@code n} values of 16 bytes whose high halves only repeat the sign; false where one
   * does not.
   */
  static boolean narrow(long from, long to, int n) {
    long wrong = 0;
    for (int i = 0; i < n; i++) {
      long low = Memory.getLong(from + 16L * i);
      wrong |= Memory.getLong(from + 16L * i + 8) ^ (low >> 63);
      Memory.putLong(to + 8L * i, low);
    }
    return wrong == 0;
  }

  static void widen(long from, long to, int n) {
    for (int i = n - 1; i >= 0; i--) {
      long value = Memory.getLong(from + 8L * i);
      Memory.putLong(to + 16L * i, value);
      Memory.putLong(to + 16L * i + 8, value >> 63);
    }
  }

  /**
   * The entries that {@code codes} name. Where codes ascend without repetition {@code to} may be
   * {@code dictionary}.
   */
  static void gather(long dictionary, int width, int[] codes, int n, long to) {
    switch (width) {
      case 1 -> gather1(dictionary, codes, n, to);
      case 2 -> gather2(dictionary, codes, n, to);
      case 4 -> gather4(dictionary, codes, n, to);
      case 8 -> gather8(dictionary, codes, n, to);
      default -> gather16(dictionary, codes, n, to);
    }
  }

  private static void gather1(long dictionary, int[] codes, int n, long to) {
    for (int i = 0; i < n; i++) {
      Memory.putByte(to + i, Memory.getByte(dictionary + codes[i]));
    }
  }

  private static void gather2(long dictionary, int[] codes, int n, long to) {
    for (int i = 0; i < n; i++) {
      Memory.putShort(to + 2L * i, Memory.getShort(dictionary + 2L * codes[i]));
    }
  }

  private static void gather4(long dictionary, int[] codes, int n, long to) {
    for (int i = 0; i < n; i++) {
      Memory.putInt(to + 4L * i, Memory.getInt(dictionary + 4L * codes[i]));
    }
  }

  private static void gather8(long dictionary, int[] codes, int n, long to) {
    for (int i = 0; i < n; i++) {
      Memory.putLong(to + 8L * i, Memory.getLong(dictionary + 8L * codes[i]));
    }
  }

  static void gather16(long dictionary, int[] codes, int n, long to) {
    for (int i = 0; i < n; i++) {
      long entry = dictionary + 16L * codes[i];
      Memory.putLong(to + 16L * i, Memory.getLong(entry));
      Memory.putLong(to + 16L * i + 8, Memory.getLong(entry + 8));
    }
  }

  /** Whether every code names an entry. */
  static boolean codesFit(int[] codes, int n, int size) {
    int fit = -1;
    for (int i = 0; i < n; i++) {
      int code = codes[i];
      fit &= (code - size) & ~code;
    }
    return fit < 0;
  }
}
