package dev.tidemill.storage.catalog;

import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.TableStatistics.ColumnStatistics;
import dev.tidemill.storage.table.ValueDistribution;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ANALYZE TABLE found in a table, kept in the catalog. The table may have changed since: what
 * it says of itself goes first, and the rest is taken with care.
 *
 * @param table its name
 * @param definition its definition's canonical text: of another table it says nothing
 * @param rows that were looked at
 * @param columns by name
 */
public record AnalyzedTable(
    String table, String definition, double rows, Map<String, Column> columns) {
  /** A table with so many times the rows, or so small a part of them, is another one. */
  private static final double MOST_CHANGE = 4;

  public AnalyzedTable {
    columns = Map.copyOf(columns);
  }

  /**
   * A column.
   *
   * @param nulls the share of NULLs
   * @param distinct the number of distinct values
   * @param averageBytes of a value, or -1
   * @param min place of the least value, or null if unknown
   * @param max place of the greatest value, or null if unknown
   */
  public record Column(
      double nulls,
      double distinct,
      double averageBytes,
      @Nullable Object min,
      @Nullable Object max,
      ValueDistribution distribution) {}

  /** What the table says of itself now, with what is known from looking at it. */
  TableStatistics with(TableStatistics now) {
    double current = now.rows() >= 0 ? now.rows() : rows;
    double growth = rows > 0 ? current / rows : 1;
    boolean changed = growth > MOST_CHANGE || growth < 1 / MOST_CHANGE;
    Map<String, ColumnStatistics> merged = new HashMap<>(now.columns());
    columns.forEach(
        (name, column) ->
            merged.put(name, merged(now.columns().get(name), column, current, growth, changed)));
    return new TableStatistics(current, now.bytes(), merged);
  }

  private ColumnStatistics merged(
      @Nullable ColumnStatistics now,
      Column column,
      double current,
      double growth,
      boolean changed) {
    boolean likeKey = column.distinct() > rows * (1 - column.nulls()) / 2;
    double distinct = likeKey ? column.distinct() * growth : column.distinct();
    if (changed && now != null && now.distinct() >= 0) {
      distinct = now.distinct();
    }
    return new ColumnStatistics(
        now != null && now.min() != null ? now.min() : changed ? null : column.min(),
        now != null && now.max() != null ? now.max() : changed ? null : column.max(),
        now != null && now.nulls() >= 0 ? now.nulls() : column.nulls() * current,
        distinct,
        Math.max(column.averageBytes(), now == null ? -1 : now.averageBytes()),
        changed ? null : column.distribution());
  }
}
