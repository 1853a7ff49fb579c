package dev.tidemill.streaming;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.TidemillException;
import java.util.Collection;

/** What can go wrong with standing queries. */
final class StreamingErrors {
  private static final ErrorCode EXISTS = ErrorCode.user("QUERY_ALREADY_EXISTS", "42710");
  private static final ErrorCode CHANGED = ErrorCode.user("QUERY_CHANGED", "42710");
  private static final ErrorCode UNCONFIRMED = ErrorCode.user(StandingQueries.UNCONFIRMED, "55000");
  private static final ErrorCode IRREPLACEABLE =
      ErrorCode.user("QUERY_REPLACEMENT_IMPOSSIBLE", "55000");
  private static final ErrorCode NOT_FOUND = ErrorCode.user("QUERY_NOT_FOUND", "42704");
  private static final ErrorCode CHECKPOINT_VERSION =
      ErrorCode.lasting("CHECKPOINT_VERSION_UNKNOWN");
  private static final ErrorCode CHECKPOINT_DAMAGED = ErrorCode.lasting("CHECKPOINT_DAMAGED");
  private static final ErrorCode NOT_REPLAYABLE = ErrorCode.user("SOURCE_NOT_REPLAYABLE", "0A000");
  private static final ErrorCode NOT_RECOVERED = ErrorCode.lasting("QUERY_NOT_RECOVERED");
  private static final ErrorCode FAILED = ErrorCode.user("QUERY_FAILED", "55000");
  private static final ErrorCode STATE = ErrorCode.user("QUERY_STATUS", "55000");
  private static final ErrorCode READ = ErrorCode.user("QUERY_IS_READ", "2BP01");
  private static final ErrorCode CANCELLED = ErrorCode.user("QUERY_CANCELLED", "57014");
  private static final ErrorCode INTERNAL = ErrorCode.internal("STEP_INTERNAL");

  private static final ErrorCode TOO_MANY_FAILED =
      ErrorCode.user("TOO_MANY_REJECTED_ROWS", "54000");

  private StreamingErrors() {}

  static TidemillException exists(String name) {
    return new TidemillException(
        EXISTS, "there is a standing query " + name + " already; DROP QUERY " + name + " first");
  }

  static TidemillException isRead(String name, Collection<String> readers) {
    String others = String.join(", ", readers);
    return new TidemillException(
        READ,
        "the result of standing query %s is read by %s: DROP QUERY %s first"
            .formatted(name, others, readers.iterator().next()));
  }

  static TidemillException changed(String name, Collection<String> differences) {
    return new TidemillException(
        CHANGED,
        "the standing query %s is there with another definition; what changed: %s. CREATE OR REPLACE STANDING QUERY %s to replace it, DROP QUERY %s to begin anew"
            .formatted(name, String.join("; ", differences), name, name));
  }

  /** Of one that would be replaced, had it been confirmed. */
  static TidemillException unconfirmed(
      String name, Collection<String> differences, Collection<String> operators) {
    return new TidemillException(
        UNCONFIRMED,
        ("replacing standing query %s (what changed: %s) does this, and has to be confirmed (SET replace_confirmed = true, "
                + "--yes, or y at the prompt):\n  %s")
            .formatted(name, String.join("; ", differences), String.join("\n  ", operators)));
  }

  static TidemillException irreplaceable(
      String name, Collection<String> differences, Collection<String> operators) {
    return new TidemillException(
        IRREPLACEABLE,
        "standing query %s cannot be replaced (what changed: %s); it stays as it is:\n  %s"
            .formatted(name, String.join("; ", differences), String.join("\n  ", operators)));
  }

  static TidemillException sourceHasChanged(String name, long rows, long taken) {
    return new TidemillException(
        IRREPLACEABLE,
        ("standing query %s cannot be replaced; it stays as it is: its tables have %d rows where it has taken %d, so what it "
                + "has delivered cannot be told. Deliver INTO another table")
            .formatted(name, rows, taken));
  }

  static TidemillException notFound(String name, Collection<String> near) {
    String hint =
        near.isEmpty()
            ? "SHOW QUERIES lists what there is"
            : "did you mean " + String.join(", ", near) + "?";
    return new TidemillException(NOT_FOUND, "there is no standing query " + name + "; " + hint);
  }

  static TidemillException unknownVersion(String path, int found, int known) {
    return new TidemillException(
        CHECKPOINT_VERSION,
        "the checkpoint %s is of version %d; this Tidemill reads version %d. Use the Tidemill that wrote it"
            .formatted(path, found, known));
  }

  static TidemillException damaged(String path, String what) {
    return new TidemillException(
        CHECKPOINT_DAMAGED, "the checkpoint %s is damaged: %s".formatted(path, what));
  }

  static TidemillException noReplay(String query, String path) {
    return new TidemillException(
        CHECKPOINT_DAMAGED,
        ("the last snapshot of standing query %s in %s is damaged, and the step log lacks steps behind the one "
                + "before; nothing was changed. Restore the database directory from a copy, or DROP QUERY %s and "
                + "create it anew")
            .formatted(query, path, query));
  }

  /** The checksums are right, and yet it cannot be read as what it is to be. */
  static TidemillException notItsState(String query, String path, RuntimeException cause) {
    return new TidemillException(
        CHECKPOINT_DAMAGED,
        ("the last snapshot in %s is not one of standing query %s as it is now (%s): files there have been changed. "
                + "Restore the database directory from a copy, or DROP QUERY %s and create it anew")
            .formatted(path, query, cause.getClass().getSimpleName(), query),
        null,
        cause);
  }

  /** {@code written} is -1 where nothing is there. */
  static TidemillException sinkLacksSteps(String query, long written, long reached) {
    return new TidemillException(
        CHECKPOINT_DAMAGED,
        ("the table that standing query %s writes has %s, and it has taken steps up to %d: what was "
                + "written was cut off or deleted, or an older copy stands in its place. Restore that table from a "
                + "copy, or DROP QUERY %s and create it anew")
            .formatted(
                query,
                written < 0 ? "none of its steps" : "its steps up to " + written,
                reached,
                query));
  }

  /** The first step was delivered, and the rows it had read once were not kept yet. */
  static TidemillException pinsLost(String query) {
    return new TidemillException(
        NOT_REPLAYABLE,
        ("standing query %s was cut off in its first step, when its sink had taken the step and the rows of a table that is "
                + "read once were not kept yet; that table may have other rows now. DROP QUERY %s, empty the sink, and create "
                + "the query anew")
            .formatted(query, query));
  }

  static TidemillException notReplayable(String query, String table) {
    return new TidemillException(
        NOT_REPLAYABLE,
        ("standing query %s of a database directory cannot read table %s: its rows are gone with the process. "
                + "Keep them in a table of the database or in files")
            .formatted(query, table));
  }

  /** Of a query that could not be set up again when the database was opened. */
  static TidemillException notRecovered(String name, TidemillException cause) {
    return new TidemillException(
        NOT_RECOVERED,
        ("standing query %s could not be recovered: %s. RESUME QUERY %s tries it again, "
                + "DROP QUERY %s gives it up")
            .formatted(name, cause.text(), name, name),
        null,
        cause);
  }

  static TidemillException nameTwice(String name, String id) {
    return new TidemillException(
        CHECKPOINT_DAMAGED,
        "there is another standing query of the name %s; this one is %s".formatted(name, id));
  }

  static TidemillException queryFailed(String name, String error) {
    return new TidemillException(FAILED, "standing query %s failed: %s".formatted(name, error));
  }

  static TidemillException wrongStatus(String name, QueryStatus status, String wanted) {
    return new TidemillException(
        STATE, "standing query %s is %s and cannot be %s".formatted(name, status, wanted));
  }

  static TidemillException cancelled() {
    return new TidemillException(CANCELLED, "the statement was cancelled");
  }

  /** Anything but a TidemillException that comes out of a step. */
  static TidemillException internal(Throwable cause) {
    return new TidemillException(
        INTERNAL, "a step failed inside Tidemill, please report it: " + cause, null, cause);
  }

  static TidemillException tooManyFailed(String query, int most, String error) {
    return new TidemillException(
        TOO_MANY_FAILED,
        ("standing query %s has set %d rows aside, and would set aside one more: %s. Mend the query, or what it reads; DROP"
                + " it, or CREATE OR REPLACE it")
            .formatted(query, most, error));
  }
}
