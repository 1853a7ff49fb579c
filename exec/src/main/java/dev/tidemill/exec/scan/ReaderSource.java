package dev.tidemill.exec.scan;

import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Source;
import dev.tidemill.exec.pipeline.SourceReader;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.storage.table.BatchReader;
import org.jspecify.annotations.Nullable;

/** One reader of batches that workers take turns at. Owns the reader. */
final class ReaderSource implements Source, AutoCloseable {
  private final int parallelism;
  private final BatchReader reader;
  private boolean ended;

  ReaderSource(BatchReader reader, int parallelism) {
    this.reader = reader;
    this.parallelism = parallelism;
  }

  @Override
  public int parallelism() {
    return parallelism;
  }

  private synchronized @Nullable Batch next() {
    if (ended) {
      return null;
    }
    Batch batch = reader.next();
    ended = batch == null;
    return batch;
  }

  @Override
  public SourceReader open(Worker worker) {
    return new SourceReader() {
      @Override
      public boolean advance(BatchSink out) {
        try (Batch batch = next()) {
          return batch != null && out.push(batch);
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {
    reader.close();
  }
}
