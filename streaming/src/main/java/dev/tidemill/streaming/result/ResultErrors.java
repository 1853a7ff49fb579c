package dev.tidemill.streaming.result;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;

/** What can go wrong with what is written out. */
final class ResultErrors {
  private static final ErrorCode NOT_NULL = ErrorCode.user("NOT_NULL_VIOLATION", "23502");
  private static final ErrorCode NOT_FINAL = ErrorCode.internal("APPEND_NOT_FINAL");

  private ResultErrors() {}

  static TidemillException notNull(String column) {
    return new TidemillException(
        NOT_NULL,
        "column " + column + " of the sink is NOT NULL but a row of the result has NULL there");
  }

  static TidemillException removedInAppend() {
    return new TidemillException(
        NOT_FINAL, "a row was removed from the result of a query in mode APPEND");
  }
}
