package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;

/**
 * Decodes DELTA_BINARY_PACKED, a whole page at once, to values of 4 or 8 bytes.
 *
 * <pre>
 *   header     block size, miniblocks per block, count (varints), first value (zigzag)
 *   block      least delta (zigzag), a bit width per miniblock, the miniblocks
 * </pre>
 */
final class DeltaDecoder {
  private static final int MAX_BLOCK = 1 << 20;

  /** Widest values that one load of 8 bytes holds wherever they start. */
  private static final int WORD_BITS = 57;

  private final ParquetPlace place;
  private final MemoryScope scope;
  private long at;
  private long end;
  private int count;

  DeltaDecoder(ParquetPlace place, MemoryScope scope) {
    this.place = place;
    this.scope = scope;
  }

  /** How many values the last {@link #decode} gave. */
  int count() {
    return count;
  }

  /** The address behind the last values decoded. */
  long end() {
    return at;
  }

  /**
   * The values from {@code address} on, at most {@code maxCount}, the caller's to close.
   *
   * @param width 4 or 8 bytes a value
   */
  Buffer decode(long address, long endAddress, int maxCount, int width) {
    at = address;
    end = endAddress;
    long blockSize = varint();
    long miniblocks = varint();
    long total = varint();
    long first = zigzag(varint());
    if (blockSize <= 0
        || blockSize > MAX_BLOCK
        || miniblocks <= 0
        || blockSize % miniblocks != 0
        || (blockSize / miniblocks) % 8 != 0) {
      throw ParquetErrors.malformed(
          place, "delta blocks of " + blockSize + " in " + miniblocks + " parts");
    }
    if (total < 0 || total > maxCount) {
      throw ParquetErrors.malformed(place, total + " deltas in a page of " + maxCount + " values");
    }
    count = (int) total;
    Buffer values = scope.allocate((long) count * width + PageReader.PADDING);
    try {
      if (count > 0) {
        put(values.address(), width, first);
        blocks(values.address(), width, first, (int) blockSize, (int) miniblocks);
      }
      return values;
    } catch (RuntimeException e) {
      values.close();
      throw e;
    }
  }

  private void blocks(long to, int width, long first, int blockSize, int miniblocks) {
    int perMiniblock = blockSize / miniblocks;
    long last = first;
    int done = 1;
    while (done < count) {
      long least = zigzag(varint());
      long widths = at;
      if (miniblocks > end - at) {
        throw ParquetErrors.pageEndsEarly(place);
      }
      at += miniblocks;
      for (int m = 0; m < miniblocks && done < count; m++) {
        int bits = Memory.getByte(widths + m) & 0xff;
        if (bits > 64) {
          throw ParquetErrors.malformed(place, "deltas of " + bits + " bits");
        }
        int n = Math.min(perMiniblock, count - done);
        long bytes = (long) perMiniblock * bits / 8;
        if (((long) n * bits + 7) / 8 > end - at) {
          throw ParquetErrors.pageEndsEarly(place);
        }
        last =
            width == 4
                ? miniblock4(to + 4L * done, n, bits, least, last)
                : miniblock8(to + 8L * done, n, bits, least, last);
        at = Math.min(at + bytes, end);
        done += n;
      }
    }
  }

  private long miniblock8(long to, int n, int bits, long least, long last) {
    long value = last;
    long from = at;
    if (bits > WORD_BITS) {
      for (int i = 0; i < n; i++) {
        value += least + unpackedWide(from, i, bits);
        Memory.putLong(to + ((long) i << 3), value);
      }
      return value;
    }
    long mask = (1L << bits) - 1;
    for (int i = 0, bit = 0; i < n; i++, bit += bits) {
      value += least + ((Memory.getLong(from + (bit >>> 3)) >>> (bit & 7)) & mask);
      Memory.putLong(to + ((long) i << 3), value);
    }
    return value;
  }

  private long miniblock4(long to, int n, int bits, long least, long last) {
    long value = last;
    long from = at;
    if (bits > WORD_BITS) {
      for (int i = 0; i < n; i++) {
        value += least + unpackedWide(from, i, bits);
        Memory.putInt(to + ((long) i << 2), (int) value);
      }
      return value;
    }
    long mask = (1L << bits) - 1;
    for (int i = 0, bit = 0; i < n; i++, bit += bits) {
      value += least + ((Memory.getLong(from + (bit >>> 3)) >>> (bit & 7)) & mask);
      Memory.putInt(to + ((long) i << 2), (int) value);
    }
    return value;
  }

  /** The {@code index}th value of {@code bits} bits; up to 16 bytes behind it are read. */
  private static long unpackedWide(long base, int index, int bits) {
    long bit = (long) index * bits;
    long address = base + (bit >>> 3);
    int shift = (int) (bit & 7);
    long word = Memory.getLong(address) >>> shift;
    if (shift + bits > 64) {
      word |= (long) Memory.getByte(address + 8) << (64 - shift);
    }
    return bits == 64 ? word : word & ((1L << bits) - 1);
  }

  private static void put(long to, int width, long value) {
    if (width == 4) {
      Memory.putInt(to, (int) value);
    } else {
      Memory.putLong(to, value);
    }
  }

  private static long zigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }

  private long varint() {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw ParquetErrors.pageEndsEarly(place);
      }
      int b = Memory.getByte(at++);
      result |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return result;
      }
    }
    throw ParquetErrors.malformed(place, "a number of more than 64 bits");
  }
}
