package dev.tidemill.exec.window;

import dev.tidemill.exec.aggregate.GroupedAccumulator;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Adds rows of an argument (none for COUNT without one) to accumulators, without its NULLs. Owns
 * the column.
 */
final class FrameValues implements AutoCloseable {
  private final @Nullable Column column;
  private final int[] rows = new int[Batch.MAX_ROWS];
  private final int[] groups = new int[Batch.MAX_ROWS];

  FrameValues(@Nullable Column column) {
    this.column = column;
  }

  @Nullable Type type() {
    return column == null ? null : column.type();
  }

  /** Adds the rows {@code from} up to {@code to} to group 0. */
  void addRange(GroupedAccumulator accumulator, int from, int to) {
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
  void add(GroupedAccumulator accumulator, int[] someRows, int[] someGroups, int count) {
    if (column == null) {
      accumulator.addRows(someGroups, count);
      return;
    }
    int kept = count;
    if (column.mayHaveNulls() && !accumulator.takesNulls()) {
      kept = 0;
      for (int i = 0; i < count; i++) {
        int row = someRows[i];
        int group = someGroups[i];
        someRows[kept] = row;
        someGroups[kept] = group;
        kept += column.isNull(row) ? 0 : 1;
      }
    }
    if (kept > 0) {
      accumulator.add(column, someRows, someGroups, kept);
    }
  }

  @Override
  public void close() {
    if (column != null) {
      column.close();
    }
  }
}
