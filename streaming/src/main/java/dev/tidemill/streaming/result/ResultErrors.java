package dev.tidemill.streaming.result;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;

/** What can go wrong with what is written out. */
final class ResultErrors {
  private static final ErrorCode NOT_NULL = ErrorCode.user("NOT_NULL_VIOLATION", "23502");
  private static final ErrorCode SOURCE = ErrorCode.user(ResultFeed.SOURCE_BEHIND, "55000");
  private static final ErrorCode CHANGES_GONE = ErrorCode.user("SOURCE_CHANGES_GONE", "55000");
  private static final ErrorCode NOT_FINAL = ErrorCode.internal("APPEND_NOT_FINAL");

  private ResultErrors() {}

  static TidemillException notNull(String column) {
    return new TidemillException(
        NOT_NULL,
        "column " + column + " of the sink is NOT NULL but a row of the result has NULL there");
  }

  static TidemillException sourceBehind(String source) {
    return new TidemillException(
        SOURCE,
        "standing query %s, whose result is read, has not taken the step: RESUME QUERY %s first"
            .formatted(source, source));
  }

  static TidemillException changesGone(String source) {
    return new TidemillException(
        CHANGES_GONE,
        ("standing query %s has gone on, and what it has changed since this one read its result is not kept any more: "
                + "DROP this QUERY and create it anew")
            .formatted(source));
  }

  static TidemillException changesLost(String source, TidemillException cause) {
    return new TidemillException(
        CHANGES_GONE,
        ("changes of standing query %s that wait for this one do not fit its memory (%s): "
                + "DROP this QUERY and create it anew")
            .formatted(source, cause.text()),
        null,
        cause);
  }

  static TidemillException removedInAppend() {
    return new TidemillException(
        NOT_FINAL, "a row was removed from the result of a query in mode APPEND");
  }
}
