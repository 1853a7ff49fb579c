package dev.tidemill.exec.sort;

import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.SortKey;
import org.jspecify.annotations.Nullable;

/**
 * Numbers, times, truth values and codes as their distance from the least value, or from the
 * greatest where the order is descending; without their lowest bits where these find no room.
 */
final class SortNumber extends SortField {
  /** The least value that is left, as an unsigned number in the order of the values. */
  private final long least;

  private final long greatest;
  private final boolean descending;

  /** How many low bits are left out. */
  private final int dropped;

  /** By code, or null where there is no dictionary. */
  private final int @Nullable [] ranks;

  /** How many low bits of a value of 16 bytes are left out before anything is done. */
  private final int narrowed;

  /** Whether nothing is known of the values. */
  private final boolean isOpaque;

  private SortNumber(
      Column column,
      SortKey key,
      long least,
      long greatest,
      int narrowed,
      int room,
      int @Nullable [] ranks,
      boolean isOpaque) {
    super(column, key);
    this.least = least;
    this.greatest = greatest;
    this.descending = key.descending();
    this.narrowed = narrowed;
    this.ranks = ranks;
    this.isOpaque = isOpaque;
    int needed = isOpaque ? 0 : Long.SIZE - Long.numberOfLeadingZeros(greatest - least);
    this.dropped = Math.max(0, needed - room);
    setValueBits(needed - dropped);
  }

  /** Of values that only their NULLs are known of. */
  static SortNumber nothing(Column column, SortKey key) {
    return new SortNumber(column, key, 0, 0, 0, 0, null, true);
  }

  static SortNumber of(BooleanColumn column, SortKey key, int room) {
    return new SortNumber(column, key, 0, 1, 0, room, null, false);
  }

  static SortNumber of(DictionaryColumn column, int[] ranks, SortKey key, int room) {
    return new SortNumber(column, key, 0, Math.max(0, ranks.length - 1), 0, room, ranks, false);
  }

  static SortNumber of(FixedColumn column, SortKey key, int count, int room, Team team) {
    int narrowed = column.width() == 16 ? wideBits(column, count) : 0;
    int pieces = team.pieces(count, 16 * Batch.MAX_ROWS);
    long[] least = new long[pieces];
    long[] greatest = new long[pieces];
    team.each(
        pieces,
        piece -> {
          long min = -1;
          long max = 0;
          long[] values = new long[Batch.MAX_ROWS];
          int to = (int) ((long) count * (piece + 1) / pieces);
          int start = (int) ((long) count * piece / pieces);
          for (; start < to; start += Batch.MAX_ROWS) {
            int length = Math.min(Batch.MAX_ROWS, to - start);
            load(column, start, length, narrowed, values);
            if (column.mayHaveNulls()) {
              length = withoutNulls(column, start, length, values);
            }
            for (int i = 0; i < length; i++) {
              long value = values[i] ^ Long.MIN_VALUE;
              min = Math.min(min ^ Long.MIN_VALUE, value) ^ Long.MIN_VALUE;
              max = Math.max(max ^ Long.MIN_VALUE, value) ^ Long.MIN_VALUE;
            }
          }
          least[piece] = min;
          greatest[piece] = max;
        });
    long min = -1;
    long max = 0;
    for (int i = 0; i < pieces; i++) {
      min = Long.compareUnsigned(least[i], min) < 0 ? least[i] : min;
      max = Long.compareUnsigned(greatest[i], max) > 0 ? greatest[i] : max;
    }
    boolean none = Long.compareUnsigned(min, max) > 0;
    return new SortNumber(column, key, none ? 0 : min, none ? 0 : max, narrowed, room, null, false);
  }

  /** Moves values of rows that are not NULL to the front; says how many. */
  private static int withoutNulls(FixedColumn column, int from, int count, long[] values) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      values[kept] = values[i];
      kept += column.isNull(from + i) ? 0 : 1;
    }
    return kept;
  }

  /** How many low bits of values of 16 bytes have to go, so that a long holds the others. */
  private static int wideBits(FixedColumn column, int count) {
    long high = 0;
    for (int i = 0; i < count; i++) {
      if (!column.isNull(i)) {
        long low = column.longAt(i);
        long above = column.highAt(i);
        high |= above ^ above >> 63 | (above == low >> 63 ? 0 : 1);
      }
    }
    return high == 0 ? 0 : Math.min(64, 65 - Long.numberOfLeadingZeros(high));
  }

  @Override
  boolean decides() {
    return dropped == 0 && narrowed == 0 && !isOpaque;
  }

  @Override
  void values(int from, int count, long[] out) {
    if (ranks != null) {
      long codes = ((DictionaryColumn) column()).address();
      for (int i = 0; i < count; i++) {
        out[i] = ranks[Memory.getInt(codes + ((long) (from + i) << 2))];
      }
    } else if (column() instanceof BooleanColumn booleans) {
      for (int i = 0; i < count; i++) {
        out[i] = booleans.booleanAt(from + i) ? 1 : 0;
      }
    } else {
      load((FixedColumn) column(), from, count, narrowed, out);
    }
    if (descending) {
      for (int i = 0; i < count; i++) {
        out[i] = greatest - out[i] >>> dropped;
      }
    } else {
      for (int i = 0; i < count; i++) {
        out[i] = out[i] - least >>> dropped;
      }
    }
  }

  /** Values as unsigned numbers in their order. */
  private static void load(FixedColumn column, int from, int count, int narrowed, long[] out) {
    long address = column.address() + (long) from * column.width();
    if (column.type() instanceof Type.Real) {
      loadReal(address, count, out);
    } else if (column.type() instanceof Type.DoubleType) {
      loadDouble(address, count, out);
    } else {
      switch (column.width()) {
        case 1 -> load1(address, count, out);
        case 2 -> load2(address, count, out);
        case 4 -> load4(address, count, out);
        case 8 -> load8(address, count, out);
        default -> load16(address, count, narrowed, out);
      }
    }
  }

  private static void load1(long address, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = Memory.getByte(address + i) ^ Long.MIN_VALUE;
    }
  }

  private static void load2(long address, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = Memory.getShort(address + ((long) i << 1)) ^ Long.MIN_VALUE;
    }
  }

  private static void load4(long address, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = Memory.getInt(address + ((long) i << 2)) ^ Long.MIN_VALUE;
    }
  }

  private static void load8(long address, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = Memory.getLong(address + ((long) i << 3)) ^ Long.MIN_VALUE;
    }
  }

  private static void load16(long address, int count, int narrowed, long[] out) {
    for (int i = 0; i < count; i++) {
      long low = Memory.getLong(address + ((long) i << 4));
      long high = Memory.getLong(address + ((long) i << 4) + 8);
      long value =
          narrowed == 0 ? low : narrowed == 64 ? high : high << 64 - narrowed | low >>> narrowed;
      out[i] = value ^ Long.MIN_VALUE;
    }
  }

  private static void loadReal(long address, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      int bits = Float.floatToIntBits(Memory.getFloat(address + ((long) i << 2)) + 0.0f);
      out[i] = (bits ^ (bits >> 31 | Integer.MIN_VALUE)) & 0xffff_ffffL;
    }
  }

  private static void loadDouble(long address, int count, long[] out) {
    for (int i = 0; i < count; i++) {
      long bits = Double.doubleToLongBits(Memory.getDouble(address + ((long) i << 3)) + 0.0);
      out[i] = bits ^ (bits >> 63 | Long.MIN_VALUE);
    }
  }
}
