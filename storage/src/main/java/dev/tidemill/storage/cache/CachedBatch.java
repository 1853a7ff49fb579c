package dev.tidemill.storage.cache;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a cached table, column by column, with what is known of their values. Owns the columns.
 *
 * @param bounds by column, null where they are not known
 */
record CachedBatch(int length, List<CachedColumn> columns, @Nullable WordBounds[] bounds)
    implements AutoCloseable {
  /** Keeps the rows of {@code batch}, which is borrowed and has no selection. */
  static CachedBatch of(Batch batch, MemoryScope scope) {
    List<CachedColumn> columns = new ArrayList<>(batch.columnCount());
    @Nullable WordBounds[] bounds = new WordBounds[batch.columnCount()];
    try {
      for (int i = 0; i < batch.columnCount(); i++) {
        bounds[i] = WordBounds.of(batch.column(i));
        columns.add(CachedColumn.of(batch.column(i), bounds[i], scope));
      }
    } catch (RuntimeException | Error e) {
      columns.forEach(CachedColumn::close);
      throw e;
    }
    return new CachedBatch(batch.length(), List.copyOf(columns), bounds);
  }

  @Override
  public void close() {
    columns.forEach(CachedColumn::close);
  }
}
