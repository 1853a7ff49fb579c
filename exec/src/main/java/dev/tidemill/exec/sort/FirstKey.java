package dev.tidemill.exec.sort;

import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.SortKey;

/**
 * The first key of rows as a word each: rows whose words differ are in the order of these,
 * unsigned; of rows with equal words nothing is known. Of NULLs there is no word.
 */
final class FirstKey {
  private FirstKey() {}

  static boolean fits(Type type) {
    return switch (type) {
      case Type.Array t -> false;
      case Type.MapType t -> false;
      case Type.Row t -> false;
      case Type.Null t -> false;
      default -> true;
    };
  }

  /** Words of some rows; of a NULL whatever. {@code scratch} has room for {@code count}. */
  static void words(Column column, SortKey key, int[] rows, int count, int[] scratch, long[] out) {
    if (column instanceof DictionaryColumn codes) {
      if (codes.dictionary().length() == 0) {
        return;
      }
      for (int i = 0; i < count; i++) {
        scratch[i] = codes.codeAt(rows[i]);
      }
      ascending(codes.dictionary(), scratch, count, out);
    } else {
      ascending(column, rows, count, out);
    }
    if (key.descending()) {
      for (int i = 0; i < count; i++) {
        out[i] = ~out[i];
      }
    }
  }

  private static void ascending(Column column, int[] rows, int count, long[] out) {
    switch (column) {
      case FixedColumn fixed -> numbers(fixed, rows, count, out);
      case BooleanColumn booleans -> {
        for (int i = 0; i < count; i++) {
          out[i] = booleans.booleanAt(rows[i]) ? 1 : 0;
        }
      }
      case BytesColumn bytes -> {
        for (int i = 0; i < count; i++) {
          out[i] = bytes.isNull(rows[i]) ? 0 : SortText.firstBytes(bytes, rows[i]);
        }
      }
      default -> throw new IllegalArgumentException("no first key: " + column.type());
    }
  }

  private static void numbers(FixedColumn column, int[] rows, int count, long[] out) {
    long address = column.address();
    if (column.type() instanceof Type.DoubleType || column.type() instanceof Type.Real) {
      for (int i = 0; i < count; i++) {
        long bits = Double.doubleToLongBits(column.doubleAt(rows[i]) + 0.0);
        out[i] = bits ^ (bits >> 63 | Long.MIN_VALUE);
      }
      return;
    }
    switch (column.width()) {
      case 4 -> {
        for (int i = 0; i < count; i++) {
          out[i] = Memory.getInt(address + ((long) rows[i] << 2)) ^ Long.MIN_VALUE;
        }
      }
      case 8 -> {
        for (int i = 0; i < count; i++) {
          out[i] = Memory.getLong(address + ((long) rows[i] << 3)) ^ Long.MIN_VALUE;
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          long low = column.longAt(rows[i]);
          long high = column.highAt(rows[i]);
          long near = high < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
          out[i] = (high == low >> 63 ? low : near) ^ Long.MIN_VALUE;
        }
      }
    }
  }
}
