package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.SkippedReads;
import org.jspecify.annotations.Nullable;

/** Passes rejected rows on and counts those of one reader. */
public final class CountingRejects implements RejectHandler {
  private final RejectHandler target;
  private long rows;

  public CountingRejects(RejectHandler target) {
    this.target = target;
  }

  @Override
  public void reject(RejectedRow row) {
    target.reject(row);
    rows++;
  }

  @Override
  public void flush() {
    target.flush();
  }

  /** The reader that this is the handler of, which it takes over. */
  public BatchReader counted(BatchReader reader) {
    return new BatchReader() {
      @Override
      public @Nullable Batch next() {
        return reader.next();
      }

      @Override
      public long rejectedRows() {
        return rows;
      }

      @Override
      public long positionOf(int row) {
        return reader.positionOf(row);
      }

      @Override
      public long bytesRead() {
        return reader.bytesRead();
      }

      @Override
      public SkippedReads skipped() {
        return reader.skipped();
      }

      @Override
      public void close() {
        reader.close();
      }
    };
  }
}
