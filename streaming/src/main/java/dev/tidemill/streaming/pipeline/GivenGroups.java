package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.streaming.rows.MatchedRows;
import java.util.ArrayList;
import java.util.List;

/** Rows of groups that an aggregate has given out, each of weight 1, by number. */
record GivenGroups(List<Column> columns) implements MatchedRows, AutoCloseable {
  @Override
  public long weight(int row) {
    return 1;
  }

  @Override
  public Column take(int column, int[] rows, int count, MemoryScope scope) {
    return Columns.take(columns.get(column), rows, 0, count, scope);
  }

  @Override
  public List<Column> take(int[] rows, int count, MemoryScope scope) {
    List<Column> taken = new ArrayList<>(columns.size());
    try {
      for (int i = 0; i < columns.size(); i++) {
        taken.add(take(i, rows, count, scope));
      }
      return taken;
    } catch (Throwable t) {
      taken.forEach(Column::close);
      throw t;
    }
  }

  @Override
  public void close() {
    columns.forEach(Column::close);
  }
}
