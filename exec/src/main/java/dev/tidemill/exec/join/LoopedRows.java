package dev.tidemill.exec.join;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Sink;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.exec.spill.SpilledRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import org.jspecify.annotations.Nullable;

/**
 * The right side of a nested-loop join in one run: one table, or blocks on disk where it does not
 * fit memory; and which rows have had a match.
 *
 * <p>{@code sink build (rows | block)* close}; rows are numbered through all blocks.
 */
final class LoopedRows implements Sink, AutoCloseable {
  private final NestedLoopJoinOperator owner;
  private final JoinShape shape;
  private final Run run;
  private final MemoryScope memory;
  private final MemoryShare share;
  private final Spill spill;
  private final SpilledRows onDisk;
  private final HeapMemory heap;
  private final CollectedRows whole;
  private @Nullable Batch rows;

  /** By right row whether it has had a match; workers only ever set it. */
  private boolean[] matched = new boolean[0];

  LoopedRows(NestedLoopJoinOperator owner, JoinShape shape, Run run, MemoryScope memory) {
    this.owner = owner;
    this.shape = shape;
    this.run = run;
    this.memory = memory;
    this.share = run.share(memory);
    this.spill = run.spill(owner, memory);
    this.onDisk = new SpilledRows(spill, shape.rightTypes());
    this.heap = new HeapMemory(memory);
    this.whole = new CollectedRows(owner.name(), shape.rightTypes(), memory);
  }

  @Override
  public BatchSink open(Worker worker) {
    return new Part();
  }

  /** One worker's rows. */
  private final class Part implements BatchSink {
    private final CollectedRows part = whole.sibling();

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(owner.name());
      }
      part.add(batch);
      if (share.isFull(part.bytes() * run.threads()) && part.bytes() > share.blockBytes()) {
        write(part);
      }
      return true;
    }

    @Override
    public void finish() {
      synchronized (whole) {
        whole.addAll(part);
      }
    }

    @Override
    public void close() {
      part.close();
    }
  }

  private void write(CollectedRows some) {
    some.drainBlocks(share.blockBytes(), onDisk::add);
  }

  /** All rows have come. */
  void build() {
    long count = whole.count() + onDisk.count();
    if (onDisk.blockCount() > 0 || share.isFull(whole.bytes())) {
      write(whole);
    }
    if (!isSpilled()) {
      rows = whole.table();
    }
    if (shape.keepsRight()) {
      if (count > CollectedRows.MAX_ROWS) {
        throw ExecErrors.tooManyRows(owner.name(), count);
      }
      heap.reserve(count);
      matched = new boolean[(int) count];
    }
  }

  boolean isSpilled() {
    return onDisk.blockCount() > 0;
  }

  /** What the operator may hold. */
  MemoryShare share() {
    return share;
  }

  /** All rows, borrowed, where none is on disk. */
  Batch rows() {
    if (rows == null) {
      throw ExecErrors.brokenPlan("a probe before the build");
    }
    return rows;
  }

  /** How many tables the rows are in. */
  int blockCount() {
    return isSpilled() ? onDisk.blockCount() : 1;
  }

  /** One of these tables, the caller's to close. */
  Batch block(int index) {
    return isSpilled() ? onDisk.block(index, memory) : rows().retain();
  }

  void setMatched(int row) {
    matched[row] = true;
  }

  boolean isMatched(int row) {
    return matched[row];
  }

  @Override
  public void close() {
    whole.close();
    heap.close();
    if (rows != null) {
      rows.close();
      rows = null;
    }
    spill.close();
    share.done();
  }
}
