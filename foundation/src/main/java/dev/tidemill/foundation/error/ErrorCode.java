package dev.tidemill.foundation.error;

import java.util.Objects;

/**
 * The stable identity of an error, for programs: the text may change between versions, the code
 * does not.
 *
 * @param name upper-case words joined by underscores, unique over all modules, e.g. {@code
 *     COLUMN_NOT_FOUND}
 * @param kind whose move it is
 * @param sqlState five characters of the SQL standard (or of class {@code XX} for internal errors),
 *     for JDBC
 */
public record ErrorCode(String name, ErrorKind kind, String sqlState) {
  private static final String LASTING = "58P01";

  public ErrorCode {
    Objects.requireNonNull(kind);
    if (!name.matches("[A-Z][A-Z0-9_]*")) {
      throw new IllegalArgumentException("not an error name: " + name);
    }
    if (sqlState.length() != 5) {
      throw new IllegalArgumentException("not an SQLSTATE: " + sqlState);
    }
  }

  public static ErrorCode user(String name, String sqlState) {
    return new ErrorCode(name, ErrorKind.USER, sqlState);
  }

  public static ErrorCode resource(String name) {
    return new ErrorCode(name, ErrorKind.RESOURCE, "53000");
  }

  public static ErrorCode external(String name) {
    return new ErrorCode(name, ErrorKind.EXTERNAL, "58030");
  }

  /**
   * Trouble outside that does not pass by itself: data is damaged, gone or of another version, and
   * somebody has to see to it.
   */
  public static ErrorCode lasting(String name) {
    return new ErrorCode(name, ErrorKind.EXTERNAL, LASTING);
  }

  /** Whether what failed may go well when it is tried again, without anything being changed. */
  public boolean mayPass() {
    return kind == ErrorKind.EXTERNAL && !sqlState.equals(LASTING);
  }

  public static ErrorCode internal(String name) {
    return new ErrorCode(name, ErrorKind.INTERNAL, "XX000");
  }
}
