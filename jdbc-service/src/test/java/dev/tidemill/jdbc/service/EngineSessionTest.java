package dev.tidemill.jdbc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections to engines in this process: shared directories, cancelling, errors, standing queries.
 */
final class EngineSessionTest {
  private static final String LONG_QUERY =
      "SELECT COUNT(*) FROM tpch.sf1.lineitem a JOIN tpch.sf1.lineitem b ON a.l_orderkey + 1 > b.l_orderkey";

  @TempDir Path directory;

  private String url() {
    return "jdbc:tidemill:" + directory.resolve("db");
  }

  @Test
  void connectionsShareADirectory() throws SQLException {
    try (Connection first = DriverManager.getConnection(url());
        Connection second = DriverManager.getConnection(url() + "/../db?threads=1");
        Statement writing = first.createStatement();
        Statement reading = second.createStatement()) {
      writing.execute("CREATE TABLE t (a INTEGER)");
      assertEquals(3, writing.executeUpdate("INSERT INTO t VALUES (1), (2), (3)"));
      assertEquals("6", value(reading, "SELECT SUM(a) FROM t"));
      assertEquals(2, writing.executeUpdate("UPDATE t SET a = a + 10 WHERE a > 1"));
      assertEquals(0, writing.executeUpdate("DELETE FROM t WHERE a = 2"));
      assertEquals(
          2,
          writing.executeUpdate(
              "MERGE INTO t USING (VALUES (1), (5)) AS s (k) ON t.a = s.k WHEN MATCHED THEN UPDATE SET a = 2 WHEN NOT MATCHED"
                  + " THEN INSERT VALUES (s.k)"));
      try (PreparedStatement deleting = first.prepareStatement("DELETE FROM t WHERE a = ?")) {
        deleting.setInt(1, 13);
        assertEquals(1, deleting.executeUpdate());
      }
      try (PreparedStatement updating = first.prepareStatement("UPDATE t SET a = ? WHERE a = ?")) {
        updating.setInt(1, 3);
        updating.setInt(2, 12);
        assertEquals(1, updating.executeUpdate());
      }
      assertEquals("10", value(reading, "SELECT SUM(a) FROM t"));
    }
    try (Connection again = DriverManager.getConnection(url());
        Statement reading = again.createStatement()) {
      assertEquals("3", value(reading, "SELECT COUNT(*) FROM t"));
    }
  }

  @Test
  void changesComeWithTheirWeights() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement writing = connection.createStatement();
        Statement watching = connection.createStatement()) {
      writing.execute("CREATE TABLE t (k VARCHAR)");
      writing.execute("INSERT INTO t VALUES ('a'), ('a'), ('b')");
      String sql = "SELECT k, COUNT(*) AS n FROM t GROUP BY k EMIT CHANGES";
      try (PreparedStatement prepared = connection.prepareStatement(sql)) {
        assertEquals("weight", prepared.getMetaData().getColumnLabel(1));
        assertEquals(3, prepared.getMetaData().getColumnCount());
      }
      ResultSet changes = watching.executeQuery(sql);
      assertEquals(List.of("1 a 2", "1 b 1"), sorted(changes, 2));
      writing.execute("INSERT INTO t VALUES ('a')");
      assertEquals(List.of("-1 a 2", "1 a 3"), sorted(changes, 2));
      try (ExecutorService other = Executors.newSingleThreadExecutor()) {
        Future<?> cancelled =
            other.submit(
                () -> {
                  watching.cancel();
                  return null;
                });
        SQLException error = assertThrows(SQLException.class, changes::next);
        assertEquals("57014", error.getSQLState());
        cancelled.get();
      }
      changes.close();
    }
  }

  private static List<String> sorted(ResultSet rows, int count) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      assertTrue(rows.next());
      texts.add(rows.getLong("weight") + " " + rows.getString("k") + " " + rows.getInt("n"));
    }
    texts.sort(null);
    return texts;
  }

  @Test
  void memoryIsOfOneConnection() throws SQLException {
    try (Connection first = DriverManager.getConnection("jdbc:tidemill:");
        Connection second = DriverManager.getConnection("jdbc:tidemill:")) {
      first.createStatement().execute("CREATE TABLE t (a INTEGER)");
      assertState("42", () -> second.createStatement().executeQuery("SELECT * FROM t"));
    }
  }

  @Test
  void settingsOfTheConnection() throws SQLException {
    try (Connection first = DriverManager.getConnection(url() + "?threads=2&memory=128MB");
        Connection second = DriverManager.getConnection(url() + "?threads=3&batch_rows=7");
        Statement statement = second.createStatement()) {
      assertEquals(null, first.getWarnings());
      assertTrue(
          second.getWarnings().getMessage().contains("threads = 2"),
          second.getWarnings().getMessage());
      assertEquals("7", setting(statement, "batch_rows"));
      statement.execute("SET batch_rows = 9");
      statement.execute("RESET batch_rows");
      assertEquals("4096", setting(statement, "batch_rows"));
    }
    SQLException unknown =
        assertThrows(SQLException.class, () -> DriverManager.getConnection(url() + "?thread=1"));
    assertTrue(unknown.getMessage().contains("threads"), unknown.getMessage());
  }

  private static String setting(Statement statement, String name) throws SQLException {
    ResultSet rows = statement.executeQuery("SET " + name);
    rows.next();
    return rows.getString("value");
  }

  @Test
  void schemasAreSwitched() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement statement = connection.createStatement()) {
      assertEquals("tidemill", connection.getCatalog());
      assertEquals("main", connection.getSchema());
      connection.setCatalog("tpch");
      assertEquals("tpch", connection.getCatalog());
      connection.setSchema("sf0_01");
      assertEquals("sf0_01", connection.getSchema());
      assertEquals("25", value(statement, "SELECT COUNT(*) FROM nation"));
      statement.execute("USE tidemill.main");
      assertEquals("main", connection.getSchema());
      assertState("3F", () -> connection.setSchema("nowhere"));
    }
  }

  @Test
  void errorsHaveTheirState() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement statement = connection.createStatement()) {
      SQLException syntax =
          assertThrows(SQLSyntaxErrorException.class, () -> statement.execute("SELECT\n FORM t"));
      assertTrue(syntax.getMessage().contains("line 2"), syntax.getMessage());
      assertState("42", () -> statement.execute("SELECT x FROM nowhere"));
      assertState("22", () -> value(statement, "SELECT 1 / (x - x) FROM (VALUES (1)) AS t(x)"));
      assertState(
          "22", () -> value(statement, "SELECT CAST(x AS INTEGER) FROM (VALUES ('y')) AS t(x)"));
      assertThrows(
          SQLFeatureNotSupportedException.class, () -> statement.execute("CREATE SCHEMA q"));
      assertState("42", () -> statement.execute("SELECT 1; SELECT 2"));
      assertEquals("1", value(statement, "SELECT 1"));
    }
  }

  @Test
  void cancelledFromAnotherThread() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement statement = connection.createStatement()) {
      AtomicBoolean ended = new AtomicBoolean();
      ExecutorService other = Executors.newSingleThreadExecutor();
      try {
        Future<?> cancel =
            other.submit(
                () -> {
                  while (!ended.get()) {
                    statement.cancel();
                    Thread.onSpinWait();
                  }
                  return null;
                });
        assertState("57014", () -> value(statement, LONG_QUERY));
        ended.set(true);
        cancel.get();
      } finally {
        ended.set(true);
        other.shutdown();
      }
      assertEquals("1", value(statement, "SELECT 1"));
    }
  }

  @Test
  void queryTimeout() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      assertThrows(SQLTimeoutException.class, () -> value(statement, LONG_QUERY));
      assertEquals("1", value(statement, "SELECT 1"));
    }
  }

  @Test
  void cancellingLeavesOtherResultsAlone() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:tidemill:");
        Statement reading = connection.createStatement();
        Statement cancelled = connection.createStatement()) {
      reading.setFetchSize(10);
      ResultSet open = reading.executeQuery("SELECT l_orderkey FROM tpch.sf0_01.lineitem");
      assertTrue(open.next());
      cancelled.setQueryTimeout(1);
      assertThrows(SQLTimeoutException.class, () -> value(cancelled, LONG_QUERY));
      int count = 1;
      while (open.next()) {
        count++;
      }
      assertEquals(60_175, count);
    }
  }

  @Test
  void resultsOfStandingQueriesAreReadOverAnotherConnection() throws Exception {
    try (Connection first = DriverManager.getConnection(url());
        Connection second = DriverManager.getConnection(url());
        Statement creating = first.createStatement();
        Statement reading = second.createStatement()) {
      creating.execute("CREATE TABLE t (k VARCHAR, n INTEGER)");
      creating.execute("INSERT INTO t VALUES ('a', 1), ('b', 2)");
      creating.execute(
          "CREATE STANDING QUERY totals AS SELECT k, SUM(n) AS total FROM t GROUP BY k");
      await(reading, "SELECT SUM(total) FROM totals", "3");
      creating.execute("INSERT INTO t VALUES ('a', 10)");
      await(reading, "SELECT total FROM totals WHERE k = 'a'", "11");
      creating.execute("STOP QUERY totals");
      assertEquals("13", value(reading, "SELECT SUM(total) FROM totals"));
    }
    try (Connection again = DriverManager.getConnection(url());
        Statement statement = again.createStatement()) {
      assertEquals("13", value(statement, "SELECT SUM(total) FROM totals"));
      assertFalse(statement.execute("INSERT INTO t VALUES ('c', 100)"));
      statement.execute("RESUME QUERY totals");
      await(statement, "SELECT SUM(total) FROM totals", "113");
    }
  }

  private static void await(Statement statement, String sql, String expected) throws SQLException {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
    String last = null;
    while (Instant.now().isBefore(deadline)) {
      last = value(statement, sql);
      if (expected.equals(last)) {
        return;
      }
    }
    assertEquals(expected, last, sql);
  }

  static String value(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  private static void assertState(String prefix, Executable call) {
    SQLException error = assertThrows(SQLException.class, call);
    assertTrue(
        error.getSQLState().startsWith(prefix), error.getSQLState() + " " + error.getMessage());
  }
}
