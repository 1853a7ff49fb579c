package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.Memory;
import java.util.Arrays;

/**
 * Reads integers of up to 32 bits in Parquet's hybrid of runs and bit-packing: levels, dictionary
 * codes, booleans.
 *
 * <pre>
 *   run    varint (count &lt;&lt; 1)        value in whole bytes
 *   packed varint (groups &lt;&lt; 1 | 1)   groups of 8 values, least significant bit first
 * </pre>
 *
 * <p>Reused from page to page. The page is borrowed until the next {@code start}.
 */
final class RunReader {
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private final ParquetPlace place;
  private long at;
  private long end;
  private int width;
  private long mask;

  private long left;
  private boolean packed;
  private int value;
  private long base;
  private long index;

  RunReader(ParquetPlace place) {
    this.place = place;
  }

  /** Begins at {@code address}; values are {@code bitWidth} wide, 0 to 32. */
  void start(long address, long endAddress, int bitWidth) {
    at = address;
    end = endAddress;
    width = bitWidth;
    mask = (1L << bitWidth) - 1;
    left = 0;
    if (bitWidth == 0) {
      packed = false;
      value = 0;
      left = NO_LIMIT;
    }
  }

  /** Begins at {@code address} with bits one after the other, as PLAIN booleans stand. */
  void startBits(long address, long endAddress) {
    start(address, endAddress, 1);
    packed = true;
    base = address;
    index = 0;
    left = (endAddress - address) * 8;
    at = endAddress;
  }

  void read(int[] to, int from, int count) {
    while (count > 0) {
      if (left == 0) {
        nextRun();
      }
      int n = (int) Math.min(left, count);
      if (packed) {
        unpack(to, from, n);
        index += n;
      } else {
        Arrays.fill(to, from, from + n, value);
      }
      left -= n;
      from += n;
      count -= n;
    }
  }

  /** Reads {@code n} of the next {@code span} values, those whose numbers {@code picked} has. */
  void readSome(int[] to, int[] picked, int n, int span) {
    int done = 0;
    for (int passed = 0; passed < span; ) {
      if (left == 0) {
        nextRun();
      }
      int stretch = (int) Math.min(left, span - passed);
      int behind = passed + stretch;
      if (packed) {
        long first = index - passed;
        for (; done < n && picked[done] < behind; done++) {
          to[done] = one(first + picked[done]);
        }
        index += stretch;
      } else {
        for (; done < n && picked[done] < behind; done++) {
          to[done] = value;
        }
      }
      left -= stretch;
      passed = behind;
    }
  }

  /** Reads one-bit values into a bitmap that is zero there; gives how many are 1. */
  int readBits(long[] words, int from, int count) {
    int ones = 0;
    while (count > 0) {
      if (left == 0) {
        nextRun();
      }
      int n = (int) Math.min(left, count);
      if (packed) {
        ones += copyBits(words, from, n);
        index += n;
      } else if (value != 0) {
        HeapBits.setRange(words, from, n);
        ones += n;
      }
      left -= n;
      from += n;
      count -= n;
    }
    return ones;
  }

  void skip(int count) {
    while (count > 0) {
      if (left == 0) {
        nextRun();
      }
      int n = (int) Math.min(left, count);
      index += n;
      left -= n;
      count -= n;
    }
  }

  private void nextRun() {
    while (left == 0) {
      long header = varint();
      if ((header & 1) != 0) {
        long groups = header >>> 1;
        long bytes = Math.min(groups * width, end - at);
        packed = true;
        base = at;
        index = 0;
        left = Math.min(groups * 8, bytes * 8 / width);
        at += bytes;
        if (left == 0 && groups != 0) {
          throw ParquetErrors.pageEndsEarly(place);
        }
      } else {
        packed = false;
        left = header >>> 1;
        int bytes = (width + 7) >>> 3;
        if (bytes > end - at) {
          throw ParquetErrors.pageEndsEarly(place);
        }
        long read = Memory.getInt(at) & 0xffff_ffffL & ((1L << (bytes * 8)) - 1);
        if (read > mask) {
          throw ParquetErrors.malformed(
              place, "a level or code of " + read + " in " + width + " bits");
        }
        value = (int) read;
        at += bytes;
      }
    }
  }

  private long varint() {
    long result = 0;
    for (int shift = 0; shift <= 28; shift += 7) {
      if (at >= end) {
        throw ParquetErrors.pageEndsEarly(place);
      }
      int b = Memory.getByte(at++);
      result |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return result;
      }
    }
    throw ParquetErrors.malformed(place, "a run longer than 32 bits can count");
  }

  private void unpack(int[] to, int from, int count) {
    long i = index;
    int done = 0;
    while (done < count && (i & 7) != 0) {
      to[from + done++] = one(i++);
    }
    if (width <= 8) {
      done = unpackGroups(to, from, done, count, base + (i >>> 3) * width, width, mask);
    } else if (width <= 16) {
      done = unpackHalfGroups(to, from, done, count, base + (i >>> 3) * width, width, mask);
    }
    i = index + done;
    while (done < count) {
      to[from + done++] = one(i++);
    }
  }

  /** Eight values of at most 8 bits lie in one word. */
  private static int unpackGroups(
      int[] to, int from, int done, int count, long address, int width, long mask) {
    for (; done + 8 <= count; done += 8) {
      long word = Memory.getLong(address);
      address += width;
      int k = from + done;
      to[k] = (int) (word & mask);
      to[k + 1] = (int) ((word >>> width) & mask);
      to[k + 2] = (int) ((word >>> (2 * width)) & mask);
      to[k + 3] = (int) ((word >>> (3 * width)) & mask);
      to[k + 4] = (int) ((word >>> (4 * width)) & mask);
      to[k + 5] = (int) ((word >>> (5 * width)) & mask);
      to[k + 6] = (int) ((word >>> (6 * width)) & mask);
      to[k + 7] = (int) ((word >>> (7 * width)) & mask);
    }
    return done;
  }

  /**
   * Four values of at most 16 bits lie in one word, which starts at a whole or (odd widths) a half
   * byte.
   */
  private static int unpackHalfGroups(
      int[] to, int from, int done, int count, long address, int width, long mask) {
    int second = (4 * width) >>> 3;
    int shift = (4 * width) & 7;
    for (; done + 8 <= count; done += 8) {
      long low = Memory.getLong(address);
      long high = Memory.getLong(address + second) >>> shift;
      address += width;
      int k = from + done;
      to[k] = (int) (low & mask);
      to[k + 1] = (int) ((low >>> width) & mask);
      to[k + 2] = (int) ((low >>> (2 * width)) & mask);
      to[k + 3] = (int) ((low >>> (3 * width)) & mask);
      to[k + 4] = (int) (high & mask);
      to[k + 5] = (int) ((high >>> width) & mask);
      to[k + 6] = (int) ((high >>> (2 * width)) & mask);
      to[k + 7] = (int) ((high >>> (3 * width)) & mask);
    }
    return done;
  }

  private int one(long i) {
    long bit = i * width;
    return (int) ((Memory.getLong(base + (bit >>> 3)) >>> (bit & 7)) & mask);
  }

  private int copyBits(long[] words, int from, int count) {
    int ones = 0;
    for (int done = 0; done < count; ) {
      int n = Math.min(56, count - done);
      long bit = index + done;
      long bits = (Memory.getLong(base + (bit >>> 3)) >>> (bit & 7)) & ((1L << n) - 1);
      HeapBits.or(words, from + done, bits);
      ones += Long.bitCount(bits);
      done += n;
    }
    return ones;
  }
}
