package dev.tidemill.storage.table;

/** What became of a row in a step, in UPDATE mode. */
public enum RowOperation {
  INSERT,
  /** The row replaces the one of the same key. */
  UPDATE,
  DELETE
}
