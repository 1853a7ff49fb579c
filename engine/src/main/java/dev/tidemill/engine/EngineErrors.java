package dev.tidemill.engine;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Path;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What can go wrong with a statement that is no query, and with a database directory. */
final class EngineErrors {
  private static final ErrorCode UNSUPPORTED = ErrorCode.user("UNSUPPORTED_STATEMENT", "0A000");
  private static final ErrorCode DATABASE_IN_USE = ErrorCode.external("DATABASE_IN_USE");
  private static final ErrorCode DATABASE_UNREACHABLE = ErrorCode.external("DATABASE_UNREACHABLE");
  private static final ErrorCode NOT_A_TABLE = ErrorCode.user("NOT_A_TABLE", "42809");
  private static final ErrorCode NOT_NULL = ErrorCode.user("NOT_NULL_VIOLATION", "23502");
  private static final ErrorCode CLOSED = ErrorCode.user("SESSION_CLOSED", "08003");
  private static final ErrorCode NOT_OWN = ErrorCode.user("NOT_IN_DATABASE", "3F000");
  private static final ErrorCode NO_SUCH_QUERY = ErrorCode.user("QUERY_NOT_FOUND", "42704");
  private static final ErrorCode NO_SUCH_COLUMN = ErrorCode.user("COLUMN_NOT_FOUND", "42703");
  private static final ErrorCode DUPLICATE_COLUMN = ErrorCode.user("DUPLICATE_COLUMN", "42701");
  private static final ErrorCode PARAMETERS = ErrorCode.user("WRONG_PARAMETER_COUNT", "07001");
  private static final ErrorCode ILLEGAL_MODE = ErrorCode.user("ILLEGAL_OUTPUT_MODE", "0A000");
  private static final ErrorCode CANNOT_WRITE = ErrorCode.user("TABLE_READ_ONLY", "25006");
  private static final ErrorCode BAD_OPTION = ErrorCode.user("INVALID_OPTION", "22023");
  private static final ErrorCode ENVIRONMENT = ErrorCode.user("ENVIRONMENT_VARIABLE_MISSING", "22023");

  private EngineErrors() {}

  static TidemillException unsupported(String what, SourcePosition position) {
    return new TidemillException(UNSUPPORTED, what + " is not supported yet", position, null);
  }

  static TidemillException inUse(Path directory, String holder) {
    return new TidemillException(
        DATABASE_IN_USE,
        "the database %s is in use by %s; one process at a time opens it. Stop that one, or use another directory"
            .formatted(directory, holder));
  }

  static TidemillException unreachable(Path directory, Exception cause) {
    return new TidemillException(
        DATABASE_UNREACHABLE,
        "cannot open the database directory %s: %s".formatted(directory, cause.getMessage()),
        null,
        cause);
  }

  static TidemillException notATable(String name, String is, SourcePosition position) {
    return new TidemillException(NOT_A_TABLE, name + " is " + is + ", not a table", position, null);
  }

  static TidemillException notNull(String column) {
    return new TidemillException(NOT_NULL, "column " + column + " is NOT NULL but a row has NULL there");
  }

  static TidemillException closed() {
    return new TidemillException(CLOSED, "the session is closed");
  }

  static TidemillException notOwn(String name, SourcePosition position) {
    return new TidemillException(
        NOT_OWN, name + " cannot be created or dropped: only tidemill.main is the database's own", position, null);
  }

  static TidemillException noSuchQuery(String name, Collection<String> near, SourcePosition position) {
    String hint = near.isEmpty() ? "SHOW QUERIES lists what there is" : "did you mean " + String.join(", ", near) + "?";
    return new TidemillException(
        NO_SUCH_QUERY, "there is no standing query " + name + "; " + hint, position, null);
  }

  static TidemillException noSuchColumn(String column, Collection<String> known, SourcePosition position) {
    return new TidemillException(
        NO_SUCH_COLUMN,
        "there is no column " + column + "; there are " + String.join(", ", known),
        position,
        null);
  }

  static TidemillException duplicateColumn(String column, SourcePosition position) {
    return new TidemillException(DUPLICATE_COLUMN, "column " + column + " is there twice", position, null);
  }

  static TidemillException wrongParameterCount(int expected, int found) {
    return new TidemillException(
        PARAMETERS, "the statement has %d parameters but %d values are bound".formatted(expected, found));
  }

  static TidemillException illegalMode(String text, SourcePosition position) {
    return new TidemillException(ILLEGAL_MODE, text, position, null);
  }

  static TidemillException cannotWrite(String table, SourcePosition position) {
    return new TidemillException(CANNOT_WRITE, "table " + table + " can only be read", position, null);
  }

  static TidemillException badOption(
      String option, String value, String expected, @Nullable SourcePosition position) {
    return new TidemillException(
        BAD_OPTION, "option '%s' must be %s but is '%s'".formatted(option, expected, value), position, null);
  }

  static TidemillException environmentMissing(String variable, @Nullable SourcePosition position) {
    return new TidemillException(
        ENVIRONMENT, "the environment variable %s is not set".formatted(variable), position, null);
  }
}
