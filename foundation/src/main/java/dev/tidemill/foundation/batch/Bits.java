package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Memory;

/**
 * Bitmaps as Arrow has them: bit i is bit i % 8 of byte i / 8. Buffers of bitmaps are whole 64-bit
 * words.
 */
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

  /**
   * Bits 64 * {@code index} to 64 * {@code index} + 63; bit i of the word is row 64 * index + i.
   */
  public static long word(long address, int index) {
    return Memory.getLong(address + ((long) index << 3));
  }

  /**
   * The word of bits that stand for rows below {@code count}: all but in the last word of a bitmap.
   */
  public static long mask(int count, int index) {
    int left = count - (index << 6);
    return left >= 64 ? -1L : (1L << left) - 1;
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

  /**
   * Copies {@code count} bits, from bit {@code fromIndex} on, to the start of {@code to}; writes
   * whole words.
   */
  public static void copy(long from, int fromIndex, long to, int count) {
    int words = (count + 63) >>> 6;
    for (int w = 0; w < words; w++) {
      Memory.putLong(
          to + ((long) w << 3), wordAt(from, fromIndex + (w << 6), Math.min(64, count - (w << 6))));
    }
  }

  /**
   * Copies the first {@code count} bits of {@code from} to {@code toIndex} of {@code to}, where all
   * bits are zero.
   */
  public static void append(long from, long to, int toIndex, int count) {
    for (int at = 0; at < count; at += 64) {
      int bits = Math.min(64, count - at);
      orInto(to, toIndex + at, wordAt(from, at, bits), bits);
    }
  }

  /** Sets {@code count} bits from {@code index} on, where all bits are zero. */
  public static void setRange(long address, int index, int count) {
    for (int at = 0; at < count; at += 64) {
      int bits = Math.min(64, count - at);
      orInto(address, index + at, bits == 64 ? -1L : (1L << bits) - 1, bits);
    }
  }

  /**
   * {@code bits} (1 to 64) bits from {@code index} on; those above are zero. Reads no word without
   * a wanted bit.
   */
  private static long wordAt(long address, int index, int bits) {
    int shift = index & 63;
    long at = address + ((long) (index >>> 6) << 3);
    long word = Memory.getLong(at) >>> shift;
    if (shift + bits > 64) {
      word |= Memory.getLong(at + 8) << (64 - shift);
    }
    return bits == 64 ? word : word & ((1L << bits) - 1);
  }

  private static void orInto(long address, int index, long word, int bits) {
    int shift = index & 63;
    long at = address + ((long) (index >>> 6) << 3);
    Memory.putLong(at, Memory.getLong(at) | (word << shift));
    if (shift + bits > 64) {
      Memory.putLong(at + 8, Memory.getLong(at + 8) | (word >>> (64 - shift)));
    }
  }
}
