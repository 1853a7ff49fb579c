package dev.tidemill.foundation.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The one accessor of off-heap memory: kernels read and write by address through it, little end first, any alignment.
 *
 * <p>With {@code -Dtidemill.memory.checked=true} (all tests) every access is checked against the live buffers, and
 * freed memory is poisoned; otherwise an access is one machine instruction and a wrong address is the caller's crash.
 */
public final class Memory {
  /** Whether every access is checked. */
  public static final boolean CHECKED = Boolean.getBoolean("tidemill.memory.checked");

  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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

  /** Copies {@code length} bytes; the ranges may overlap. */
  public static void copy(long from, long to, long length) {
    check(from, length);
    check(to, length);
    MemorySegment.copy(ALL, from, ALL, to, length);
  }

  /** Copies {@code length} bytes out of {@code from}. */
  public static void copyFromArray(byte[] from, int offset, long to, int length) {
    check(to, length);
    MemorySegment.copy(from, offset, ALL, JAVA_BYTE, to, length);
  }

  /** Copies {@code length} bytes into {@code to}. */
  public static void copyToArray(long from, byte[] to, int offset, int length) {
    check(from, length);
    MemorySegment.copy(ALL, JAVA_BYTE, from, to, offset, length);
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

  /** Compares two byte strings as unsigned bytes, the shorter first on a tie: negative, zero or positive. */
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
