package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.memory.Memory;

/**
 * Moves values that stand densely at the start of a run of slots to the slots whose validity bit is
 * 1, in place, from the last to the first; the other slots become 0.
 *
 * <p>Arguments: {@code slots} address of the first of {@code rows} slots, {@code valid} how many
 * values there are, {@code words} the bitmap, {@code from} the first slot's bit in it.
 */
final class Spread {
  private Spread() {}

  static void slots(long slots, int width, long[] words, int from, int rows, int valid) {
    switch (width) {
      case 1 -> spread1(slots, words, from, rows, valid);
      case 2 -> spread2(slots, words, from, rows, valid);
      case 4 -> spread4(slots, words, from, rows, valid);
      case 8 -> spread8(slots, words, from, rows, valid);
      default -> spread16(slots, words, from, rows, valid);
    }
  }

  private static void spread1(long slots, long[] words, int from, int rows, int valid) {
    int source = valid - 1;
    for (int i = rows - 1; i >= 0; i--) {
      boolean set = HeapBits.get(words, from + i);
      Memory.putByte(slots + i, set ? Memory.getByte(slots + source--) : 0);
    }
  }

  private static void spread2(long slots, long[] words, int from, int rows, int valid) {
    int source = valid - 1;
    for (int i = rows - 1; i >= 0; i--) {
      boolean set = HeapBits.get(words, from + i);
      Memory.putShort(slots + 2L * i, set ? Memory.getShort(slots + 2L * source--) : 0);
    }
  }

  private static void spread4(long slots, long[] words, int from, int rows, int valid) {
    int source = valid - 1;
    for (int i = rows - 1; i >= 0; i--) {
      boolean set = HeapBits.get(words, from + i);
      Memory.putInt(slots + 4L * i, set ? Memory.getInt(slots + 4L * source--) : 0);
    }
  }

  private static void spread8(long slots, long[] words, int from, int rows, int valid) {
    int source = valid - 1;
    for (int i = rows - 1; i >= 0; i--) {
      boolean set = HeapBits.get(words, from + i);
      Memory.putLong(slots + 8L * i, set ? Memory.getLong(slots + 8L * source--) : 0);
    }
  }

  private static void spread16(long slots, long[] words, int from, int rows, int valid) {
    int source = valid - 1;
    for (int i = rows - 1; i >= 0; i--) {
      long low = 0;
      long high = 0;
      if (HeapBits.get(words, from + i)) {
        low = Memory.getLong(slots + 16L * source);
        high = Memory.getLong(slots + 16L * source + 8);
        source--;
      }
      Memory.putLong(slots + 16L * i, low);
      Memory.putLong(slots + 16L * i + 8, high);
    }
  }
}
