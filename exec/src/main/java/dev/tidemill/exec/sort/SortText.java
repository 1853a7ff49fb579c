package dev.tidemill.exec.sort;

import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.plan.batch.SortKey;

/**
 * The first bytes of text behind what all values begin with; and where no value is longer, how many
 * bytes it has, so that "a" is before "a\0".
 */
final class SortText extends SortField {
  /** Bytes that are left out at the beginning. */
  private final int skip;

  private final int bytes;

  /** Bits of the whole length behind the bytes, or 0 where some value has more bytes. */
  private final int lengthBits;

  private final boolean whole;
  private final boolean descending;

  private SortText(BytesColumn column, SortKey key, int skip, int longest, int room) {
    super(column, key);
    this.skip = skip;
    this.descending = key.descending();
    int left = Math.max(0, longest - skip);
    int forLength = Integer.SIZE - Integer.numberOfLeadingZeros(longest);
    this.whole = left * 8L + forLength <= room;
    this.lengthBits = whole ? forLength : 0;
    this.bytes = whole ? left : Math.min(Long.BYTES, room / 8);
    setValueBits(bytes * 8 + lengthBits);
  }

  static SortText of(BytesColumn column, SortKey key, int skip, int count, int room, Team team) {
    int first = 0;
    while (first < count && column.isNull(first)) {
      first++;
    }
    int pieces = team.pieces(count, 16 * Batch.MAX_ROWS);
    int[] longest = new int[pieces];
    int[] common = new int[pieces];
    int sample = first;
    team.each(
        pieces,
        piece -> {
          int from = (int) ((long) count * piece / pieces);
          int to = (int) ((long) count * (piece + 1) / pieces);
          int length = 0;
          int same = sample < count ? column.lengthAt(sample) : 0;
          for (int row = from; row < to; row++) {
            if (!column.isNull(row)) {
              length = Math.max(length, column.lengthAt(row));
              if (same > skip) {
                same = common(column, sample, row, same);
              }
            }
          }
          longest[piece] = length;
          common[piece] = same;
        });
    int length = 0;
    int same = Integer.MAX_VALUE;
    for (int i = 0; i < pieces; i++) {
      length = Math.max(length, longest[i]);
      same = Math.min(same, common[i]);
    }
    return new SortText(column, key, Math.max(skip, Math.min(same, length)), length, room);
  }

  /** How many bytes two values begin with, at most {@code most}. */
  private static int common(BytesColumn column, int a, int b, int most) {
    int length = Math.min(most, column.lengthAt(b));
    long first = column.addressAt(a);
    long second = column.addressAt(b);
    int at = 0;
    while (at < length && Memory.getByte(first + at) == Memory.getByte(second + at)) {
      at++;
    }
    return at;
  }

  @Override
  boolean decides() {
    return whole;
  }

  @Override
  int bytesInside() {
    return skip + bytes;
  }

  @Override
  void values(int from, int count, long[] out) {
    BytesColumn column = (BytesColumn) column();
    for (int i = 0; i < count; i++) {
      int length = column.isNull(from + i) ? 0 : column.lengthAt(from + i);
      int left = Math.max(0, length - skip);
      long value = left == 0 ? 0 : firstBytes(column.addressAt(from + i) + skip, left);
      value >>>= Long.SIZE - 8 * bytes;
      out[i] = bytes == 0 ? length : value << lengthBits | (lengthBits == 0 ? 0 : length);
    }
    if (descending) {
      long all = valueBits() == Long.SIZE ? -1 : (1L << valueBits()) - 1;
      for (int i = 0; i < count; i++) {
        out[i] ^= all;
      }
    }
  }

  /** The first eight bytes of a value, the first the highest, zeros behind the end. */
  static long firstBytes(BytesColumn column, int row) {
    return firstBytes(column.addressAt(row), column.lengthAt(row));
  }

  /** Eight bytes, the first the highest, zeros behind the end. */
  private static long firstBytes(long address, int length) {
    if (length >= Long.BYTES) {
      return Long.reverseBytes(Memory.getLong(address));
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      value |= (Memory.getByte(address + i) & 0xffL) << 56 - 8 * i;
    }
    return value;
  }
}
