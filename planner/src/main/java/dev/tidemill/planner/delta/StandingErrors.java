package dev.tidemill.planner.delta;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import java.util.Collection;

/** Why a query cannot stand. */
final class StandingErrors {
  private static final ErrorCode UNBOUNDED = ErrorCode.user("UNBOUNDED_STATE", "0A000");
  private static final ErrorCode NO_GROWING_INPUT = ErrorCode.user("NO_GROWING_INPUT", "42000");
  private static final ErrorCode FUNCTION =
      ErrorCode.user("UNSUPPORTED_FUNCTION_IN_STANDING_QUERY", "0A000");
  private static final ErrorCode PARAMETER =
      ErrorCode.user("UNSUPPORTED_PARAMETER_IN_STANDING_QUERY", "0A000");

  private StandingErrors() {}

  static TidemillException noGrowingInput(Collection<String> tables) {
    return new TidemillException(
        NO_GROWING_INPUT,
        tables.isEmpty()
            ? "a standing query needs a table that may grow but reads no table. Use SELECT, or CREATE TABLE … AS SELECT"
            : "a standing query needs a table that may grow but all it reads is static (%s). Take 'static'='true' from one"
                    .formatted(String.join(", ", tables))
                + " of them, or use SELECT, or CREATE TABLE … AS SELECT");
  }

  static TidemillException notDeterministic(String function) {
    return new TidemillException(
        FUNCTION,
        "%s is not supported in a standing query: its result would not be that of the batch query"
            .formatted(function));
  }

  static TidemillException unboundedState(String what) {
    return new TidemillException(
        UNBOUNDED,
        "state would grow for ever, which unbounded_state = forbid does not let: " + what);
  }

  static TidemillException proctime(String table) {
    return new TidemillException(
        FUNCTION,
        "PROCTIME() is not supported in a standing query over %s, whose rows are not taken once and for all"
            .formatted(table));
  }

  static TidemillException parameter() {
    return new TidemillException(
        PARAMETER, "a question mark is not supported in a standing query. Write the value itself");
  }
}
