package dev.tidemill.exec.sort;

import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import java.util.List;

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
        List<Batch> next = sorter.nextTogether(left);
        boolean more = !next.isEmpty();
        int given = 0;
        try {
          while (more && given < next.size()) {
            try (Batch batch = next.get(given++)) {
              left -= batch.length();
              more = out.push(batch);
            }
          }
        } finally {
          next.subList(given, next.size()).forEach(Batch::close);
        }
        return more;
      }

      @Override
      public void close() {}
    };
  }
}
