package dev.tidemill.streaming.log;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;

/** What can be wrong with a step log. */
final class StepLogErrors {
  private static final ErrorCode DAMAGED = ErrorCode.lasting("STEP_LOG_DAMAGED");
  private static final ErrorCode VERSION = ErrorCode.lasting("STEP_LOG_VERSION_UNKNOWN");

  private StepLogErrors() {}

  static TidemillException damaged(String path, int line) {
    return new TidemillException(
        DAMAGED,
        "the step log %s is damaged in line %d, before its end; nothing was changed. Restore the directory from a copy,"
                .formatted(path, line)
            + " or remove the 'standing' directory in it: standing queries then begin anew");
  }

  static TidemillException unknownVersion(String path, String found) {
    return new TidemillException(
        VERSION,
        "the step log %s begins with '%s', which this Tidemill does not know. Use the Tidemill that wrote it"
            .formatted(path, found));
  }
}
