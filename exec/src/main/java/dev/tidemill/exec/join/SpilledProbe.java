package dev.tidemill.exec.join;

import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.memory.Partitioner;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.exec.spill.SpilledRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of a join that are on disk: the probing rows of each are put beside the built
 * ones, and later both are joined, a partition a morsel.
 *
 * <p>Built rows are read until memory is used up, made into a table, and all probing rows of the
 * partition pass it; then the next ones. So a key may have more rows than memory. What a probing
 * row has met is kept from one table to the next, a flag a row.
 */
final class SpilledProbe implements Source {
  private static final long MIN_CHUNK_BYTES = 1L << 12;

  private final HashJoinOperator.Work work;
  private final BuildSide built;
  private final List<Type> types;
  private final Run run;
  private final MemoryScope memory;
  private final MemoryShare share;
  private final Spill spill;
  private final @Nullable SpilledRows[] probing = new SpilledRows[Partitioner.PARTITIONS];
  private final AtomicInteger next = new AtomicInteger();

  /**
   * @param types of the probing rows
   */
  SpilledProbe(
      HashJoinOperator.Work work,
      BuildSide built,
      List<Type> types,
      Run run,
      MemoryScope memory,
      MemoryShare share,
      Spill spill) {
    this.work = work;
    this.built = built;
    this.types = types;
    this.run = run;
    this.memory = memory;
    this.share = share;
    this.spill = spill;
  }

  /** Where the probing rows of a partition belong; null if its built rows are in memory. */
  @Nullable SpilledRows rows(int partition) {
    return built.spilled(partition) == null ? null : place(partition);
  }

  synchronized SpilledRows place(int partition) {
    SpilledRows rows = probing[partition];
    if (rows == null) {
      rows = new SpilledRows(spill, types);
      probing[partition] = rows;
    }
    return rows;
  }

  @Override
  public boolean isEmpty() {
    return !built.isSpilled();
  }

  @Override
  public int parallelism() {
    return Math.min(run.threads(), Partitioner.PARTITIONS);
  }

  @Override
  public SourceReader open(Worker worker) {
    return new SourceReader() {
      @Override
      public boolean advance(BatchSink out) {
        int partition = next.getAndIncrement();
        if (partition >= Partitioner.PARTITIONS) {
          return false;
        }
        SpilledRows rows = built.spilled(partition);
        return rows == null || join(rows, place(partition), worker, out);
      }

      @Override
      public void close() {}
    };
  }

  private boolean join(SpilledRows build, SpilledRows probe, Worker worker, BatchSink out) {
    if (probe.count() == 0 && !work.tracksMatches()) {
      return true;
    }
    try (HeapMemory heap = new HeapMemory(memory)) {
      EarlierMatches earlier = null;
      int block = 0;
      boolean isLast = false;
      while (!isLast) {
        CollectedRows rows = built.newRows();
        try (rows) {
          while (block < build.blockCount() && (rows.count() == 0 || hasRoom(rows))) {
            try (Batch batch = build.block(block++, memory)) {
              rows.add(batch);
            }
          }
          isLast = block == build.blockCount();
          if (earlier == null && !isLast) {
            int count = Math.toIntExact(probe.count());
            heap.reserve(count);
            earlier = new EarlierMatches(new boolean[count]);
          }
          if (earlier != null) {
            earlier.begin(isLast);
          }
          try (JoinTable table = built.table(rows)) {
            if (!probe(table, probe, earlier, worker, out) || !rest(table, out)) {
              return false;
            }
          }
        }
      }
      return true;
    }
  }

  /** Whether another block and its part of a table fit. */
  private boolean hasRoom(CollectedRows rows) {
    long needed = rows.bytes() + BuildSide.tableBytes(rows);
    return needed < Math.max(MIN_CHUNK_BYTES, share.size() / (3L * run.threads()))
        && !share.isFull(BuildSide.tableBytes(rows) * run.threads());
  }

  private boolean probe(
      JoinTable table,
      SpilledRows rows,
      @Nullable EarlierMatches earlier,
      Worker worker,
      BatchSink out) {
    if (table.isEmpty() && !work.probesEmpty()) {
      return true;
    }
    BatchSink probe = work.probe(table, worker, new PartitionedProbe.Unclosed(out), earlier);
    for (int block = 0; block < rows.blockCount(); block++) {
      worker.check();
      try (Batch batch = rows.block(block, memory)) {
        if (!probe.push(batch) && !table.isEmpty()) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean rest(JoinTable table, BatchSink out) {
    if (!work.tracksMatches()) {
      return true;
    }
    BuiltRows rows = work.rest(List.of(table));
    for (int from = 0; from < table.rows().length(); from += Batch.MAX_ROWS) {
      if (!rows.push(table, from, out)) {
        return false;
      }
    }
    return true;
  }
}
