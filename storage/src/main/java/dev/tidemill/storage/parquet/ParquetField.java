package dev.tidemill.storage.parquet;

import org.jspecify.annotations.Nullable;

/**
 * A top-level field of a file's schema.
 *
 * @param leaf the column it is, or null where it cannot be read
 * @param problem what it is instead, for the message; empty where it is a column
 */
record ParquetField(String name, @Nullable ParquetColumn leaf, String problem) {
  /**
   * The column.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if the field cannot be read
   */
  ParquetColumn column(String file) {
    if (leaf == null) {
      throw ParquetErrors.unsupportedType(new ParquetPlace(file, name, -1), problem);
    }
    return leaf;
  }
}
