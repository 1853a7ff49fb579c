package dev.tidemill.jdbc.spi;

import org.jspecify.annotations.Nullable;

/** What went wrong in the database. */
public final class DatabaseException extends Exception {
  private static final long serialVersionUID = 1;

  private final String code;
  private final String sqlState;

  /**
   * @param code the stable name of the error, as {@code COLUMN_NOT_FOUND}
   * @param message with the position in the statement's text, where there is one
   */
  public DatabaseException(
      String code, String sqlState, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.sqlState = sqlState;
  }

  public String code() {
    return code;
  }

  public String sqlState() {
    return sqlState;
  }
}
