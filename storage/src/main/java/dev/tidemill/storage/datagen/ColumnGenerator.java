package dev.tidemill.storage.datagen;

import dev.tidemill.foundation.batch.ColumnBuilder;

/** Makes the values of one column; row n's value depends on n only. Thread-safe. */
interface ColumnGenerator {
  void append(long row, ColumnBuilder builder);
}
