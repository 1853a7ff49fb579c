package dev.tidemill.connectors.iceberg;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;

/** What came when: the line of snapshots that leads to one. */
final class SnapshotHistory {
  private SnapshotHistory() {}

  /** What a snapshot did, to somebody who has the rows of its parent. */
  enum Change {
    /** Rows came, none went. */
    APPENDED,
    /** The same rows stand otherwise: files were compacted. */
    NONE,
    /** Rows went. */
    REMOVED
  }

  /**
   * The snapshots behind {@code taken} up to {@code last}, the oldest first.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if they are not all there
   */
  static List<Snapshot> between(TableMetadata metadata, String path, long taken, Snapshot last) {
    List<Snapshot> line = new ArrayList<>();
    Snapshot at = last;
    while (at.snapshotId() != taken) {
      line.add(at);
      Long parent = at.parentId();
      if (parent != null && parent == taken) {
        break;
      }
      Snapshot before = parent == null ? null : metadata.snapshot(parent);
      if (before == null) {
        // Expired snapshots leave their children without them.
        throw metadata.snapshot(taken) == null
            ? IcebergErrors.expired(path, taken)
            : IcebergErrors.rolledBack(path, taken);
      }
      at = before;
    }
    Collections.reverse(line);
    return line;
  }
}
