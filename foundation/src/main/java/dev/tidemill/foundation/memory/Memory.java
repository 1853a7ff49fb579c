package dev.tidemill.foundation.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The one accessor of off-heap memory: kernels read and write by address through it, little end
 * first, any alignment.
 *
 * <p>With {@code -Dtidemill.memory.checked=true} (all tests) every access is checked against the
 * live buffers, and freed memory is poisoned; otherwise an access is one machine instruction and a
 * wrong address is the caller's crash.
 */
public final class Memory {
  /** Whether every access is checked. */
  public static final boolean CHECKED = Boolean.getBoolean("tidemill.memory.checked");

  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle ARRAY_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle ARRAY_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Memory() {}

  public static byte getByte(long address) {
    check(address, 1);
    return ALL.get(JAVA_BYTE, address);
  }

  public static short getShort(long address) {
    check(address, 2);
    return ALL.get(SHORT, address);
  }

  public static int getInt(long address) {
    check(address, 4);
    return ALL.get(INT, address);
  }

  public static long getLong(long address) {
    check(address, 8);
    return ALL.get(LONG, address);
  }

  public static float getFloat(long address) {
    check(address, 4);
    return ALL.get(FLOAT, address);
  }

  public static double getDouble(long address) {
    check(address, 8);
    return ALL.get(DOUBLE, address);
  }

  public static void putByte(long address, byte value) {
    check(address, 1);
    ALL.set(JAVA_BYTE, address, value);
  }

  public static void putShort(long address, short value) {
    check(address, 2);
    ALL.set(SHORT, address, value);
  }

  public static void putInt(long address, int value) {
    check(address, 4);
    ALL.set(INT, address, value);
  }

  public static void putLong(long address, long value) {
    check(address, 8);
    ALL.set(LONG, address, value);
  }

  public static void putFloat(long address, float value) {
    check(address, 4);
    ALL.set(FLOAT, address, value);
  }

  public static void putDouble(long address, double value) {
    check(address, 8);
    ALL.set(DOUBLE, address, value);
  }

  /**
   * Copies {@code length} bytes; the ranges may overlap. Copies up to 32 bytes are a few loads and
   * stores.
   */
  public static void copy(long from, long to, long length) {
    check(from, length);
    check(to, length);
    if (length > 32 || length < 8) {
      copyAny(from, to, length);
    } else if (length <= 16) {
      long first = ALL.get(LONG, from);
      long last = ALL.get(LONG, from + length - 8);
      ALL.set(LONG, to, first);
      ALL.set(LONG, to + length - 8, last);
    } else {
      long first = ALL.get(LONG, from);
      long second = ALL.get(LONG, from + 8);
      long third = ALL.get(LONG, from + length - 16);
      long last = ALL.get(LONG, from + length - 8);
      ALL.set(LONG, to, first);
      ALL.set(LONG, to + 8, second);
      ALL.set(LONG, to + length - 16, third);
      ALL.set(LONG, to + length - 8, last);
    }
  }

  /** Of up to 7 bytes all are read before one is written, for ranges that overlap. */
  private static void copyAny(long from, long to, long length) {
    if (length > 32) {
      MemorySegment.copy(ALL, from, ALL, to, length);
    } else if (length >= 4) {
      int first = ALL.get(INT, from);
      int last = ALL.get(INT, from + length - 4);
      ALL.set(INT, to, first);
      ALL.set(INT, to + length - 4, last);
    } else if (length > 0) {
      byte first = ALL.get(JAVA_BYTE, from);
      byte middle = ALL.get(JAVA_BYTE, from + length / 2);
      byte last = ALL.get(JAVA_BYTE, from + length - 1);
      ALL.set(JAVA_BYTE, to, first);
      ALL.set(JAVA_BYTE, to + length / 2, middle);
      ALL.set(JAVA_BYTE, to + length - 1, last);
    }
  }

  /** Copies {@code length} bytes out of {@code from}. */
  public static void copyFromArray(byte[] from, int offset, long to, int length) {
    check(to, length);
    if (length > 32 || length < 8) {
      copySmallOrLarge(from, offset, to, length);
      return;
    }
    for (int at = 0; at < length - 8; at += 8) {
      ALL.set(LONG, to + at, (long) ARRAY_LONG.get(from, offset + at));
    }
    ALL.set(LONG, to + length - 8, (long) ARRAY_LONG.get(from, offset + length - 8));
  }

  private static void copySmallOrLarge(byte[] from, int offset, long to, int length) {
    if (length > 32) {
      MemorySegment.copy(from, offset, ALL, JAVA_BYTE, to, length);
      return;
    }
    if (length >= 4) {
      int last = length - 4;
      ALL.set(INT, to, (int) ARRAY_INT.get(from, offset));
      ALL.set(INT, to + last, (int) ARRAY_INT.get(from, offset + last));
      return;
    }
    for (int at = 0; at < length; at++) {
      ALL.set(JAVA_BYTE, to + at, from[offset + at]);
    }
  }

  /** Copies {@code length} bytes into {@code to}. */
  public static void copyToArray(long from, byte[] to, int offset, int length) {
    check(from, length);
    if (length > 32) {
      MemorySegment.copy(ALL, JAVA_BYTE, from, to, offset, length);
    } else if (length >= 8) {
      for (int at = 0; at < length - 8; at += 8) {
        ARRAY_LONG.set(to, offset + at, ALL.get(LONG, from + at));
      }
      ARRAY_LONG.set(to, offset + length - 8, ALL.get(LONG, from + length - 8));
    } else if (length >= 4) {
      ARRAY_INT.set(to, offset, ALL.get(INT, from));
      ARRAY_INT.set(to, offset + length - 4, ALL.get(INT, from + length - 4));
    } else {
      for (int at = 0; at < length; at++) {
        to[offset + at] = ALL.get(JAVA_BYTE, from + at);
      }
    }
  }

  public static void fill(long address, long length, byte value) {
    check(address, length);
    ALL.asSlice(address, length).fill(value);
  }

  /** Whether two ranges hold the same bytes. */
  public static boolean equal(long a, long b, int length) {
    check(a, length);
    check(b, length);
    int at = 0;
    for (; at + 8 <= length; at += 8) {
      if (ALL.get(LONG, a + at) != ALL.get(LONG, b + at)) {
        return false;
      }
    }
    for (; at < length; at++) {
      if (ALL.get(JAVA_BYTE, a + at) != ALL.get(JAVA_BYTE, b + at)) {
        return false;
      }
    }
    return true;
  }

  /** Whether memory holds the bytes of an array from {@code offset} on. */
  public static boolean equal(long address, byte[] array, int offset, int length) {
    check(address, length);
    int at = 0;
    for (; at + 8 <= length; at += 8) {
      if (ALL.get(LONG, address + at) != (long) ARRAY_LONG.get(array, offset + at)) {
        return false;
      }
    }
    for (; at < length; at++) {
      if (ALL.get(JAVA_BYTE, address + at) != array[offset + at]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Compares two byte strings as unsigned bytes, the shorter first on a tie: negative, zero or
   * positive.
   */
  public static int compare(long a, int aLength, long b, int bLength) {
    int common = Math.min(aLength, bLength);
    check(a, common);
    check(b, common);
    int at = 0;
    for (; at + 8 <= common; at += 8) {
      long x = ALL.get(LONG, a + at);
      long y = ALL.get(LONG, b + at);
      if (x != y) {
        return Long.compareUnsigned(Long.reverseBytes(x), Long.reverseBytes(y));
      }
    }
    for (; at < common; at++) {
      int difference = (ALL.get(JAVA_BYTE, a + at) & 0xff) - (ALL.get(JAVA_BYTE, b + at) & 0xff);
      if (difference != 0) {
        return difference;
      }
    }
    return Integer.compare(aLength, bLength);
  }

  /** A segment over {@code length} bytes, for libraries; it does not keep the buffer alive. */
  public static MemorySegment segment(long address, long length) {
    check(address, length);
    return ALL.asSlice(address, length);
  }

  private static void check(long address, long length) {
    if (CHECKED) {
      LiveMemory.check(address, length);
    }
  }
}
