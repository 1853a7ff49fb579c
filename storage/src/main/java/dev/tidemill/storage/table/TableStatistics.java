package dev.tidemill.storage.table;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a table's rows without reading them.
 *
 * @param rows the number of rows, or -1
 * @param bytes their size as stored, or -1
 * @param columns per stored column what is known of it; columns may be missing
 */
public record TableStatistics(double rows, double bytes, Map<String, ColumnStatistics> columns) {
  public static final TableStatistics UNKNOWN = new TableStatistics(-1, -1, Map.of());

  public TableStatistics {
    columns = Map.copyOf(columns);
  }

  /**
   * What is known of a column.
   *
   * @param min not greater than any value; of the class that {@code Type} names; null if unknown
   * @param max not less than any value; null if unknown
   * @param nulls the number of NULLs, or -1
   * @param distinct the number of distinct values, or -1
   * @param averageBytes of a value, or -1
   * @param distribution how the values are spread, where ANALYZE TABLE has looked, else null
   */
  public record ColumnStatistics(
      @Nullable Object min,
      @Nullable Object max,
      double nulls,
      double distinct,
      double averageBytes,
      @Nullable ValueDistribution distribution) {

    /** What is known without having looked at the values. */
    public ColumnStatistics(
        @Nullable Object min,
        @Nullable Object max,
        double nulls,
        double distinct,
        double averageBytes) {
      this(min, max, nulls, distinct, averageBytes, null);
    }
  }
}
