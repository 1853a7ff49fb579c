package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Memory;

/** Bitmaps as Arrow has them: bit i is bit i % 8 of byte i / 8. Buffers of bitmaps are whole 64-bit words. */
public final class Bits {
  private Bits() {}

  /** Bytes of a bitmap of {@code count} bits, rounded up to whole words. */
  public static long bytes(int count) {
    return ((count + 63L) >>> 6) << 3;
  }

  public static boolean get(long address, int index) {
    return (Memory.getByte(address + (index >>> 3)) & (1 << (index & 7))) != 0;
  }

  public static void set(long address, int index) {
    long at = address + (index >>> 3);
    Memory.putByte(at, (byte) (Memory.getByte(at) | (1 << (index & 7))));
  }

  public static void clear(long address, int index) {
    long at = address + (index >>> 3);
    Memory.putByte(at, (byte) (Memory.getByte(at) & ~(1 << (index & 7))));
  }

  public static void put(long address, int index, boolean value) {
    if (value) {
      set(address, index);
    } else {
      clear(address, index);
    }
  }

  /** How many of the first {@code count} bits are set. */
  public static int countOnes(long address, int count) {
    int ones = 0;
    int words = count >>> 6;
    for (int w = 0; w < words; w++) {
      ones += Long.bitCount(Memory.getLong(address + ((long) w << 3)));
    }
    int rest = count & 63;
    if (rest != 0) {
      ones += Long.bitCount(Memory.getLong(address + ((long) words << 3)) & ((1L << rest) - 1));
    }
    return ones;
  }
}
