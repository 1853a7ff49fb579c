package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens connections, and says what went wrong without telling secrets. Safe for use by many
 * threads.
 */
final class Database {
  private static final Pattern SECRET_PARAMETER =
      Pattern.compile("(?i)[?&;](?:[\\w.-]*(?:pass|pwd|secret|token|key)[\\w.-]*)=([^&;]+)");
  private static final Pattern LOGIN = Pattern.compile("(?<=//|:)([^/@:?;]*):?([^/@?;]*)@");

  private final Driver driver;
  private final Dialect dialect;
  private final JdbcOptions options;
  private final String shownUrl;
  private final List<String> secrets = new ArrayList<>();

  private Database(Driver driver, JdbcOptions options) {
    this.driver = driver;
    this.options = options;
    this.dialect = Dialect.of(options.url());
    this.shownUrl = shown(options.url());
    String password = options.password();
    if (password != null && !password.isEmpty()) {
      secrets.add(password);
    }
    for (Matcher found = SECRET_PARAMETER.matcher(options.url()); found.find(); ) {
      secrets.add(found.group(1));
    }
    for (Matcher found = LOGIN.matcher(options.url()); found.find(); ) {
      if (!found.group(2).isEmpty()) {
        secrets.add(found.group(2));
      }
    }
  }

  /**
   * @throws TidemillException if there is no driver for the URL
   */
  static Database of(JdbcOptions options, Path workingDirectory) {
    if (!options.url().toLowerCase(Locale.ROOT).startsWith("jdbc:")) {
      throw JdbcErrors.url();
    }
    Driver driver = Drivers.find(options.url(), options.driverJar(), workingDirectory);
    if (driver == null) {
      throw JdbcErrors.noDriver(kind(options.url()), options.driverJar());
    }
    return new Database(driver, options);
  }

  /** The URL's beginning, up to its second colon: {@code jdbc:postgresql}. */
  private static String kind(String url) {
    int end = url.indexOf(':', "jdbc:".length());
    return end < 0 ? "jdbc:" : url.substring(0, end);
  }

  /** The URL without its parameters and without who logs in. */
  private static String shown(String url) {
    int end = url.length();
    for (char separator : new char[] {'?', ';'}) {
      int at = url.indexOf(separator);
      end = at < 0 ? end : Math.min(end, at);
    }
    return LOGIN.matcher(url.substring(0, end)).replaceAll("");
  }

  Dialect dialect() {
    return dialect;
  }

  /** The URL as it may be shown. */
  String url() {
    return shownUrl;
  }

  /** A connection whose statements form transactions. */
  Connection connect() throws SQLException {
    Properties properties = new Properties();
    if (options.user() != null) {
      properties.setProperty("user", options.user());
    }
    if (options.password() != null) {
      properties.setProperty("password", options.password());
    }
    driverDefaults(properties);
    Connection connection = driver.connect(options.url(), properties);
    if (connection == null) {
      throw JdbcErrors.noDriver(kind(options.url()), options.driverJar());
    }
    try {
      begin(connection);
      connection.setAutoCommit(false);
      limitWaiting(connection);
      return connection;
    } catch (SQLException | TidemillException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * MySQL keeps what it has been given, or refuses it: no text is cut, no number clipped, no 0
   * replaced by the next number.
   */
  private void begin(Connection connection) throws SQLException {
    if (dialect == Dialect.MYSQL) {
      DatabaseMetaData there = connection.getMetaData();
      if (there.getDriverName().startsWith("MySQL")
          && there.getDatabaseProductVersion().contains("MariaDB")) {
        throw JdbcErrors.driverOfMySql();
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO')");
      }
    }
  }

  /** What drivers should do unless the URL says otherwise, which they heed first. */
  private void driverDefaults(Properties properties) {
    switch (dialect) {
      case POSTGRESQL -> {
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "30");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty("ApplicationName", "tidemill");
      }
      case MYSQL -> {
        properties.setProperty("connectTimeout", "10000");
        properties.setProperty("useCursorFetch", "true");
        // As texts a FLOAT has six digits.
        properties.setProperty("useServerPrepStmts", "true");
        properties.setProperty("rewriteBatchedStatements", "true");
        properties.setProperty("yearIsDateType", "false");
      }
      case H2, DUCKDB, SQLITE, OTHER -> {}
    }
  }

  private void limitWaiting(Connection connection) throws SQLException {
    if (dialect == Dialect.POSTGRESQL || dialect == Dialect.MYSQL || dialect == Dialect.OTHER) {
      try {
        connection.setNetworkTimeout(Runnable::run, options.timeoutSeconds() * 1000);
      } catch (SQLFeatureNotSupportedException | AbstractMethodError e) {
        // A driver without time limits waits as long as it likes.
        return;
      }
    }
  }

  /** Something to be done in a transaction, and again from its beginning where it fails. */
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Does something on a connection of its own, which is closed then; a failure that may pass is
   * retried if {@code patient}.
   *
   * @param doing what for messages: {@code reading orders from}
   */
  <T> T call(String doing, boolean patient, Work<T> work) {
    Retries retries = retries(patient);
    while (true) {
      try (Connection connection = connect()) {
        T result = work.on(connection);
        connection.rollback();
        return result;
      } catch (SQLException e) {
        if (!retries.again(e)) {
          throw failure(doing, e, retries.attempts());
        }
      }
    }
  }

  Retries retries(boolean patient) {
    return new Retries(patient ? options.maxRetries() : 0, shownUrl);
  }

  /** What to throw for a failure of whatever kind. */
  TidemillException failure(String doing, SQLException failure, int attempts) {
    String message = message(failure);
    return Retries.mayPass(failure)
        ? JdbcErrors.failed(shownUrl, doing, message, attempts)
        : JdbcErrors.refused(shownUrl, doing, message);
  }

  /** The driver's text, the innermost of a batch, without secrets. */
  String message(SQLException failure) {
    SQLException last = failure;
    while (last.getNextException() != null) {
      last = last.getNextException();
    }
    String text = last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
    String state = last.getSQLState();
    for (String secret : secrets) {
      text = text.replace(secret, "***");
    }
    text = text.strip().replaceAll("\\s*\\R\\s*", " ");
    return state == null ? text : "%s (SQLSTATE %s)".formatted(text, state);
  }
}
