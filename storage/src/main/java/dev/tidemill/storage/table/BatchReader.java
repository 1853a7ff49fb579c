package dev.tidemill.storage.table;

import dev.tidemill.foundation.batch.Batch;
import org.jspecify.annotations.Nullable;

/** Reads one split. One thread at a time. */
public interface BatchReader extends AutoCloseable {
  /**
   * The next rows, the columns in the order of the request, or null at the end. The caller owns the
   * batch. Rows that an exact filter rejects are not among them.
   */
  @Nullable Batch next();

  /** Bytes read from outside so far. */
  default long bytesRead() {
    return 0;
  }

  @Override
  void close();
}
