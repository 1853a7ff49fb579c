package dev.tidemill.planner.join;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.ValueDistribution;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a relation is thought to be like.
 *
 * @param rows at least 0
 * @param columns by field id; some may be missing
 */
public record Estimate(double rows, Map<Integer, Column> columns) {
  /**
   * A column.
   *
   * @param distinct number of distinct values
   * @param min least value as a number (days for dates, seconds for times), or NaN
   * @param max greatest value, or NaN
   * @param nulls share of NULLs
   * @param bytes average size of a value
   * @param spread how the values are spread, or null where that is not known (any more)
   */
  public record Column(
      double distinct,
      double min,
      double max,
      double nulls,
      double bytes,
      @Nullable ValueDistribution spread) {
    Column(double distinct, double min, double max, double nulls, double bytes) {
      this(distinct, min, max, nulls, bytes, null);
    }

    Column withDistinct(double limit) {
      return distinct <= limit
          ? this
          : new Column(Math.max(1, limit), min, max, nulls, bytes, spread);
    }

    /** The share of rows with this value, or -1 where only the number of values is known. */
    double shareOf(@Nullable Object value) {
      Object place = ValueDistribution.place(value);
      return spread == null || place == null ? -1 : spread.shareOf(place, nulls, distinct);
    }

    /** The share of rows below, or at and below, a value; -1 where that is not known. */
    double shareBelow(Object place, boolean inclusive) {
      return spread == null || spread.bounds().size() + spread.common().size() == 0
          ? -1
          : spread.shareBelow(place, inclusive, nulls);
    }
  }

  /** The same columns in fewer or more rows. */
  Estimate withRows(double count) {
    return new Estimate(count, limited(count, columns.size()));
  }

  /** These columns beside those of another, in so many rows. */
  Estimate with(Estimate other, double count) {
    Map<Integer, Column> both = limited(count, columns.size() + other.columns.size());
    other.limit(both, count);
    return new Estimate(count, both);
  }

  private Map<Integer, Column> limited(double count, int size) {
    Map<Integer, Column> limited = HashMap.newHashMap(size);
    limit(limited, count);
    return limited;
  }

  private void limit(Map<Integer, Column> limited, double count) {
    columns.forEach((id, column) -> limited.put(id, column.withDistinct(Math.max(1, count))));
  }

  /** How many values a field is taken to have. */
  public double distinct(int field) {
    Column column = columns.get(field);
    return column == null
        ? Math.max(1, rows / 10)
        : Math.max(1, Math.min(column.distinct(), Math.max(1, rows)));
  }

  /** Average bytes of a value of {@code type}, where nothing better is known. */
  public static double width(Type type) {
    return switch (type) {
      case Type.Bool t -> 1;
      case Type.Int t -> t.bits() / 8.0;
      case Type.Real t -> 4;
      case Type.DoubleType t -> 8;
      case Type.Decimal t -> t.precision() <= Type.MAX_SHORT_DECIMAL_PRECISION ? 8 : 16;
      case Type.Varchar t -> 16 + Math.min(t.maxLength(), 16);
      case Type.Varbinary t -> 32;
      case Type.Date t -> 4;
      case Type.Time t -> 8;
      case Type.Timestamp t -> 8;
      case Type.ZonedTimestamp t -> 8;
      case Type.MonthInterval t -> 4;
      case Type.TimeInterval t -> 8;
      case Type.Array t -> 64;
      case Type.MapType t -> 64;
      case Type.Row t -> 64;
      case Type.Null t -> 1;
    };
  }

  double bytes(int field, @Nullable Type type) {
    Column column = columns.get(field);
    return column != null && column.bytes() > 0 ? column.bytes() : type == null ? 8 : width(type);
  }
}
