package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;

/** The text of rows, each a record by itself. One thread. */
public interface RowText {
  /** Appends row {@code row} of the batch, which has the schema's columns in order. */
  void append(Batch rows, int row, StringBuilder text);
}
