package dev.tidemill.exec.set;

import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.List;

/** Each row as often as the counts in its last two columns say, without these. One worker's. */
final class RepeatedRows implements BatchSink {
  private final SetOperator.Multiplicity multiplicity;
  private final Worker worker;
  private final MemoryScope memory;
  private final BatchSink next;
  private final int[] rows = new int[Batch.MAX_ROWS];
  private int count;

  RepeatedRows(
      SetOperator.Multiplicity multiplicity, Worker worker, MemoryScope memory, BatchSink next) {
    this.multiplicity = multiplicity;
    this.worker = worker;
    this.memory = memory;
    this.next = next;
  }

  @Override
  public boolean push(Batch batch) {
    int width = batch.columnCount() - 2;
    FixedColumn left = (FixedColumn) batch.column(width);
    FixedColumn right = (FixedColumn) batch.column(width + 1);
    List<Column> columns = new ArrayList<>(width);
    for (int i = 0; i < width; i++) {
      columns.add(batch.column(i).retain());
    }
    count = 0;
    try (Batch distinct = batch.withColumns(columns)) {
      int[] all = Worker.rows(batch);
      for (int at = 0; at < batch.rowCount(); at++) {
        int row = all[at];
        long times = multiplicity.of(left.longAt(row), right.longAt(row));
        for (long i = 0; i < times; i++) {
          rows[count++] = row;
          if (count == rows.length && !flush(distinct)) {
            return false;
          }
        }
      }
      return flush(distinct);
    }
  }

  private boolean flush(Batch distinct) {
    int chosen = count;
    count = 0;
    if (chosen == 0) {
      return true;
    }
    worker.check();
    try (Batch some = Batches.take(distinct, rows, 0, chosen, memory)) {
      return next.push(some);
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
}
