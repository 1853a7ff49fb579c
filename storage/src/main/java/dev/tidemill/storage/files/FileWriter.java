package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;

/** Writes one file. One thread at a time. */
public interface FileWriter extends AutoCloseable {
  /**
   * Adds the rows that count; the batch is borrowed for the call and has the schema's columns in
   * order.
   */
  void write(Batch rows);

  /** Writes what is still buffered and the file's end. Nothing is written after it. */
  void finish();

  /** Frees what is buffered. */
  @Override
  void close();
}
