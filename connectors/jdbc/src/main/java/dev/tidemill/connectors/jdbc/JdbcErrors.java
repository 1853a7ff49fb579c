package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.error.ErrorCode;
import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What can go wrong with tables of databases. No text holds a URL's secrets. */
final class JdbcErrors {
  private static final ErrorCode INVALID_OPTION = ErrorCode.user("INVALID_OPTION", "22023");
  private static final ErrorCode NO_DRIVER = ErrorCode.user("JDBC_DRIVER_NOT_FOUND", "08001");
  private static final ErrorCode FAILED = ErrorCode.external("DATABASE_FAILED");
  private static final ErrorCode REFUSED = ErrorCode.user("DATABASE_REFUSED", "42000");
  private static final ErrorCode REJECTED = ErrorCode.user("DATABASE_REJECTED_ROW", "22000");
  private static final ErrorCode UNKNOWN_OUTCOME = ErrorCode.external("COMMIT_OUTCOME_UNKNOWN");
  private static final ErrorCode NOT_FOUND = ErrorCode.user("DATABASE_TABLE_NOT_FOUND", "42P01");
  private static final ErrorCode COLUMN_NOT_FOUND =
      ErrorCode.user("DATABASE_COLUMN_NOT_FOUND", "42703");
  private static final ErrorCode TYPE_MISMATCH = ErrorCode.user("DATABASE_TYPE_MISMATCH", "42804");
  private static final ErrorCode VALUE = ErrorCode.user("DATABASE_VALUE_NOT_READABLE", "22000");
  private static final ErrorCode NULL_VALUE = ErrorCode.user("NOT_NULL_VIOLATED", "23502");
  private static final ErrorCode FENCED = ErrorCode.user("SINK_TAKEN_OVER", "55006");
  private static final ErrorCode UNSUPPORTED_TYPE =
      ErrorCode.user("UNSUPPORTED_DATABASE_TYPE", "0A000");
  private static final ErrorCode UNSUPPORTED_KEY =
      ErrorCode.user("UNSUPPORTED_DATABASE_KEY", "0A000");

  private JdbcErrors() {}

  static TidemillException partitionsWithoutColumn() {
    return new TidemillException(
        INVALID_OPTION, "option 'partitions' needs 'partition_column', the column to be split by");
  }

  static TidemillException partitionColumn(String column, String found) {
    return new TidemillException(
        INVALID_OPTION,
        "option 'partition_column' must be a column of integers but is '%s', %s"
            .formatted(column, found));
  }

  static TidemillException tableName(String option, String value) {
    return new TidemillException(
        INVALID_OPTION,
        "option '%s' must be a name such as orders, shop.orders or \"Shop\".\"Orders\" but is '%s'"
            .formatted(option, value));
  }

  static TidemillException url() {
    return new TidemillException(
        INVALID_OPTION,
        "option 'url' must begin with jdbc:, as jdbc:postgresql://HOST/DATABASE does");
  }

  static TidemillException driverJar(String path, String problem) {
    return new TidemillException(
        INVALID_OPTION, "option 'driver_jar' must name a jar but %s %s".formatted(path, problem));
  }

  static TidemillException enforcedKey(String table) {
    return new TidemillException(
        UNSUPPORTED_KEY,
        "the key of %s is the database's to enforce; say PRIMARY KEY (…) NOT ENFORCED, which is what UPDATE writes by"
            .formatted(table));
  }

  static TidemillException noDriver(String url, @Nullable String jar) {
    return new TidemillException(
        NO_DRIVER,
        jar == null
            ? "no driver for %s is on the class path; 'driver_jar' takes the path of one"
                .formatted(url)
            : "the driver in %s is not one for %s".formatted(jar, url));
  }

  static TidemillException driverOfMySql() {
    return new TidemillException(
        NO_DRIVER,
        "this is a MariaDB, which MySQL's driver takes for an old MySQL: digits of seconds are lost. Say jdbc:mariadb:, with MariaDB's own driver (org.mariadb.jdbc:mariadb-java-client)");
  }

  /** Something outside failed, perhaps for a while. */
  static TidemillException failed(String url, String doing, String message, int attempts) {
    return new TidemillException(
        FAILED,
        "%s %s failed%s: %s"
            .formatted(doing, url, attempts > 1 ? " " + attempts + " times" : "", message));
  }

  /** The database says that it will not. */
  static TidemillException refused(String url, String doing, String message) {
    return new TidemillException(REFUSED, "%s %s was refused: %s".formatted(doing, url, message));
  }

  /** The database does not take a row. */
  static TidemillException rejected(String url, String table, String message) {
    return new TidemillException(
        REJECTED,
        "table %s of %s does not take a row, so nothing of the step is there: %s"
            .formatted(table, url, message));
  }

  static TidemillException unknownOutcome(String url, String table, String message) {
    return new TidemillException(
        UNKNOWN_OUTCOME,
        "the connection to %s was lost during the commit (%s), so that it is not known whether the rows are in %s: look there"
            .formatted(url, message, table));
  }

  static TidemillException interrupted(String url) {
    return new TidemillException(FAILED, "waiting for %s was interrupted".formatted(url));
  }

  static TidemillException fenced(String url, String table, String writer) {
    return new TidemillException(
        FENCED,
        "another process writes to table %s of %s as the same standing query (%s): a copy of this database runs elsewhere. Stop one of them, then RESUME the query here"
            .formatted(table, url, writer));
  }

  static TidemillException stepsChanged(String url, String writer, long known, long found) {
    return new TidemillException(
        FENCED,
        "the table of steps in %s says that %s has committed step %d, where it has committed step %d: somebody has changed it. Put the number back, then RESUME the query"
            .formatted(url, writer, found, known));
  }

  static TidemillException tableNotFound(String url, String table, String message) {
    return new TidemillException(
        NOT_FOUND,
        "there is no table %s in %s: %s. Create it there, or declare columns and say 'create_table'='true'"
            .formatted(table, url, message));
  }

  static TidemillException ambiguousTable(String table, String first, String second) {
    return new TidemillException(
        NOT_FOUND,
        "%s may be %s or %s; write it with double quotes as it is spelled there"
            .formatted(table, first, second));
  }

  static TidemillException columnsToCreate(String table) {
    return new TidemillException(
        NOT_FOUND,
        "table %s is to be created but its columns are not known; declare them".formatted(table));
  }

  static TidemillException columnNotFound(String table, String column, Collection<String> there) {
    return new TidemillException(
        COLUMN_NOT_FOUND,
        "table %s has no column %s%s; it has %s"
            .formatted(table, column, NearMisses.hint(column, there), String.join(", ", there)));
  }

  static TidemillException sameNames(String table, String column) {
    return new TidemillException(
        COLUMN_NOT_FOUND,
        "table %s has several columns %s that differ in case only; declare the columns to be read"
            .formatted(table, column));
  }

  static TidemillException typeMismatch(String column, Type declared, String actual) {
    return new TidemillException(
        TYPE_MISMATCH,
        "column %s is declared as %s but is %s in the database"
            .formatted(column, declared, actual));
  }

  static TidemillException unreadableType(String table, String column, String actual) {
    return new TidemillException(
        UNSUPPORTED_TYPE,
        "column %s of %s is %s, which cannot be read; declare the other columns, or read a view that casts it"
            .formatted(column, table, actual));
  }

  static TidemillException unsupportedType(String column, Type type, String database) {
    return new TidemillException(
        UNSUPPORTED_TYPE,
        "column %s is %s, for which %s has no type that keeps every value; cast it in the query"
            .formatted(column, type, database));
  }

  static TidemillException narrower(String column, Type declared, String actual) {
    return new TidemillException(
        TYPE_MISMATCH,
        "column %s is declared as %s and the database keeps fewer digits (%s): writing it would lose some. Declare what is there, and cast in the query"
            .formatted(column, declared, actual));
  }

  static TidemillException keyOfText(String column, String actual) {
    return new TidemillException(
        UNSUPPORTED_KEY,
        "key column %s is %s in the database, where texts that differ may count as equal: it cannot tell rows apart"
            .formatted(column, actual));
  }

  static TidemillException keyColumn(String column) {
    return new TidemillException(
        COLUMN_NOT_FOUND,
        "the PRIMARY KEY names %s, which is no column of the table".formatted(column));
  }

  static TidemillException nullKey(String table, String column) {
    return new TidemillException(
        NULL_VALUE,
        "%s is written by its key and %s of a row is NULL, which a key of a database cannot be; put COALESCE around it"
            .formatted(table, column));
  }

  static TidemillException nullRead(String table, String column) {
    return new TidemillException(
        NULL_VALUE,
        "column %s of %s is declared NOT NULL and holds a NULL".formatted(column, table));
  }

  static TidemillException value(String table, String column, Type type, String value) {
    return new TidemillException(
        VALUE,
        "column %s of %s holds %s, which is no %s; declare a type that has it, or read a view that casts it"
            .formatted(column, table, value, type));
  }
}
