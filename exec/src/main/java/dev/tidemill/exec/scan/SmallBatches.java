package dev.tidemill.exec.scan;

import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins batches of few rows, of one split, to bigger ones: where conditions leave few rows of many
 * a batch, what each batch costs above would outweigh the rows; not where the rows are long. Keeps
 * their order. One worker's.
 */
final class SmallBatches implements AutoCloseable {
  private static final int SMALL = Batch.MAX_ROWS / 4;

  /** So many bytes are worth a batch of their own. */
  private static final long LONG_BYTES = 1 << 20;

  private final List<Type> types;
  private final MemoryScope memory;
  private final List<Batch> kept = new ArrayList<>();
  private int rows;
  private long bytes;

  SmallBatches(List<Type> types, MemoryScope memory) {
    this.types = types;
    this.memory = memory;
  }

  /** Passes on {@code batch}, which is borrowed, now or later; whether more rows are needed. */
  boolean push(Batch batch, BatchSink out) {
    if (batch.rowCount() >= SMALL || batch.weights() != null || isLong(batch)) {
      return flush(out) && out.push(batch);
    }
    Batch copy = copy(batch);
    kept.add(copy);
    rows += batch.rowCount();
    bytes += copy.bytes();
    return rows < 2 * SMALL && bytes < LONG_BYTES || flush(out);
  }

  /** By the mean length of all rows that were read. */
  private static boolean isLong(Batch batch) {
    return batch.length() > 0 && batch.bytes() / batch.length() * batch.rowCount() >= LONG_BYTES;
  }

  /** The rows that count, without what they were read from. */
  private Batch copy(Batch batch) {
    if (batch.selection() != null) {
      return Batches.compact(batch, memory);
    }
    List<Column> columns = new ArrayList<>(batch.columnCount());
    try {
      for (int i = 0; i < batch.columnCount(); i++) {
        Column column = batch.column(i);
        columns.add(
            column instanceof BytesColumn
                ? Columns.compact(column, null, memory)
                : column.retain());
      }
    } catch (RuntimeException e) {
      columns.forEach(Column::close);
      throw e;
    }
    return new Batch(batch.length(), columns);
  }

  /** Passes on what is left. */
  boolean flush(BatchSink out) {
    if (kept.isEmpty()) {
      return true;
    }
    try (Batch joined = Batches.concat(kept, types, memory)) {
      close();
      return out.push(joined);
    }
  }

  @Override
  public void close() {
    kept.forEach(Batch::close);
    kept.clear();
    rows = 0;
    bytes = 0;
  }
}
