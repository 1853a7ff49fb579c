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

  /**
   * The same rows, to be read column by column in place of {@link #next()}; null where that saves
   * nothing. Asked before anything is read; lives as long as this reader.
   */
  default @Nullable StagedReader staged() {
    return null;
  }

  /** Rows left out so far because they could not be read. */
  default long rejectedRows() {
    return 0;
  }

  /**
   * Where row {@code row} of the batch that was read last begins in its file, or -1 where that is
   * not known.
   */
  default long positionOf(int row) {
    return -1;
  }

  /** Bytes read from outside so far. */
  default long bytesRead() {
    return 0;
  }

  /** What was touched and what left out so far. */
  default SkippedReads skipped() {
    return SkippedReads.NONE;
  }

  @Override
  void close();
}
