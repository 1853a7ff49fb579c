package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.Memory;

/** Writes what {@link RunReader} reads. */
final class RunWriter {
  private static final int SHORTEST_RUN = 8;

  private RunWriter() {}

  /** Appends {@code count} values of {@code width} bits. */
  static void write(int[] values, int count, int width, GrowingBuffer to) {
    int literals = 0;
    int at = 0;
    while (at < count) {
      int end = at + 1;
      while (end < count && values[end] == values[at]) {
        end++;
      }
      int aligned = at + (-(at - literals) & 7);
      if (end - aligned >= SHORTEST_RUN) {
        writePacked(values, literals, aligned, width, to);
        writeRun(values[at], end - aligned, width, to);
        literals = end;
      }
      at = end;
    }
    writePacked(values, literals, count, width, to);
  }

  private static void writeRun(int value, int count, int width, GrowingBuffer to) {
    to.putVarint(count << 1);
    for (int bits = 0; bits < width; bits += 8) {
      to.putByte(value >>> bits);
    }
  }

  private static void writePacked(int[] values, int from, int end, int width, GrowingBuffer to) {
    if (from == end) {
      return;
    }
    int groups = (end - from + 7) / 8;
    to.putVarint(groups << 1 | 1);
    int bytes = groups * width;
    long at = to.extend(bytes);
    long limit = at + bytes;
    long pending = 0;
    int bits = 0;
    for (int i = from; i < end; i++) {
      pending |= (values[i] & 0xffff_ffffL) << bits;
      bits += width;
      while (bits >= 8) {
        Memory.putByte(at++, (byte) pending);
        pending >>>= 8;
        bits -= 8;
      }
    }
    while (at < limit) {
      Memory.putByte(at++, (byte) pending);
      pending >>>= 8;
    }
  }

  /** Bits that the numbers below {@code count} need; at least 1, as some readers expect. */
  static int width(int count) {
    return Math.max(1, 32 - Integer.numberOfLeadingZeros(Math.max(count - 1, 0)));
  }
}
