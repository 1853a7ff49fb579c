package dev.tidemill.exec.window;

import dev.tidemill.exec.aggregate.GroupedAccumulator;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;

/**
 * Adds rows of the arguments (none for COUNT of rows) to accumulators, without those with a NULL.
 * Owns the columns.
 */
public final class FrameValues implements AutoCloseable {
  private final List<Column> columns;
  private final int[] rows = new int[Batch.MAX_ROWS];
  private final int[] groups = new int[Batch.MAX_ROWS];

  public FrameValues(List<Column> columns) {
    this.columns = columns;
  }

  public List<Type> types() {
    return columns.stream().map(Column::type).toList();
  }

  /** Adds the rows {@code from} up to {@code to} to group 0. */
  public void addRange(GroupedAccumulator accumulator, int from, int to) {
    Arrays.fill(groups, 0);
    for (int start = from; start < to; start += rows.length) {
      int count = Math.min(rows.length, to - start);
      for (int i = 0; i < count; i++) {
        rows[i] = start + i;
      }
      add(accumulator, rows, groups, count);
    }
  }

  /** Adds rows to groups; both arrays are overwritten. */
  public void add(GroupedAccumulator accumulator, int[] someRows, int[] someGroups, int count) {
    if (columns.isEmpty()) {
      accumulator.addRows(someGroups, count);
      return;
    }
    int kept = count;
    for (Column column : columns) {
      if (column.mayHaveNulls() && !accumulator.takesNulls()) {
        kept = keepValid(column, someRows, someGroups, kept);
      }
    }
    if (kept > 0) {
      accumulator.addAll(columns, someRows, someGroups, kept);
    }
  }

  private static int keepValid(Column column, int[] someRows, int[] someGroups, int count) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int row = someRows[i];
      int group = someGroups[i];
      someRows[kept] = row;
      someGroups[kept] = group;
      kept += column.isNull(row) ? 0 : 1;
    }
    return kept;
  }

  @Override
  public void close() {
    columns.forEach(Column::close);
  }
}
