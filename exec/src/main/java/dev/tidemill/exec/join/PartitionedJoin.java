package dev.tidemill.exec.join;

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
 * The rows of a shuffle join: a partition is a morsel, of which the rows of one side are built into
 * a table, those of the other probe it, and the built rows that the kind asks for follow. A
 * partition's rows are freed when it is done.
 */
final class PartitionedJoin implements Source {
  private final HashJoinOperator.Work work;
  private final PartitionedSide probed;
  private final PartitionedSide built;
  private final JoinKeys builtKeys;
  private final Run run;
  private final MemoryScope memory;
  private final AtomicInteger next = new AtomicInteger();

  /** Builds are charged to {@code memory}. */
  PartitionedJoin(
      HashJoinOperator.Work work,
      PartitionedSide probed,
      PartitionedSide built,
      JoinKeys builtKeys,
      Run run,
      MemoryScope memory) {
    this.work = work;
    this.probed = probed;
    this.built = built;
    this.builtKeys = builtKeys;
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
    private @Nullable Batch probing;
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
      probing = probed.partition(partition).table();
      table =
          JoinTable.build(
              built.partition(partition).table(), builtKeys, work.tracksMatches(), run, memory);
      boolean more = probe(probing, table, out) && rest(table, out);
      close();
      return more;
    }

    private boolean probe(Batch rows, JoinTable against, BatchSink out) {
      if (against.isEmpty() && !work.probesEmpty()) {
        return true;
      }
      BatchSink probe = work.probe(against, worker, new Unclosed(out));
      for (int from = 0; from < rows.length(); from += Batch.MAX_ROWS) {
        try (Batch chunk = slice(rows, from, Math.min(Batch.MAX_ROWS, rows.length() - from))) {
          boolean stop = !probe.push(chunk);
          if (stop && !against.isEmpty()) {
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

    private boolean rest(JoinTable of, BatchSink out) {
      if (!work.tracksMatches()) {
        return true;
      }
      BuiltRows rows = work.rest(() -> of, 1);
      for (int from = 0; from < of.rows().length(); from += Batch.MAX_ROWS) {
        if (!rows.push(from, out)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void close() {
      if (probing != null) {
        probing.close();
        probing = null;
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
