package dev.tidemill.storage.cache;

import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.storage.table.ValueBits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Words of 4 or 8 bytes as unsigned distances of 0, 1, 2 or 4 bytes from a base, and back. One loop
 * for each pair of widths; whole columns go from segment to segment, which C2 makes vectors of (a
 * quarter of a nanosecond a value, three times as fast as by address).
 */
final class PackedWords {
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private PackedWords() {}

  /** Bytes for distances up to {@code greatest}, which is unsigned; 8 where it needs a word. */
  static int width(long greatest) {
    if (greatest == 0) {
      return 0;
    }
    int bits = Long.SIZE - Long.numberOfLeadingZeros(greatest);
    return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
  }

  /** Writes the distances of a column's values; those of NULLs are 0. */
  static void pack(FixedColumn column, long base, int width, long to) {
    boolean nulls = column.mayHaveNulls();
    for (int row = 0; row < column.length(); row++) {
      long distance = nulls && column.isNull(row) ? 0 : column.longAt(row) - base;
      put(to, width, row, distance);
    }
  }

  static void put(long to, int width, int row, long distance) {
    switch (width) {
      case 1 -> Memory.putByte(to + row, (byte) distance);
      case 2 -> Memory.putShort(to + 2L * row, (short) distance);
      default -> Memory.putInt(to + 4L * row, (int) distance);
    }
  }

  /**
   * Writes {@code count} values of 4 or 8 bytes.
   *
   * @param packedWidth 0, 1 or 2; 4 for values of 8
   */
  static void unpack(long from, int packedWidth, long base, long to, int width, int count) {
    MemorySegment source = Memory.segment(from, (long) count * packedWidth);
    MemorySegment target = Memory.segment(to, (long) count * width);
    if (width == Integer.BYTES) {
      switch (packedWidth) {
        case 0 -> fill4((int) base, target, count);
        case 1 -> unpack1To4(source, (int) base, target, count);
        default -> unpack2To4(source, (int) base, target, count);
      }
    } else {
      switch (packedWidth) {
        case 0 -> fill8(base, target, count);
        case 1 -> unpack1To8(source, base, target, count);
        case 2 -> unpack2To8(source, base, target, count);
        default -> unpack4To8(source, base, target, count);
      }
    }
  }

  /** As the other, of {@code count} rows. */
  static void unpack(
      long from, int packedWidth, long base, int[] rows, long to, int width, int count) {
    if (width == Integer.BYTES) {
      switch (packedWidth) {
        case 0 -> fill4((int) base, Memory.segment(to, 4L * count), count);
        case 1 -> take1To4(from, (int) base, rows, to, count);
        default -> take2To4(from, (int) base, rows, to, count);
      }
    } else {
      switch (packedWidth) {
        case 0 -> fill8(base, Memory.segment(to, 8L * count), count);
        case 1 -> take1To8(from, base, rows, to, count);
        case 2 -> take2To8(from, base, rows, to, count);
        default -> take4To8(from, base, rows, to, count);
      }
    }
  }

  private static void fill4(int base, MemorySegment to, int count) {
    for (int i = 0; i < count; i++) {
      to.setAtIndex(INT, i, base);
    }
  }

  private static void fill8(long base, MemorySegment to, int count) {
    for (int i = 0; i < count; i++) {
      to.setAtIndex(LONG, i, base);
    }
  }

  private static void unpack1To4(MemorySegment from, int base, MemorySegment to, int count) {
    for (int i = 0; i < count; i++) {
      to.setAtIndex(INT, i, base + (from.get(BYTE, i) & 0xff));
    }
  }

  private static void unpack2To4(MemorySegment from, int base, MemorySegment to, int count) {
    for (int i = 0; i < count; i++) {
      to.setAtIndex(INT, i, base + (from.getAtIndex(SHORT, i) & 0xffff));
    }
  }

  private static void unpack1To8(MemorySegment from, long base, MemorySegment to, int count) {
    for (int i = 0; i < count; i++) {
      to.setAtIndex(LONG, i, base + (from.get(BYTE, i) & 0xff));
    }
  }

  private static void unpack2To8(MemorySegment from, long base, MemorySegment to, int count) {
    for (int i = 0; i < count; i++) {
      to.setAtIndex(LONG, i, base + (from.getAtIndex(SHORT, i) & 0xffff));
    }
  }

  private static void unpack4To8(MemorySegment from, long base, MemorySegment to, int count) {
    for (int i = 0; i < count; i++) {
      to.setAtIndex(LONG, i, base + (from.getAtIndex(INT, i) & 0xffff_ffffL));
    }
  }

  private static void take1To4(long from, int base, int[] rows, long to, int count) {
    for (int i = 0; i < count; i++) {
      Memory.putInt(to + 4L * i, base + (Memory.getByte(from + rows[i]) & 0xff));
    }
  }

  private static void take2To4(long from, int base, int[] rows, long to, int count) {
    for (int i = 0; i < count; i++) {
      Memory.putInt(to + 4L * i, base + (Memory.getShort(from + 2L * rows[i]) & 0xffff));
    }
  }

  private static void take1To8(long from, long base, int[] rows, long to, int count) {
    for (int i = 0; i < count; i++) {
      Memory.putLong(to + 8L * i, base + (Memory.getByte(from + rows[i]) & 0xff));
    }
  }

  private static void take2To8(long from, long base, int[] rows, long to, int count) {
    for (int i = 0; i < count; i++) {
      Memory.putLong(to + 8L * i, base + (Memory.getShort(from + 2L * rows[i]) & 0xffff));
    }
  }

  private static void take4To8(long from, long base, int[] rows, long to, int count) {
    for (int i = 0; i < count; i++) {
      Memory.putLong(to + 8L * i, base + (Memory.getInt(from + 4L * rows[i]) & 0xffff_ffffL));
    }
  }

  /** The greatest distance of so many bytes. */
  static long greatest(int width) {
    return width == 0 ? 0 : -1L >>> Long.SIZE - width * Byte.SIZE;
  }

  /** Whether a distance is greater than another; both are unsigned. */
  static boolean isBeyond(long distance, long other) {
    return Long.compareUnsigned(distance, other) > 0;
  }

  /** All places. */
  static int all(int count, int[] found) {
    for (int i = 0; i < count; i++) {
      found[i] = i;
    }
    return count;
  }

  /**
   * The places of distances, unsigned, from {@code low} to {@code high}; without branches.
   *
   * @param width 1, 2 or 4
   * @param rows null for the first {@code count}; may be {@code found}
   */
  static int between(
      long from, int width, int low, int high, int @Nullable [] rows, int count, int[] found) {
    long span = (high & 0xffff_ffffL) - (low & 0xffff_ffffL);
    if (rows == null) {
      return switch (width) {
        case 1 -> between1(from, low, (int) span, count, found);
        case 2 -> between2(from, low, (int) span, count, found);
        default -> between4(from, low & 0xffff_ffffL, span, count, found);
      };
    }
    return switch (width) {
      case 1 -> between1(from, low, (int) span, rows, count, found);
      case 2 -> between2(from, low, (int) span, rows, count, found);
      default -> between4(from, low & 0xffff_ffffL, span, rows, count, found);
    };
  }

  private static int between1(long from, int low, int span, int count, int[] found) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int above = (Memory.getByte(from + i) & 0xff) - low;
      found[n] = i;
      n += (~(above | span - above) >>> 31);
    }
    return n;
  }

  private static int between1(long from, int low, int span, int[] rows, int count, int[] found) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int above = (Memory.getByte(from + rows[i]) & 0xff) - low;
      found[n] = i;
      n += (~(above | span - above) >>> 31);
    }
    return n;
  }

  private static int between2(long from, int low, int span, int count, int[] found) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int above = (Memory.getShort(from + 2L * i) & 0xffff) - low;
      found[n] = i;
      n += (~(above | span - above) >>> 31);
    }
    return n;
  }

  private static int between2(long from, int low, int span, int[] rows, int count, int[] found) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      int above = (Memory.getShort(from + 2L * rows[i]) & 0xffff) - low;
      found[n] = i;
      n += (~(above | span - above) >>> 31);
    }
    return n;
  }

  private static int between4(long from, long low, long span, int count, int[] found) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      long above = (Memory.getInt(from + 4L * i) & 0xffff_ffffL) - low;
      found[n] = i;
      n += (int) (~(above | span - above) >>> 63);
    }
    return n;
  }

  private static int between4(long from, long low, long span, int[] rows, int count, int[] found) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      long above = (Memory.getInt(from + 4L * rows[i]) & 0xffff_ffffL) - low;
      found[n] = i;
      n += (int) (~(above | span - above) >>> 63);
    }
    return n;
  }

  /**
   * The places of distances whose value is one of {@code values}. Rows are taken 64 at a time: what
   * passes is a mask, so that only the bits that are set cost a branch that may be guessed wrong.
   *
   * @param width 1, 2 or 4
   * @param rows null for the first {@code count}; may be {@code found}
   */
  static int among(
      long from,
      int width,
      long base,
      ValueBits values,
      int @Nullable [] rows,
      int count,
      int[] found) {
    long shift = base - values.least();
    int n = 0;
    for (int start = 0; start < count; start += Long.SIZE) {
      int end = Math.min(count, start + Long.SIZE);
      long kept =
          switch (width) {
            case 1 -> among1(from, shift, values.span(), values.words(), rows, start, end);
            case 2 -> among2(from, shift, values.span(), values.words(), rows, start, end);
            default -> among4(from, shift, values.span(), values.words(), rows, start, end);
          };
      for (; kept != 0; kept &= kept - 1) {
        found[n++] = start + Long.numberOfTrailingZeros(kept);
      }
    }
    return n;
  }

  private static long among1(
      long from, long shift, long span, long[] words, int @Nullable [] rows, int start, int end) {
    long kept = 0;
    for (int i = start; i < end; i++) {
      int row = rows == null ? i : rows[i];
      long bit = (Memory.getByte(from + row) & 0xff) + shift;
      if (bit >= 0 && bit <= span) {
        kept |= (words[(int) (bit >>> 6)] >>> bit & 1) << i;
      }
    }
    return kept;
  }

  private static long among2(
      long from, long shift, long span, long[] words, int @Nullable [] rows, int start, int end) {
    long kept = 0;
    for (int i = start; i < end; i++) {
      int row = rows == null ? i : rows[i];
      long bit = (Memory.getShort(from + 2L * row) & 0xffff) + shift;
      if (bit >= 0 && bit <= span) {
        kept |= (words[(int) (bit >>> 6)] >>> bit & 1) << i;
      }
    }
    return kept;
  }

  private static long among4(
      long from, long shift, long span, long[] words, int @Nullable [] rows, int start, int end) {
    long kept = 0;
    for (int i = start; i < end; i++) {
      int row = rows == null ? i : rows[i];
      long bit = (Memory.getInt(from + 4L * row) & 0xffff_ffffL) + shift;
      if (bit >= 0 && bit <= span) {
        kept |= (words[(int) (bit >>> 6)] >>> bit & 1) << i;
      }
    }
    return kept;
  }
}
