package dev.tidemill.foundation.memory;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.util.Objects;
import sun.misc.Unsafe;

/**
 * The one accessor of off-heap memory: kernels read and write by address through it, little end
 * first (as the processor does: Arrow runs on no other), any alignment.
 *
 * <p>With {@code -Dtidemill.memory.checked=true} (all tests) every access is checked against the
 * live buffers, and freed memory is poisoned; otherwise an access is one machine instruction and a
 * wrong address is the caller's crash.
 */
@SuppressWarnings("removal")
public final class Memory {
  /** Whether every access is checked. */
  public static final boolean CHECKED = Boolean.getBoolean("tidemill.memory.checked");

  /**
   * Not memory segments, which cost the same once C2 has compiled a kernel: each of their accesses
   * is some twenty calls until then, and most of the work of that compilation.
   */
  private static final Unsafe UNSAFE = unsafe();

  /** Where the bytes of an array begin. */
  private static final long BYTES = Unsafe.ARRAY_BYTE_BASE_OFFSET;

  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private Memory() {}

  /**
   * The address of so many bytes of the system, content undefined. A memory segment would be filled
   * with zeros, which touches every page of it.
   *
   * @throws OutOfMemoryError if the system gives none
   */
  static long allocate(long bytes) {
    return UNSAFE.allocateMemory(bytes);
  }

  /** Gives back what {@link #allocate} gave. */
  static void free(long address) {
    UNSAFE.freeMemory(address);
  }

  public static byte getByte(long address) {
    check(address, 1);
    return UNSAFE.getByte(address);
  }

  public static short getShort(long address) {
    check(address, 2);
    return UNSAFE.getShort(address);
  }

  public static int getInt(long address) {
    check(address, 4);
    return UNSAFE.getInt(address);
  }

  public static long getLong(long address) {
    check(address, 8);
    return UNSAFE.getLong(address);
  }

  public static float getFloat(long address) {
    check(address, 4);
    return UNSAFE.getFloat(address);
  }

  public static double getDouble(long address) {
    check(address, 8);
    return UNSAFE.getDouble(address);
  }

  public static void putByte(long address, byte value) {
    check(address, 1);
    UNSAFE.putByte(address, value);
  }

  public static void putShort(long address, short value) {
    check(address, 2);
    UNSAFE.putShort(address, value);
  }

  public static void putInt(long address, int value) {
    check(address, 4);
    UNSAFE.putInt(address, value);
  }

  public static void putLong(long address, long value) {
    check(address, 8);
    UNSAFE.putLong(address, value);
  }

  public static void putFloat(long address, float value) {
    check(address, 4);
    UNSAFE.putFloat(address, value);
  }

  public static void putDouble(long address, double value) {
    check(address, 8);
    UNSAFE.putDouble(address, value);
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
      long first = UNSAFE.getLong(from);
      long last = UNSAFE.getLong(from + length - 8);
      UNSAFE.putLong(to, first);
      UNSAFE.putLong(to + length - 8, last);
    } else {
      long first = UNSAFE.getLong(from);
      long second = UNSAFE.getLong(from + 8);
      long third = UNSAFE.getLong(from + length - 16);
      long last = UNSAFE.getLong(from + length - 8);
      UNSAFE.putLong(to, first);
      UNSAFE.putLong(to + 8, second);
      UNSAFE.putLong(to + length - 16, third);
      UNSAFE.putLong(to + length - 8, last);
    }
  }

  /** Of up to 7 bytes all are read before one is written, for ranges that overlap. */
  private static void copyAny(long from, long to, long length) {
    if (length > 32) {
      UNSAFE.copyMemory(from, to, length);
    } else if (length >= 4) {
      int first = UNSAFE.getInt(from);
      int last = UNSAFE.getInt(from + length - 4);
      UNSAFE.putInt(to, first);
      UNSAFE.putInt(to + length - 4, last);
    } else if (length > 0) {
      byte first = UNSAFE.getByte(from);
      byte middle = UNSAFE.getByte(from + length / 2);
      byte last = UNSAFE.getByte(from + length - 1);
      UNSAFE.putByte(to, first);
      UNSAFE.putByte(to + length / 2, middle);
      UNSAFE.putByte(to + length - 1, last);
    }
  }

  /** Copies {@code length} bytes out of {@code from}. */
  public static void copyFromArray(byte[] from, int offset, long to, int length) {
    check(to, length);
    Objects.checkFromIndexSize(offset, length, from.length);
    if (length > 32 || length < 8) {
      copySmallOrLarge(from, offset, to, length);
      return;
    }
    for (int at = 0; at < length - 8; at += 8) {
      UNSAFE.putLong(to + at, UNSAFE.getLong(from, BYTES + offset + at));
    }
    UNSAFE.putLong(to + length - 8, UNSAFE.getLong(from, BYTES + offset + length - 8));
  }

  private static void copySmallOrLarge(byte[] from, int offset, long to, int length) {
    if (length > 32) {
      UNSAFE.copyMemory(from, BYTES + offset, null, to, length);
      return;
    }
    if (length >= 4) {
      int last = length - 4;
      UNSAFE.putInt(to, UNSAFE.getInt(from, BYTES + offset));
      UNSAFE.putInt(to + last, UNSAFE.getInt(from, BYTES + offset + last));
      return;
    }
    for (int at = 0; at < length; at++) {
      UNSAFE.putByte(to + at, from[offset + at]);
    }
  }

  /** Copies {@code length} bytes into {@code to}. */
  public static void copyToArray(long from, byte[] to, int offset, int length) {
    check(from, length);
    Objects.checkFromIndexSize(offset, length, to.length);
    if (length > 32) {
      UNSAFE.copyMemory(null, from, to, BYTES + offset, length);
    } else if (length >= 8) {
      for (int at = 0; at < length - 8; at += 8) {
        UNSAFE.putLong(to, BYTES + offset + at, UNSAFE.getLong(from + at));
      }
      UNSAFE.putLong(to, BYTES + offset + length - 8, UNSAFE.getLong(from + length - 8));
    } else if (length >= 4) {
      UNSAFE.putInt(to, BYTES + offset, UNSAFE.getInt(from));
      UNSAFE.putInt(to, BYTES + offset + length - 4, UNSAFE.getInt(from + length - 4));
    } else {
      for (int at = 0; at < length; at++) {
        to[offset + at] = UNSAFE.getByte(from + at);
      }
    }
  }

  public static void fill(long address, long length, byte value) {
    check(address, length);
    UNSAFE.setMemory(address, length, value);
  }

  /** Whether two ranges hold the same bytes. */
  public static boolean equal(long a, long b, int length) {
    check(a, length);
    check(b, length);
    int at = 0;
    for (; at + 8 <= length; at += 8) {
      if (UNSAFE.getLong(a + at) != UNSAFE.getLong(b + at)) {
        return false;
      }
    }
    for (; at < length; at++) {
      if (UNSAFE.getByte(a + at) != UNSAFE.getByte(b + at)) {
        return false;
      }
    }
    return true;
  }

  /** Whether memory holds the bytes of an array from {@code offset} on. */
  public static boolean equal(long address, byte[] array, int offset, int length) {
    check(address, length);
    Objects.checkFromIndexSize(offset, length, array.length);
    int at = 0;
    for (; at + 8 <= length; at += 8) {
      if (UNSAFE.getLong(address + at) != UNSAFE.getLong(array, BYTES + offset + at)) {
        return false;
      }
    }
    for (; at < length; at++) {
      if (UNSAFE.getByte(address + at) != array[offset + at]) {
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
      long x = UNSAFE.getLong(a + at);
      long y = UNSAFE.getLong(b + at);
      if (x != y) {
        return Long.compareUnsigned(Long.reverseBytes(x), Long.reverseBytes(y));
      }
    }
    for (; at < common; at++) {
      int difference = (UNSAFE.getByte(a + at) & 0xff) - (UNSAFE.getByte(b + at) & 0xff);
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

  private static Unsafe unsafe() {
    try {
      Field field = Unsafe.class.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      Unsafe unsafe = (Unsafe) field.get(null);
      // Frees nothing, and fails here where the JVM was told to deny access.
      unsafe.freeMemory(0);
      return unsafe;
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static void check(long address, long length) {
    if (CHECKED) {
      LiveMemory.check(address, length);
    }
  }
}
