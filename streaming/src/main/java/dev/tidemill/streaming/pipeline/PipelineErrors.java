package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;

/** What can go wrong in a step. */
final class PipelineErrors {
  private static final ErrorCode TABLE_CHANGED = ErrorCode.user("TABLE_CHANGED", "42P01");
  private static final ErrorCode REMOVED_TOO_OFTEN = ErrorCode.lasting("REMOVED_TOO_OFTEN");
  private static final ErrorCode NOT_THERE = ErrorCode.user("REMOVED_ROW_NOT_THERE", "23000");
  private static final ErrorCode VERSION = ErrorCode.lasting("STANDING_PLAN_VERSION_UNKNOWN");

  private PipelineErrors() {}

  static TidemillException columnGone(String table, String column) {
    return new TidemillException(
        TABLE_CHANGED,
        "table %s has no column %s any more: it has changed since the standing query was created. Drop the query and create it anew"
            .formatted(table, column));
  }

  static TidemillException removedTooOften() {
    return new TidemillException(
        REMOVED_TOO_OFTEN,
        "the input of a standing query removes a row that it has not inserted; its change log is broken");
  }

  /**
   * @param key columns and their values
   */
  static TidemillException removedMissing(String table, String key, long step) {
    return new TidemillException(
        NOT_THERE,
        ("step %d: the changes of table %s remove the row of %s, which is not there. Mend them and RESUME, or create table and"
                + " query anew with 'on_missing'='ignore', which leaves such changes out and counts them")
            .formatted(step, table, key));
  }

  static TidemillException removesRows(String table) {
    return new TidemillException(
        TABLE_CHANGED,
        "rows of %s were removed, and the standing query was planned for rows that only come. Drop it and create it anew"
            .formatted(table));
  }

  static TidemillException unknownVersion(int found, int known) {
    return new TidemillException(
        VERSION,
        "the stored plan of a standing query has version %d but this Tidemill knows %d. Use the Tidemill that wrote it, or drop the query and create it anew"
            .formatted(found, known));
  }
}
