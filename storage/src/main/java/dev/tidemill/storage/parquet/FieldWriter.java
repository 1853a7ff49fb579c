package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import org.jspecify.annotations.Nullable;

/** Takes the values of one column of a file, flat or nested. */
sealed interface FieldWriter permits ChunkWriter, NestedWriter {
  /**
   * Adds {@code count} of the rows that count of a column of a batch, from the {@code from}th on.
   */
  void write(Column values, @Nullable Selection selection, int from, int count);
}
