package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;

/**
 * Values as one word each, equal exactly where SQL calls the values not distinct: numbers and times
 * as they are in the column, floating point by its bits (-0.0 as 0.0, one NaN), truth as 0 and 1.
 * The word of NULL is undefined.
 */
public final class KeyWords {
  private KeyWords() {}

  /** Whether every value of the type fits a word. */
  public static boolean fits(Type type) {
    return switch (type) {
      case Type.Bool t -> true;
      case Type.Int t -> true;
      case Type.Real t -> true;
      case Type.DoubleType t -> true;
      case Type.Decimal t -> t.precision() <= Type.MAX_SHORT_DECIMAL_PRECISION;
      case Type.Date t -> true;
      case Type.Time t -> true;
      case Type.Timestamp t -> true;
      case Type.ZonedTimestamp t -> true;
      case Type.MonthInterval t -> true;
      case Type.TimeInterval t -> true;
      case Type.Varchar t -> false;
      case Type.Varbinary t -> false;
      case Type.Array t -> false;
      case Type.MapType t -> false;
      case Type.Row t -> false;
      case Type.Null t -> false;
    };
  }

  /** Sets {@code words[i]} to the word of row {@code rows[i]}, for {@code count} rows. */
  public static void read(Column column, int[] rows, int count, long[] words) {
    switch (column) {
      case FixedColumn fixed -> readFixed(fixed, rows, count, words);
      case BooleanColumn booleans -> {
        for (int i = 0; i < count; i++) {
          words[i] = booleans.booleanAt(rows[i]) ? 1 : 0;
        }
      }
      case DictionaryColumn codes -> {
        int[] places = new int[count];
        for (int i = 0; i < count; i++) {
          places[i] = codes.isNull(rows[i]) ? 0 : codes.codeAt(rows[i]);
        }
        if (codes.dictionary().length() > 0) {
          read(codes.dictionary(), places, count, words);
        }
      }
      case BytesColumn c -> throw noWord(c);
      case ListColumn c -> throw noWord(c);
      case RowColumn c -> throw noWord(c);
    }
  }

  /**
   * A column of the first {@code count} words, the caller's to close; word {@code nullAt} is NULL,
   * unless that is -1.
   */
  static Column column(Type type, Longs words, int count, int nullAt, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, Math.max(1, count))) {
      long[] some = new long[Math.min(count, Batch.MAX_ROWS)];
      for (int from = 0; from < count; from += some.length) {
        int length = Math.min(some.length, count - from);
        for (int i = 0; i < length; i++) {
          some[i] = words.get(from + i);
        }
        append(type, some, length, builder);
      }
      try (Column plain = builder.build()) {
        return withNull(plain, count, nullAt, scope);
      }
    }
  }

  /** As the other. */
  static Column column(Type type, long[] words, int count, int nullAt, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, Math.max(1, count))) {
      append(type, words, count, builder);
      try (Column plain = builder.build()) {
        return withNull(plain, count, nullAt, scope);
      }
    }
  }

  private static Column withNull(Column plain, int count, int nullAt, MemoryScope scope) {
    if (nullAt < 0) {
      return plain.retain();
    }
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = i == nullAt ? -1 : i;
    }
    return Columns.take(plain, rows, 0, count, scope);
  }

  private static void append(Type type, long[] words, int count, ColumnBuilder builder) {
    switch (type) {
      case Type.Bool t -> {
        for (int i = 0; i < count; i++) {
          builder.appendBoolean(words[i] != 0);
        }
      }
      case Type.Real t -> appendDoubles(words, count, builder);
      case Type.DoubleType t -> appendDoubles(words, count, builder);
      default -> {
        for (int i = 0; i < count; i++) {
          builder.appendLong(words[i]);
        }
      }
    }
  }

  private static void appendDoubles(long[] words, int count, ColumnBuilder builder) {
    for (int i = 0; i < count; i++) {
      builder.appendDouble(Double.longBitsToDouble(words[i]));
    }
  }

  private static IllegalArgumentException noWord(Column column) {
    return new IllegalArgumentException("no words for " + column.type());
  }

  private static void readFixed(FixedColumn column, int[] rows, int count, long[] words) {
    if (column.type() instanceof Type.DoubleType || column.type() instanceof Type.Real) {
      for (int i = 0; i < count; i++) {
        words[i] = Double.doubleToLongBits(column.doubleAt(rows[i]) + 0.0);
      }
      return;
    }
    long address = column.address();
    switch (column.width()) {
      case 4 -> read4(address, rows, count, words);
      case 8 -> read8(address, rows, count, words);
      default -> {
        for (int i = 0; i < count; i++) {
          words[i] = column.longAt(rows[i]);
        }
      }
    }
  }

  private static void read4(long address, int[] rows, int count, long[] words) {
    for (int i = 0; i < count; i++) {
      words[i] = Memory.getInt(address + ((long) rows[i] << 2));
    }
  }

  private static void read8(long address, int[] rows, int count, long[] words) {
    for (int i = 0; i < count; i++) {
      words[i] = Memory.getLong(address + ((long) rows[i] << 3));
    }
  }
}
