package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whole columns from whole columns. Arguments are borrowed, results are the caller's to close;
 * nothing is left allocated when memory runs out on the way.
 */
public final class Columns {
  private Columns() {}

  /**
   * The rows {@code rows[offset] … rows[offset + count - 1]}, in that order; -1 gives a NULL (outer
   * joins). Strings share the data buffers, dictionary columns keep their codes and share the
   * dictionary.
   */
  public static Column take(Column column, int[] rows, int offset, int count, MemoryScope scope) {
    return new Gather(rows, offset, count, false, scope).of(column);
  }

  /** As {@link #take}, but the result shares no buffer of values with {@code column}. */
  public static Column copy(Column column, int[] rows, int offset, int count, MemoryScope scope) {
    return new Gather(rows, offset, count, true, scope).of(column);
  }

  /**
   * A copy of the selected rows (all, without a selection) that shares no buffer of values with
   * {@code column}, so that the pages behind it can go. Dictionary columns keep their codes and
   * share the dictionary.
   */
  public static Column compact(Column column, @Nullable Selection selection, MemoryScope scope) {
    if (selection != null) {
      return new Gather(selection.rows(), 0, selection.count(), true, scope).of(column);
    }
    if (column instanceof FixedColumn
        || column instanceof BooleanColumn
        || column instanceof DictionaryColumn) {
      return new Slice(0, column.length(), scope).of(column);
    }
    int[] all = new int[column.length()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    return new Gather(all, 0, all.length, true, scope).of(column);
  }

  /** Consecutive rows. Strings share the data buffers, dictionary columns the dictionary. */
  public static Column slice(Column column, int from, int count, MemoryScope scope) {
    if (from == 0 && count == column.length()) {
      return column.retain();
    }
    return new Slice(from, count, scope).of(column);
  }

  /**
   * The same values without a dictionary, also in what is nested; {@code column} itself, retained,
   * if it has none.
   */
  public static Column decode(Column column, MemoryScope scope) {
    return switch (column) {
      case DictionaryColumn codes -> decodeCodes(codes, scope);
      case ListColumn lists when hasDictionary(lists) -> {
        try (Partial partial = new Partial()) {
          Column elements = partial.add(decode(lists.elements(), scope));
          yield partial.done(
              new ListColumn(
                  lists.type(),
                  lists.length(),
                  lists.offsetsBuffer().retain(),
                  elements,
                  retainedValidity(lists)));
        }
      }
      case RowColumn row when hasDictionary(row) -> {
        try (Partial partial = new Partial()) {
          List<Column> fields = new ArrayList<>(row.fieldCount());
          for (int i = 0; i < row.fieldCount(); i++) {
            fields.add(partial.add(decode(row.field(i), scope)));
          }
          yield partial.done(
              new RowColumn(row.type(), row.length(), fields, retainedValidity(row)));
        }
      }
      default -> column.retain();
    };
  }

  private static Column decodeCodes(DictionaryColumn column, MemoryScope scope) {
    int[] rows = new int[column.length()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = column.isNull(i) ? -1 : column.codeAt(i);
    }
    try (Column dictionary = decode(column.dictionary(), scope)) {
      return take(dictionary, rows, 0, rows.length, scope);
    }
  }

  private static boolean hasDictionary(Column column) {
    return switch (column) {
      case DictionaryColumn codes -> true;
      case ListColumn lists -> hasDictionary(lists.elements());
      case RowColumn row -> {
        boolean any = false;
        for (int i = 0; i < row.fieldCount(); i++) {
          any |= hasDictionary(row.field(i));
        }
        yield any;
      }
      case FixedColumn c -> false;
      case BooleanColumn c -> false;
      case BytesColumn c -> false;
    };
  }

  private static @Nullable Buffer retainedValidity(Column column) {
    Buffer validity = column.validityBuffer();
    return validity == null ? null : validity.retain();
  }

  /**
   * All rows of {@code columns}, one after the other, as one column of {@code type}. Their layouts
   * and the widths of decimals may differ; codes stay codes where the dictionaries are small beside
   * the rows. Strings share the data buffers.
   */
  public static Column concat(List<? extends Column> columns, Type type, MemoryScope scope) {
    if (columns.isEmpty()) {
      return nulls(type, 0, scope);
    }
    if (columns.size() == 1) {
      return columns.getFirst().retain();
    }
    return new Concat(columns, type, scope).build();
  }

  /** {@code count} times {@code value}, an object of the class that {@link Type} names, or null. */
  public static Column constant(Type type, @Nullable Object value, int count, MemoryScope scope) {
    if (value == null) {
      return nulls(type, count, scope);
    }
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, 1)) {
      builder.appendValue(value);
      try (Column one = builder.build()) {
        return take(one, new int[count], 0, count, scope);
      }
    }
  }

  /** {@code count} NULLs. */
  public static Column nulls(Type type, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, 1)) {
      try (Column none = builder.build()) {
        int[] rows = new int[count];
        Arrays.fill(rows, -1);
        return take(none, rows, 0, count, scope);
      }
    }
  }

  /**
   * A DECIMAL column 16 bytes wide, below a dictionary too; {@code column} itself, retained, if it
   * is that.
   */
  public static Column widenDecimal(Column column, MemoryScope scope) {
    if (column instanceof DictionaryColumn codes) {
      try (Partial partial = new Partial()) {
        Column wide = partial.add(widenDecimal(codes.dictionary(), scope));
        return partial.done(
            new DictionaryColumn(
                codes.length(), codes.codesBuffer().retain(), wide, retainedValidity(codes)));
      }
    }
    FixedColumn narrow = (FixedColumn) column;
    if (narrow.width() == 16) {
      return narrow.retain();
    }
    Buffer values = scope.allocate(narrow.length() * 16L);
    widen(narrow.address(), values.address(), narrow.length());
    return new FixedColumn(narrow.type(), narrow.length(), 16, values, retainedValidity(narrow));
  }

  /** Widens 8-byte values to 16 bytes. */
  static void widen(long from, long to, int count) {
    for (int i = 0; i < count; i++) {
      long value = Memory.getLong(from + ((long) i << 3));
      Memory.putLong(to + ((long) i << 4), value);
      Memory.putLong(to + ((long) i << 4) + 8, value >> 63);
    }
  }
}
