package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;

/** Writes one file. One thread at a time. */
public interface FileWriter extends AutoCloseable {
  /**
   * Adds the rows that count; the batch is borrowed for the call and has the schema's columns in
   * order.
   */
  void write(Batch rows);

  /** About how many bytes the rows so far will take that are not in the file yet. */
  default long bufferedBytes() {
    return 0;
  }

  /** Writes what is still buffered and the file's end. Nothing is written after it. */
  void finish();

  /** Frees what is buffered. */
  @Override
  void close();
}
