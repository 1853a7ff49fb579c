package dev.tidemill.storage.table;

/** What is written out of a standing query's result at a step. */
public enum SinkMode {
  /** Rows that are final, once. INSERT INTO is this too. */
  APPEND,
  /** What has changed since the last step. */
  UPDATE,
  /** The whole result, replacing what was written before. */
  COMPLETE
}
