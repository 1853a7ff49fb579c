package dev.tidemill.connectors.jdbc;

import dev.tidemill.testing.postgres.PostgresForTests;
import dev.tidemill.testing.postgres.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A PostgreSQL and what tests ask of it. */
final class Postgres implements AutoCloseable {
  private final PostgresServer server = PostgresForTests.start();

  PostgresServer server() {
    return server;
  }

  /** The options of a table: {@code 'connector'='jdbc', …} without the table's name. */
  String options() {
    return options(server.port() + "/postgres");
  }

  /** The same through another port, with every COMMIT spelled out on the wire. */
  String options(int port) {
    return options(port + "/postgres?prepareThreshold=0");
  }

  private String options(String rest) {
    return "'connector' = 'jdbc', 'url' = 'jdbc:postgresql://127.0.0.1:%s', 'user' = '%s', 'password' = '%s'"
        .formatted(rest, server.user(), server.password());
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(server.url(), server.user(), server.password());
  }

  void run(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new AssertionError(String.join("; ", statements), e);
    }
  }

  /** Rows as text, values apart by bars, in the order they come. */
  List<String> rows(String sql) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      while (found.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          String value = found.getString(i);
          values.add(value == null ? "NULL" : value);
        }
        rows.add(String.join("|", values));
      }
      return rows;
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  void stop() {
    server.stop();
  }

  void resume() {
    try {
      server.resume();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
