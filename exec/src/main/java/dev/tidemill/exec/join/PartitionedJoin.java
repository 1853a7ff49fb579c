package dev.tidemill.exec.join;

import dev.tidemill.exec.linear.Evaluations;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a shuffle join: a partition is a morsel, of which the right rows are built into a
 * table, the left rows probe it, and the unmatched right rows follow. A partition's rows are freed
 * when it is done.
 */
final class PartitionedJoin implements Source {
  private final JoinShape shape;
  private final JoinKeys leftKeys;
  private final JoinKeys rightKeys;
  private final PartitionedSide left;
  private final PartitionedSide right;
  private final Run run;
  private final MemoryScope memory;
  private final AtomicInteger next = new AtomicInteger();

  PartitionedJoin(
      JoinShape shape,
      JoinKeys leftKeys,
      JoinKeys rightKeys,
      PartitionedSide left,
      PartitionedSide right,
      Run run,
      MemoryScope memory) {
    this.shape = shape;
    this.leftKeys = leftKeys;
    this.rightKeys = rightKeys;
    this.left = left;
    this.right = right;
    this.run = run;
    this.memory = memory;
  }

  @Override
  public int parallelism() {
    return Math.min(run.threads(), PartitionedSide.PARTITIONS);
  }

  @Override
  public SourceReader open(Worker worker) {
    return new Reader(worker);
  }

  private final class Reader implements SourceReader {
    private final Worker worker;
    private @Nullable Batch leftRows;
    private @Nullable JoinTable table;

    Reader(Worker worker) {
      this.worker = worker;
    }

    @Override
    public boolean advance(BatchSink out) {
      int partition = next.getAndIncrement();
      if (partition >= PartitionedSide.PARTITIONS) {
        return false;
      }
      leftRows = left.partition(partition).table();
      table =
          JoinTable.build(
              right.partition(partition).table(), rightKeys, shape.keepsRight(), run, memory);
      boolean more = probe(leftRows, table, out) && (!shape.keepsRight() || unmatched(table, out));
      close();
      return more;
    }

    private boolean probe(Batch rows, JoinTable against, BatchSink out) {
      if (against.isEmpty() && !shape.keepsLeft() && shape.givesPairs()) {
        return true;
      }
      HashProbe probe =
          new HashProbe(
              shape,
              leftKeys,
              against,
              worker,
              Evaluations.context(run, memory),
              new Unclosed(out));
      for (int from = 0; from < rows.length(); from += Batch.MAX_ROWS) {
        try (Batch chunk = slice(rows, from, Math.min(Batch.MAX_ROWS, rows.length() - from))) {
          boolean stop = !probe.push(chunk);
          if (stop && !(against.isEmpty())) {
            return false;
          }
        }
      }
      return true;
    }

    private Batch slice(Batch rows, int from, int count) {
      List<Column> columns = new ArrayList<>();
      try {
        for (int i = 0; i < rows.columnCount(); i++) {
          columns.add(Columns.slice(rows.column(i), from, count, memory));
        }
        return new Batch(count, columns);
      } catch (Throwable t) {
        columns.forEach(Column::close);
        throw t;
      }
    }

    private boolean unmatched(JoinTable against, BatchSink out) {
      UnmatchedRows rows =
          new UnmatchedRows(shape.leftTypes(), against::rows, against::isMatched, memory, 1);
      for (int from = 0; from < against.rows().length(); from += Batch.MAX_ROWS) {
        if (!rows.push(from, out)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void close() {
      if (leftRows != null) {
        leftRows.close();
        leftRows = null;
      }
      if (table != null) {
        table.close();
        table = null;
      }
    }
  }

  /** The rows go on to a sink that stays open. */
  private record Unclosed(BatchSink out) implements BatchSink {
    @Override
    public boolean push(Batch batch) {
      return out.push(batch);
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
  }
}
