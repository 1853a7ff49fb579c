package dev.tidemill.exec.set;

import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.List;

/** Each distinct row as often as its counts say. */
final class CountedRows implements Source {
  private final RowCounts counts;
  private final SetOperator.Multiplicity multiplicity;
  private final MemoryScope memory;

  CountedRows(RowCounts counts, SetOperator.Multiplicity multiplicity, MemoryScope memory) {
    this.counts = counts;
    this.multiplicity = multiplicity;
    this.memory = memory;
  }

  @Override
  public int parallelism() {
    return 1;
  }

  @Override
  public SourceReader open(Worker worker) {
    return new Reader(counts.keys());
  }

  private final class Reader implements SourceReader {
    private final List<Column> keys;
    private final int[] rows = new int[Batch.MAX_ROWS];
    private int group = -1;
    private long left;

    Reader(List<Column> keys) {
      this.keys = keys;
    }

    @Override
    public boolean advance(BatchSink out) {
      int count = 0;
      while (count < rows.length) {
        if (left == 0) {
          group++;
          if (group >= counts.count()) {
            break;
          }
          left = multiplicity.of(counts.left(group), counts.right(group));
          continue;
        }
        rows[count++] = group;
        left--;
      }
      if (count == 0) {
        return false;
      }
      List<Column> columns = new ArrayList<>();
      try {
        for (Column key : keys) {
          columns.add(Columns.take(key, rows, 0, count, memory));
        }
      } catch (Throwable t) {
        columns.forEach(Column::close);
        throw t;
      }
      try (Batch batch = new Batch(count, columns)) {
        return out.push(batch);
      }
    }

    @Override
    public void close() {
      keys.forEach(Column::close);
    }
  }
}
