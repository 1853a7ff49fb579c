package dev.tidemill.exec.pipeline;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Rows kept in memory for others to read, any number of times. Written by all workers, read when
 * all are done.
 */
public final class KeptBatches implements Sink, AutoCloseable {
  private final Operator owner;
  private final MemoryScope memory;
  private final List<Batch> batches = new ArrayList<>();

  /**
   * @param memory charged with the rows
   */
  public KeptBatches(Operator owner, MemoryScope memory) {
    this.owner = owner;
    this.memory = memory;
  }

  /** Keeps a copy of the rows that count; the batch is borrowed. */
  public void add(Batch batch) {
    if (batch.weights() != null) {
      throw ExecErrors.weightedInput(owner.name());
    }
    Batch copy = Batches.compact(batch, memory);
    synchronized (batches) {
      batches.add(copy);
    }
  }

  public boolean isEmpty() {
    return batches.isEmpty();
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
        return Math.min(threads, batches.size());
      }

      @Override
      public SourceReader open(Worker worker) {
        return new SourceReader() {
          @Override
          public boolean advance(BatchSink out) {
            int index = next.getAndIncrement();
            return index < batches.size() && out.push(batches.get(index));
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
  }
}
