package dev.tidemill.streaming.rows;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;

/**
 * Values as 64-bit numbers in their order: a value with a lesser word comes first, of equal words
 * the values decide. No value comes out of line with {@code RowCodec}'s order.
 */
public final class OrderWords {
  private OrderWords() {}

  /**
   * @param column without a dictionary
   * @param to by place in {@code rows}, from {@code first} on
   */
  public static void of(
      Column column,
      boolean descending,
      boolean nullsFirst,
      int[] rows,
      int count,
      long[] to,
      int first) {
    switch (column) {
      case FixedColumn fixed when isFloating(fixed.type()) -> {
        for (int i = 0; i < count; i++) {
          long bits = Double.doubleToLongBits(fixed.doubleAt(rows[i]) + 0.0);
          to[first + i] = bits ^ ((bits >> 63) & Long.MAX_VALUE);
        }
      }
      case FixedColumn fixed when isNumber(fixed.type()) -> numbers(fixed, rows, count, to, first);
      case BooleanColumn bools -> {
        for (int i = 0; i < count; i++) {
          to[first + i] = bools.booleanAt(rows[i]) ? 1 : 0;
        }
      }
      case BytesColumn bytes -> {
        for (int i = 0; i < count; i++) {
          to[first + i] = column.isNull(rows[i]) ? 0 : prefix(bytes, rows[i]);
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          to[first + i] = 0;
        }
        return;
      }
    }
    if (descending) {
      for (int i = 0; i < count; i++) {
        to[first + i] = ~to[first + i];
      }
    }
    if (column.mayHaveNulls()) {
      long nullWord = nullsFirst ? Long.MIN_VALUE : Long.MAX_VALUE;
      for (int i = 0; i < count; i++) {
        if (column.isNull(rows[i])) {
          to[first + i] = nullWord;
        }
      }
    }
  }

  private static boolean isFloating(Type type) {
    return type instanceof Type.Real || type instanceof Type.DoubleType;
  }

  private static boolean isNumber(Type type) {
    return switch (type) {
      case Type.Int t -> true;
      case Type.Decimal t -> true;
      case Type.Date t -> true;
      case Type.Time t -> true;
      case Type.Timestamp t -> true;
      case Type.ZonedTimestamp t -> true;
      default -> false;
    };
  }

  /** Numbers of more than 64 bits are all the least or the greatest of 64. */
  private static void numbers(FixedColumn fixed, int[] rows, int count, long[] to, int first) {
    if (fixed.width() <= 8) {
      for (int i = 0; i < count; i++) {
        to[first + i] = fixed.longAt(rows[i]);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      long low = fixed.longAt(rows[i]);
      long high = fixed.highAt(rows[i]);
      to[first + i] = high == low >> 63 ? low : high < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** The first 8 bytes, unsigned. */
  private static long prefix(BytesColumn bytes, int row) {
    int length = Math.min(8, bytes.lengthAt(row));
    long address = bytes.addressAt(row);
    long word = 0;
    for (int i = 0; i < length; i++) {
      word |= (Memory.getByte(address + i) & 0xffL) << (56 - 8 * i);
    }
    return word ^ Long.MIN_VALUE;
  }
}
