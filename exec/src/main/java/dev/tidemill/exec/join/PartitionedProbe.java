package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.memory.Partitioner;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;

/**
 * Rows that probe the partitions of a build side, for one worker: gathered until there are enough
 * for a partition's table to be worth its way into the cache, then joined partition by partition.
 * Rows of a partition that is on disk go there too. Owns {@code next}.
 */
final class PartitionedProbe implements BatchSink {
  /** Rows are joined when so many bytes of them have been gathered. */
  private static final long GATHERED_BYTES = 16L << 20;

  private static final long MIN_GATHERED_BYTES = 1L << 16;

  private final HashJoinOperator.Work work;
  private final BuildSide built;
  private final SpilledProbe spilled;
  private final Worker worker;
  private final BatchSink next;
  private final MemoryScope memory;
  private final MemoryShare share;
  private final Partitioner partitioner;

  PartitionedProbe(
      HashJoinOperator.Work work,
      BuildSide built,
      SpilledProbe spilled,
      CollectedRows kind,
      Worker worker,
      MemoryShare share,
      BatchSink next) {
    this.work = work;
    this.built = built;
    this.spilled = spilled;
    this.worker = worker;
    this.next = next;
    this.memory = kind.memory();
    this.share = share;
    this.partitioner = new Partitioner(work.probingKeys().indexArray(), kind, share);
  }

  @Override
  public boolean push(Batch batch) {
    if (batch.weights() != null) {
      throw ExecErrors.weightedInput("HashJoin");
    }
    if (built.isEmpty() && !work.probesEmpty()) {
      return false;
    }
    partitioner.add(batch);
    partitioner.flushLarge(spilled::rows);
    long enough =
        Math.clamp(
            share.size() / (8L * worker.run().threads()), MIN_GATHERED_BYTES, GATHERED_BYTES);
    return partitioner.bytes() < enough && !share.isFull(enough / 4) || join();
  }

  /** Joins all that was gathered; says whether more is needed. */
  private boolean join() {
    for (int partition = 0; partition < Partitioner.PARTITIONS; partition++) {
      CollectedRows rows = partitioner.rows(partition);
      JoinTable table = built.table(partition);
      if (rows.count() == 0) {
        continue;
      }
      if (table == null) {
        partitioner.flush(partition, spilled.place(partition));
      } else if (table.isEmpty() && !work.probesEmpty()) {
        rows.close();
      } else if (!join(rows, table)) {
        return false;
      }
    }
    return true;
  }

  private boolean join(CollectedRows rows, JoinTable table) {
    try (Batch all = rows.table()) {
      BatchSink probe = work.probe(table, worker, new Unclosed(next), null);
      for (int from = 0; from < all.length(); from += Batch.MAX_ROWS) {
        int count = Math.min(Batch.MAX_ROWS, all.length() - from);
        try (Batch chunk = Partitioner.slice(all, from, count, memory)) {
          if (!probe.push(chunk) && !table.isEmpty()) {
            return false;
          }
        }
      }
      return true;
    }
  }

  @Override
  public void finish() {
    join();
    next.finish();
  }

  @Override
  public void close() {
    partitioner.close();
    next.close();
  }

  /** The rows go on to a sink that stays open. */
  record Unclosed(BatchSink out) implements BatchSink {
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
