package dev.tidemill.storage.versions;

import org.jspecify.annotations.Nullable;

/**
 * A change of a table: its number is that of the snapshot that it makes.
 *
 * @param timeMillis when it was made
 * @param writer who made it, and {@code step} its number with them; null for changes without
 * @param added the rows that came, or null; where {@code compacted}, all rows there are
 * @param gone the rows that went, as they were, or null
 * @param deletes where these were
 * @param compacted whether it only put the rows into a new segment
 */
public record Commit(
    long number,
    long timeMillis,
    @Nullable String writer,
    long step,
    @Nullable Segment added,
    @Nullable Segment gone,
    Deletes deletes,
    boolean compacted) {
  /** How many rows came, to those who follow the changes. */
  long rowsIn() {
    return added == null || compacted ? 0 : added.rows();
  }

  long rowsOut() {
    return gone == null ? 0 : gone.rows();
  }
}
