package dev.tidemill.storage.files;

/** What becomes of rows that cannot be read. Any thread. */
public interface RejectHandler {
  /**
   * Takes note of a row that is left out, or throws.
   *
   * @throws dev.tidemill.foundation.error.TidemillException MALFORMED_ROW unless rows are skipped
   */
  void reject(RejectedRow row);

  /** The range that was read is done: what was noted becomes durable. */
  void flush();
}
