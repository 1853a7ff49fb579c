package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.Memory;

/** BYTE_STREAM_SPLIT: all first bytes, then all second bytes, and so on. */
final class StreamSplit {
  private StreamSplit() {}

  /** Puts {@code count} values of {@code stride} bytes together at {@code to}. */
  static void join(long from, long to, int count, int stride) {
    switch (stride) {
      case 4 -> join4(from, to, count);
      case 8 -> join8(from, to, count);
      default -> {
        for (int k = 0; k < stride; k++) {
          long stream = from + (long) k * count;
          for (int i = 0; i < count; i++) {
            Memory.putByte(to + (long) i * stride + k, Memory.getByte(stream + i));
          }
        }
      }
    }
  }

  private static void join4(long from, long to, int count) {
    for (int i = 0; i < count; i++) {
      long at = from + i;
      int value =
          (Memory.getByte(at) & 0xff)
              | (Memory.getByte(at + count) & 0xff) << 8
              | (Memory.getByte(at + 2L * count) & 0xff) << 16
              | Memory.getByte(at + 3L * count) << 24;
      Memory.putInt(to + ((long) i << 2), value);
    }
  }

  private static void join8(long from, long to, int count) {
    for (int i = 0; i < count; i++) {
      long at = from + i;
      long value = 0;
      for (int k = 7; k >= 0; k--) {
        value = value << 8 | (Memory.getByte(at + (long) k * count) & 0xffL);
      }
      Memory.putLong(to + ((long) i << 3), value);
    }
  }
}
