package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.Memory;

/**
 * Writes what {@link DeltaDecoder} reads: blocks of 128 deltas in 4 miniblocks, each with the bits
 * its widest needs. Differences of INT32 wrap at 32 bits, as the format has it.
 */
final class DeltaEncoder {
  private static final int BLOCK = 128;
  private static final int MINIBLOCKS = 4;
  private static final int MINIBLOCK = BLOCK / MINIBLOCKS;

  private final long[] deltas = new long[BLOCK];

  /**
   * Appends {@code count} values, at least one.
   *
   * @param from address of the values
   * @param width 4 or 8 bytes each
   */
  void encode(long from, int count, int width, GrowingBuffer to) {
    to.putVarint(BLOCK);
    to.putVarint(MINIBLOCKS);
    to.putVarint(count);
    long last = value(from, 0, width);
    putZigzag(last, to);
    for (int done = 1; done < count; ) {
      int n = Math.min(BLOCK, count - done);
      long least = Long.MAX_VALUE;
      for (int i = 0; i < n; i++) {
        long value = value(from, done + i, width);
        long delta = width == 4 ? (int) (value - last) : value - last;
        deltas[i] = delta;
        least = Math.min(least, delta);
        last = value;
      }
      putBlock(n, least, width, to);
      done += n;
    }
  }

  private void putBlock(int n, long least, int width, GrowingBuffer to) {
    putZigzag(least, to);
    int widthsAt = to.size();
    Memory.putInt(to.extend(MINIBLOCKS), 0);
    for (int m = 0; m * MINIBLOCK < n; m++) {
      int from = m * MINIBLOCK;
      int end = Math.min(from + MINIBLOCK, n);
      long all = 0;
      for (int i = from; i < end; i++) {
        deltas[i] = width == 4 ? (deltas[i] - least) & 0xffff_ffffL : deltas[i] - least;
        all |= deltas[i];
      }
      for (int i = end; i < from + MINIBLOCK; i++) {
        deltas[i] = 0;
      }
      int bits = 64 - Long.numberOfLeadingZeros(all);
      Memory.putByte(to.address() + widthsAt + m, (byte) bits);
      pack(from, bits, to);
    }
  }

  private void pack(int from, int bits, GrowingBuffer to) {
    if (bits == 0) {
      return;
    }
    int size = to.size() + MINIBLOCK * bits / 8;
    long at = to.extend(MINIBLOCK * bits / 8 + 8);
    long word = 0;
    int used = 0;
    for (int i = from; i < from + MINIBLOCK; i++) {
      long value = deltas[i];
      word |= value << used;
      used += bits;
      if (used >= 64) {
        Memory.putLong(at, word);
        at += 8;
        used -= 64;
        word = used == 0 ? 0 : value >>> (bits - used);
      }
    }
    Memory.putLong(at, word);
    to.truncate(size);
  }

  private static long value(long from, int index, int width) {
    return width == 4 ? Memory.getInt(from + 4L * index) : Memory.getLong(from + 8L * index);
  }

  private static void putZigzag(long value, GrowingBuffer to) {
    long left = value << 1 ^ value >> 63;
    while ((left & ~0x7fL) != 0) {
      to.putByte((int) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    to.putByte((int) left);
  }
}
