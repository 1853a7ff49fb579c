package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.DatabaseException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the driver itself finds wrong, and the database's errors as JDBC's. */
final class DriverErrors {
  private static final String CANCELLED = "57014";

  private DriverErrors() {}

  /**
   * An error of the database: its text and SQLSTATE, in the class of {@link SQLException} that this
   * asks for.
   */
  static SQLException of(DatabaseException e) {
    String text = e.getMessage();
    String state = e.sqlState();
    return switch (state.substring(0, 2)) {
      case "08" -> new SQLNonTransientConnectionException(text, state, e);
      case "0A" -> new SQLFeatureNotSupportedException(text, state, e);
      case "22" -> new SQLDataException(text, state, e);
      case "23" -> new SQLIntegrityConstraintViolationException(text, state, e);
      case "42" -> new SQLSyntaxErrorException(text, state, e);
      default -> new SQLException(text, state, e);
    };
  }

  static SQLException timedOut(int seconds, DatabaseException e) {
    return new SQLTimeoutException(
        "the statement took longer than its query timeout of " + seconds + " s and was cancelled",
        CANCELLED,
        e);
  }

  static boolean isCancelled(DatabaseException e) {
    return e.sqlState().equals(CANCELLED);
  }

  static SQLFeatureNotSupportedException unsupported(String what) {
    return new SQLFeatureNotSupportedException(what + " is not supported", "0A000");
  }

  static SQLException connectionClosed() {
    return new SQLNonTransientConnectionException("the connection is closed", "08003");
  }

  static SQLException statementClosed() {
    return new SQLException("the statement is closed", "24000");
  }

  static SQLException resultSetClosed() {
    return new SQLException("the result set is closed", "24000");
  }

  static SQLException noRow(boolean before) {
    return new SQLException(
        before
            ? "the result set stands before its first row: call next()"
            : "the result set is at its end",
        "24000");
  }

  static SQLException badUrl(String url) {
    return new SQLNonTransientConnectionException(
        "expected jdbc:tidemill: (a database in memory), jdbc:tidemill:DIR (a directory) or jdbc:tidemill://HOST:PORT,"
            + " found "
            + url,
        "08001");
  }

  static SQLException unservedServer(String url) {
    return new SQLFeatureNotSupportedException(
        "this driver does not reach a server yet, as "
            + url
            + " asks for; jdbc:tidemill:DIR opens a database directory"
            + " in this process",
        "0A000");
  }

  static SQLException noProvider(String url) {
    return new SQLNonTransientConnectionException(
        "nothing on the class path opens "
            + url
            + " in this process: add tidemill-jdbc-service and what it depends on",
        "08001");
  }

  static SQLException providerUnloadable(Throwable cause) {
    int running = Runtime.version().feature();
    return new SQLNonTransientConnectionException(
        running < 25
            ? "a database in this process needs Java 25 or later, but this is Java " + running
            : "the database engine on the class path cannot be loaded: " + cause,
        "08001",
        cause);
  }

  static SQLException unset(int parameter, int count) {
    return new SQLException("parameter " + parameter + " of " + count + " is not set", "07001");
  }

  static SQLException noParameter(int index, int count) {
    return new SQLException(
        "there is no parameter "
            + index
            + ": the statement has "
            + (count == 0 ? "none" : "parameters 1 to " + count),
        "07009");
  }

  static SQLException noColumn(int index, int count) {
    return new SQLException(
        "there is no column "
            + index
            + ": the result has "
            + (count == 0 ? "none" : "columns 1 to " + count),
        "07009");
  }

  static SQLException noColumn(String name, List<String> columns) {
    return new SQLException(
        "there is no column " + name + " in the result; there are " + String.join(", ", columns),
        "42703");
  }

  static SQLException noRows(String method) {
    return new SQLException(
        method + " is for statements that give rows; this one gives none, and has been carried out",
        "02000");
  }

  static SQLException rows(String method) {
    return new SQLException(
        method + " is for statements that give no rows; use executeQuery", "0100E");
  }

  static SQLException ownText(String method) {
    return new SQLException(
        "a prepared statement has its text already: call " + method + " without one", "HY010");
  }

  static SQLException cannotRead(@Nullable Object value, String type, String wanted) {
    return new SQLDataException(
        "a value of type " + type + " cannot be read as " + wanted, "22018");
  }

  static SQLException outOfRange(Object value, String wanted) {
    return new SQLDataException(value + " does not fit " + wanted, "22003");
  }

  static SQLException notText(String text, String wanted) {
    String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return new SQLDataException("'" + shown + "' is not a value of type " + wanted, "22018");
  }

  static SQLException cannotBind(Object value, ColumnType type, String hint) {
    return new SQLDataException(
        "expected a value of type " + type + " but found a " + value.getClass().getName() + hint,
        "22018");
  }

  static SQLException inexact(Object value, ColumnType type) {
    return new SQLDataException(
        value
            + " is not exactly a value of type "
            + type
            + "; round it, or write CAST(? AS a wider type)",
        "22003");
  }

  static SQLException at(int parameter, SQLException e) {
    SQLException placed =
        new SQLDataException("parameter " + parameter + ": " + e.getMessage(), e.getSQLState(), e);
    placed.setStackTrace(e.getStackTrace());
    return placed;
  }

  static SQLException stream(Exception cause) {
    return new SQLException("the stream cannot be read: " + cause.getMessage(), "58030", cause);
  }

  static SQLException badArgument(String what, @Nullable Object found, String expected) {
    return new SQLException(what + " must be " + expected + " but is " + found, "HY024");
  }

  static SQLException autoCommit(String method) {
    return new SQLException(
        method + " has no meaning while every statement commits by itself", "25000");
  }

  static SQLException cannotRollBack() {
    return new SQLFeatureNotSupportedException(
        "what was written since the last commit cannot be taken back: there are no transactions, each statement commits"
            + " by itself",
        "0A000");
  }

  static SQLException notWrapped(Object wrapper, Class<?> type) {
    return new SQLException(wrapper.getClass().getName() + " is no " + type.getName(), "HY024");
  }
}
