package dev.tidemill.exec.sort;

import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;

/**
 * Rows in the order of their keys, given by one worker: the rows {@code offset} to {@code offset +
 * limit} of them.
 */
record SortedRows(RowSorter sorter, long offset, long limit) implements Source {
  @Override
  public int parallelism() {
    return 1;
  }

  @Override
  public SourceReader open(Worker worker) {
    sorter.skip(offset);
    return new SourceReader() {
      private long left = limit;

      @Override
      public boolean advance(BatchSink out) {
        Batch next = sorter.next(left);
        if (next == null) {
          return false;
        }
        try (next) {
          left -= next.length();
          return out.push(next);
        }
      }

      @Override
      public void close() {}
    };
  }
}
