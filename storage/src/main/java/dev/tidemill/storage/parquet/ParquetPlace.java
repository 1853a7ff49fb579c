package dev.tidemill.storage.parquet;

/**
 * Where in a Parquet file something is, for messages.
 *
 * @param column name, or empty for the whole row group or file
 * @param rowGroup counted from 0, or -1 for the whole file
 */
record ParquetPlace(String file, String column, int rowGroup) {
  static ParquetPlace file(String path) {
    return new ParquetPlace(path, "", -1);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(file);
    if (!column.isEmpty()) {
      text.append(", column ").append(column);
    }
    if (rowGroup >= 0) {
      text.append(", row group ").append(rowGroup);
    }
    return text.toString();
  }
}
