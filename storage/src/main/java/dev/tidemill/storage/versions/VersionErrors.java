package dev.tidemill.storage.versions;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import java.time.Instant;

/** What can go wrong with tables that have snapshots. */
final class VersionErrors {
  private static final ErrorCode NO_SNAPSHOT = ErrorCode.user("SNAPSHOT_NOT_FOUND", "22023");
  private static final ErrorCode CHANGED_TWICE = ErrorCode.user("ROW_CHANGED_TWICE", "21000");
  private static final ErrorCode APPEND_ONLY = ErrorCode.user("TABLE_APPEND_ONLY", "25006");
  private static final ErrorCode NOT_NULL = ErrorCode.user("NULL_NOT_ALLOWED", "23502");
  private static final ErrorCode TOO_MANY_ROWS = ErrorCode.user("UNSUPPORTED_COMPACTION", "0A000");
  private static final ErrorCode BAD_OFFSET = ErrorCode.lasting("OFFSET_UNKNOWN");

  private VersionErrors() {}

  static TidemillException noSnapshot(String table, String wanted, long oldest, long last) {
    return new TidemillException(
        NO_SNAPSHOT,
        "table %s has no snapshot %s: its snapshots are %d to %d; SELECT * FROM \"%s$snapshots\" shows them"
            .formatted(table, wanted, oldest, last, table));
  }

  static TidemillException expired(String table, long wanted, long oldest) {
    return new TidemillException(
        NO_SNAPSHOT,
        "table %s has snapshot %d no longer: COMPACT TABLE has removed those before %d; '%s' of the table says how many are kept"
            .formatted(table, wanted, oldest, VersionedTable.SNAPSHOTS_KEPT.name()));
  }

  static TidemillException expired(String table, Instant wanted, long oldest) {
    return new TidemillException(
        NO_SNAPSHOT,
        "table %s has the snapshot of %s no longer: COMPACT TABLE has removed those before %d; '%s' of the table says how many are kept"
            .formatted(table, wanted, oldest, VersionedTable.SNAPSHOTS_KEPT.name()));
  }

  static TidemillException tooManyRows(String table, long rows) {
    return new TidemillException(
        TOO_MANY_ROWS,
        "table %s cannot be compacted: it has %d rows, and a segment at most %d"
            .formatted(table, rows, Integer.MAX_VALUE));
  }

  static TidemillException changedTwice(String table) {
    return new TidemillException(
        CHANGED_TWICE,
        "a row of %s would be changed twice by one statement: more than one row of the source goes with it. Make the source have one"
            .formatted(table));
  }

  static TidemillException appendOnly(String table) {
    return new TidemillException(
        APPEND_ONLY,
        "table %s was declared 'append_only'='true': its rows stay as they are".formatted(table));
  }

  static TidemillException notNull(String column) {
    return new TidemillException(
        NOT_NULL, "column %s is NOT NULL, but a row has NULL there".formatted(column));
  }

  static TidemillException badOffset(String text) {
    return new TidemillException(BAD_OFFSET, "not an offset of this table: " + text);
  }
}
