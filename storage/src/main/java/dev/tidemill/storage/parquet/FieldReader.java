package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;

/** Reads one field of one row group, forwards: rows between those asked for are passed over. */
sealed interface FieldReader extends AutoCloseable permits ColumnReader, NestedReader {
  /** {@code rows} rows from {@code start} on, which is not behind what was read. */
  Column read(long start, int rows);

  /** The rows of {@code selection}, counted from {@code start} on. */
  Column read(long start, Selection selection);

  long bytesRead();

  long decodedPages();

  /** Pages with rows wanted by the caller's range that were passed over undecoded. */
  long skippedPages();

  @Override
  void close();
}
