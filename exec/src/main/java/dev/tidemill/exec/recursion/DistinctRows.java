package dev.tidemill.exec.recursion;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/** Lets each row pass once, whoever brings it; NULLs are equal. */
final class DistinctRows implements AutoCloseable {
  private final GroupTable known;
  private final int[] groups = new int[Batch.MAX_ROWS];

  /**
   * @param memory charged with all rows that have passed
   */
  DistinctRows(List<Type> types, MemoryScope memory) {
    this.known = GroupTable.forLookup(types, memory);
  }

  /** The rows that are new go on to {@code next}, which belongs to one worker. */
  BatchSink before(BatchSink next) {
    return new BatchSink() {
      @Override
      public boolean push(Batch batch) {
        Selection fresh = fresh(batch);
        if (fresh.count() == 0) {
          return true;
        }
        try (Batch selected = batch.select(fresh)) {
          return next.push(selected);
        }
      }

      @Override
      public void finish() {
        next.finish();
      }

      @Override
      public void close() {
        next.close();
      }
    };
  }

  /** The rows of the batch that have not come before, which have come now. */
  private synchronized Selection fresh(Batch batch) {
    List<Column> columns = new ArrayList<>(batch.columnCount());
    for (int i = 0; i < batch.columnCount(); i++) {
      columns.add(batch.column(i));
    }
    int[] rows = Worker.rows(batch);
    int count = batch.rowCount();
    int groupCount = known.groupCount();
    known.groups(columns, rows, count, groups);
    int[] fresh = new int[count];
    int freshCount = 0;
    for (int i = 0; i < count; i++) {
      // A new group has the next number where it comes first.
      if (groups[i] == groupCount) {
        fresh[freshCount++] = rows[i];
        groupCount++;
      }
    }
    return new Selection(fresh, freshCount);
  }

  @Override
  public synchronized void close() {
    known.close();
  }
}
