package dev.tidemill.exec.pipeline;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.exec.spill.SpilledRows;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Rows kept for others to read, any number of times: in memory, and what does not fit the
 * operator's share on disk. Written by all workers, read when all are done.
 */
public final class KeptBatches implements Sink, AutoCloseable {
  /** Less than this is not worth a place on disk. */
  private static final int SMALL_BYTES = 1 << 14;

  private final Operator owner;
  private final List<Type> types;
  private final MemoryScope memory;
  private final MemoryShare share;
  private final Spill spill;
  private final SpilledRows onDisk;
  private final List<Batch> batches = new ArrayList<>();
  private long bytes;

  /**
   * @param types of the rows
   * @param memory charged with the rows, whose {@code share} says how many may stay there
   */
  public KeptBatches(
      Operator owner, List<Type> types, Run run, MemoryScope memory, MemoryShare share) {
    this.owner = owner;
    this.types = types;
    this.memory = memory;
    this.share = share;
    this.spill = run.newSpill(owner, memory);
    this.onDisk = new SpilledRows(spill, types);
  }

  /** Keeps a copy of the rows that count; the batch is borrowed. */
  public void add(Batch batch) {
    if (batch.weights() != null) {
      throw ExecErrors.weightedInput(owner.name());
    }
    Batch copy = Batches.compact(batch, memory);
    synchronized (batches) {
      batches.add(copy);
      bytes += copy.bytes();
      if (bytes > SMALL_BYTES && share.isFull(2L * share.blockBytes())) {
        writeAll();
      }
    }
  }

  private void writeAll() {
    int rows = batches.stream().mapToInt(Batch::length).sum();
    int blockRows = share.blockRows(bytes / Math.max(1, rows));
    List<Batch> block = new ArrayList<>();
    try {
      int count = 0;
      while (!batches.isEmpty()) {
        Batch last = batches.removeLast();
        block.add(last);
        count += last.length();
        if (batches.isEmpty() || count + batches.getLast().length() > blockRows) {
          write(block);
          count = 0;
        }
      }
    } finally {
      block.forEach(Batch::close);
    }
    bytes = 0;
  }

  private void write(List<Batch> block) {
    try (Batch whole = Batches.concat(block, types, memory)) {
      block.forEach(Batch::close);
      block.clear();
      onDisk.add(whole);
    }
  }

  public boolean isEmpty() {
    return batches.isEmpty() && onDisk.blockCount() == 0;
  }

  @Override
  public BatchSink open(Worker worker) {
    return new BatchSink() {
      @Override
      public boolean push(Batch batch) {
        add(batch);
        return true;
      }

      @Override
      public void finish() {}

      @Override
      public void close() {}
    };
  }

  /** One reading of the rows; a batch is a morsel. */
  public Source reading(int threads) {
    AtomicInteger next = new AtomicInteger();
    return new Source() {
      @Override
      public int parallelism() {
        return Math.min(threads, batches.size() + onDisk.blockCount());
      }

      @Override
      public SourceReader open(Worker worker) {
        return new SourceReader() {
          @Override
          public boolean advance(BatchSink out) {
            int index = next.getAndIncrement();
            if (index < batches.size()) {
              return out.push(batches.get(index));
            }
            int block = index - batches.size();
            if (block >= onDisk.blockCount()) {
              return false;
            }
            try (Batch batch = onDisk.block(block, memory)) {
              return out.push(batch);
            }
          }

          @Override
          public void close() {}
        };
      }
    };
  }

  @Override
  public void close() {
    batches.forEach(Batch::close);
    batches.clear();
    spill.close();
  }
}
