package dev.tidemill.storage.versions;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.SkippedReads;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.StagedReader;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/** Reads rows, and has the split as long, so that what it reads is kept. */
final class PinnedReader implements BatchReader {
  private final BatchReader reader;
  private final Split split;

  PinnedReader(BatchReader reader, Split split) {
    this.reader = reader;
    this.split = split;
  }

  @Override
  public @Nullable Batch next() {
    return reader.next();
  }

  @Override
  public @Nullable StagedReader staged() {
    return reader.staged();
  }

  @Override
  public long rejectedRows() {
    return reader.rejectedRows();
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
    Reference.reachabilityFence(split);
  }
}
