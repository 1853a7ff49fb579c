package dev.tidemill.storage.cache;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.ValueBounds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Least and greatest word of a column of integers, decimals of one word, dates and times.
 *
 * @param least where there is no value but NULL, greater than {@code greatest}
 * @param values the same as objects
 */
record WordBounds(long least, long greatest, ValueBounds values) {
  /** The bounds of a column, or null where its values are not ordered as their words. */
  static @Nullable WordBounds of(Column column) {
    if (!(column instanceof FixedColumn fixed) || !isOrderedByWord(fixed)) {
      return null;
    }
    boolean mayHaveNulls = column.mayHaveNulls();
    long least = Long.MAX_VALUE;
    long greatest = Long.MIN_VALUE;
    int minRow = -1;
    int maxRow = -1;
    long nulls = 0;
    for (int row = 0; row < column.length(); row++) {
      if (mayHaveNulls && column.isNull(row)) {
        nulls++;
        continue;
      }
      long value = fixed.longAt(row);
      if (value < least || minRow < 0) {
        least = value;
        minRow = row;
      }
      if (value > greatest || maxRow < 0) {
        greatest = value;
        maxRow = row;
      }
    }
    Object low = minRow < 0 ? null : column.value(minRow);
    Object high = maxRow < 0 ? null : column.value(maxRow);
    return new WordBounds(
        least, greatest, new ValueBounds(low, high, null, null, nulls, column.length()));
  }

  private static boolean isOrderedByWord(FixedColumn column) {
    return column.width() <= Long.BYTES
        && switch (column.type()) {
          case Type.Int t -> true;
          case Type.Decimal t -> true;
          case Type.Date t -> true;
          case Type.Time t -> true;
          case Type.Timestamp t -> true;
          case Type.ZonedTimestamp t -> true;
          default -> false;
        };
  }

  /** Whether there is no value but NULL. */
  boolean isEmpty() {
    return least > greatest;
  }

  /** The bounds of all, or null where those of one are not known. */
  static @Nullable WordBounds union(List<? extends @Nullable WordBounds> parts) {
    WordBounds min = null;
    WordBounds max = null;
    long nulls = 0;
    long rows = 0;
    for (WordBounds part : parts) {
      if (part == null) {
        return null;
      }
      min = min == null || part.least < min.least ? part : min;
      max = max == null || part.greatest > max.greatest ? part : max;
      nulls += part.values.nulls();
      rows += part.values.rows();
    }
    return min == null || max == null
        ? null
        : new WordBounds(
            min.least,
            max.greatest,
            new ValueBounds(min.values.min(), max.values.max(), null, null, nulls, rows));
  }
}
