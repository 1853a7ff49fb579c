package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.SkippedReads;
import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rows of several parts, one behind the other; each is opened when the one before it is read. */
final class ChainedReader<P> implements BatchReader {
  private final Iterator<P> parts;
  private final Function<P, BatchReader> open;
  private @Nullable BatchReader current;
  private long rejected;
  private long bytes;
  private SkippedReads skipped = SkippedReads.NONE;

  ChainedReader(Iterator<P> parts, Function<P, BatchReader> open) {
    this.parts = parts;
    this.open = open;
  }

  @Override
  public @Nullable Batch next() {
    while (true) {
      BatchReader reader = current;
      if (reader == null) {
        if (!parts.hasNext()) {
          return null;
        }
        reader = open.apply(parts.next());
        current = reader;
      }
      Batch batch = reader.next();
      if (batch != null) {
        return batch;
      }
      close();
    }
  }

  @Override
  public long rejectedRows() {
    return rejected + (current == null ? 0 : current.rejectedRows());
  }

  @Override
  public long positionOf(int row) {
    return current == null ? -1 : current.positionOf(row);
  }

  @Override
  public long bytesRead() {
    return bytes + (current == null ? 0 : current.bytesRead());
  }

  @Override
  public SkippedReads skipped() {
    return current == null ? skipped : sum(skipped, current.skipped());
  }

  private static SkippedReads sum(SkippedReads one, SkippedReads other) {
    return new SkippedReads(
        one.pages() + other.pages(),
        one.skippedPages() + other.skippedPages(),
        one.skippedRows() + other.skippedRows());
  }

  @Override
  public void close() {
    BatchReader reader = current;
    if (reader != null) {
      rejected += reader.rejectedRows();
      bytes += reader.bytesRead();
      skipped = sum(skipped, reader.skipped());
      current = null;
      reader.close();
    }
  }
}
