package dev.tidemill.storage.table;

import java.time.Instant;

/** What a table remembers of itself: snapshots, which never change. */
public interface Versions {
  /**
   * The table as snapshot {@code number} has it, for ever.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if there is no such snapshot (any more)
   */
  Table at(long number);

  /** The table as it was at a time: the last snapshot that is not later. */
  Table at(Instant time);

  /** What snapshots there are, as a table. */
  Table snapshots();
}
