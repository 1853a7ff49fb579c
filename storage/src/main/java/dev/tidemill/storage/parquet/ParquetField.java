package dev.tidemill.storage.parquet;

import org.jspecify.annotations.Nullable;

/**
 * A top-level field of a file's schema.
 *
 * @param leaf the column it is, or null where it is nested or cannot be read
 * @param nested what it is made of, or null where it is a column or cannot be read
 * @param problem what it is instead, for the message; empty where it can be read
 */
record ParquetField(
    String name, @Nullable ParquetColumn leaf, @Nullable ParquetNode nested, String problem) {
  /**
   * What it is made of, be it a column only.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if the field cannot be read
   */
  ParquetNode node(String file) {
    if (leaf != null) {
      return new ParquetNode.Leaf(leaf, leaf.optional() ? 1 : 0);
    }
    if (nested == null) {
      throw ParquetErrors.unsupportedType(new ParquetPlace(file, name, -1), problem);
    }
    return nested;
  }
}
