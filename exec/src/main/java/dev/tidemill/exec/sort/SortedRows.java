package dev.tidemill.exec.sort;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.key.KeyBytes;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order of their keys, given by one worker: the rows {@code offset} to {@code offset +
 * limit} of them.
 */
final class SortedRows implements Source, AutoCloseable {
  private final Run run;
  private final RowKeys keys;
  private final long offset;
  private final long limit;
  private final MemoryScope memory;
  private final HeapMemory heap;
  private @Nullable Batch table;
  private int[] order = new int[0];

  SortedRows(RowKeys keys, long offset, long limit, Run run, MemoryScope memory) {
    this.run = run;
    this.keys = keys;
    this.offset = offset;
    this.limit = limit;
    this.memory = memory;
    this.heap = new HeapMemory(memory);
  }

  /** Sorts all rows collected, of which nothing is left there. */
  void sort(CollectedRows rows) {
    Batch all = rows.table();
    table = all;
    try (HeapMemory keyHeap = new HeapMemory(memory)) {
      KeyBytes encoded = keys.encodeAll(all, keyHeap, run);
      order = RowOrder.sort(encoded, heap, run);
    }
  }

  @Override
  public int parallelism() {
    return 1;
  }

  @Override
  public SourceReader open(Worker worker) {
    return new SourceReader() {
      private long next = offset;

      @Override
      public boolean advance(BatchSink out) {
        if (table == null) {
          throw ExecErrors.brokenPlan("rows before the sort");
        }
        long end =
            Math.min(
                order.length, limit > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + limit);
        if (next >= end) {
          return false;
        }
        int count = (int) Math.min(Batch.MAX_ROWS, end - next);
        try (Batch rows = Batches.take(table, order, (int) next, count, memory)) {
          next += count;
          return out.push(rows);
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {
    if (table != null) {
      table.close();
      table = null;
    }
    order = new int[0];
    heap.close();
  }
}
