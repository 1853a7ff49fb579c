package dev.tidemill.jdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Statements, their results and their ends, over a canned database. */
final class StatementTest {
  private Connection connection;
  private Statement statement;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:tidemill:");
    statement = connection.createStatement();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  void rowsComePageByPage() throws SQLException {
    for (int fetchSize : new int[] {0, 1, 2, 100}) {
      statement.setFetchSize(fetchSize);
      ResultSet rows = statement.executeQuery("COUNT 7");
      assertTrue(rows.isBeforeFirst());
      assertState("24000", () -> rows.getInt(1));
      assertEquals(List.of(1, 2, 3, 4, 5, 6, 7), numbers(rows));
      assertTrue(rows.isAfterLast());
      assertFalse(rows.next());
      assertState("24000", () -> rows.getInt(1));
      assertEquals("at the end", rows.getWarnings().getMessage());
    }
    assertEquals("at the beginning", statement.getWarnings().getMessage());
    statement.clearWarnings();
    assertNull(statement.getWarnings());
    assertFalse(statement.executeQuery("COUNT 0").isBeforeFirst());
  }

  @Test
  void maxRowsEndsAResult() throws SQLException {
    for (int most : new int[] {1, 2, 3, 4, 6, 7, 8}) {
      statement.setMaxRows(most);
      assertEquals(Math.min(most, 7), numbers(statement.executeQuery("COUNT 7")).size());
    }
  }

  private static List<Integer> numbers(ResultSet rows) throws SQLException {
    List<Integer> numbers = new ArrayList<>();
    while (rows.next()) {
      numbers.add(rows.getInt("N"));
      assertEquals(numbers.size(), rows.getRow());
    }
    return numbers;
  }

  @Test
  void rowsOrACount() throws SQLException {
    assertTrue(statement.execute("COUNT 1"));
    assertEquals(-1, statement.getUpdateCount());
    ResultSet first = statement.getResultSet();
    assertFalse(statement.execute("WRITE 5"));
    assertTrue(first.isClosed());
    assertNull(statement.getResultSet());
    assertEquals(5, statement.getUpdateCount());
    assertFalse(statement.getMoreResults());
    assertEquals(-1, statement.getUpdateCount());
    assertEquals(3, statement.executeUpdate("WRITE 3"));
    assertEquals(3_000_000_000L, statement.executeLargeUpdate("WRITE 3000000000"));
    assertEquals(Statement.SUCCESS_NO_INFO, statement.getUpdateCount());
    assertState("0100E", () -> statement.executeUpdate("COUNT 1"));
    assertState("02000", () -> statement.executeQuery("WRITE 1"));
  }

  @Test
  void batches() throws SQLException {
    statement.addBatch("WRITE 1");
    statement.addBatch("WRITE 2");
    assertArrayEquals(new int[] {1, 2}, statement.executeBatch());
    assertArrayEquals(new int[0], statement.executeBatch());
    statement.addBatch("WRITE 4");
    statement.addBatch("FAIL 23502");
    statement.addBatch("WRITE 5");
    BatchUpdateException failed = assertThrows(BatchUpdateException.class, statement::executeBatch);
    assertArrayEquals(new int[] {4}, failed.getUpdateCounts());
    assertEquals("23502", failed.getSQLState());
  }

  @Test
  void errorsKeepStateAndText() {
    SQLException error =
        assertThrows(SQLSyntaxErrorException.class, () -> statement.execute("FAIL 42601"));
    assertEquals("it failed (line 1, column 1)", error.getMessage());
    assertThrows(SQLFeatureNotSupportedException.class, () -> statement.execute("FAIL 0A000"));
    assertState("58030", () -> statement.execute("FAIL 58030"));
  }

  @Test
  void cancelledFromAnotherThread() throws Exception {
    CannedDatabase.hanging = new CountDownLatch(1);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<?> cancel =
          other.submit(
              () -> {
                CannedDatabase.hanging.await();
                statement.cancel();
                return null;
              });
      SQLException error = assertThrows(SQLException.class, () -> statement.execute("HANG"));
      assertEquals("57014", error.getSQLState());
      assertFalse(error instanceof SQLTimeoutException);
      cancel.get();
    } finally {
      other.shutdown();
    }
  }

  @Test
  void closingTheConnectionEndsWhatRuns() throws Exception {
    CannedDatabase.hanging = new CountDownLatch(1);
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<?> close =
          other.submit(
              () -> {
                CannedDatabase.hanging.await();
                connection.close();
                return null;
              });
      assertState("57014", () -> statement.execute("HANG"));
      close.get();
      assertTrue(statement.isClosed());
    } finally {
      other.shutdown();
    }
  }

  @Test
  void queryTimeout() throws SQLException {
    statement.setQueryTimeout(1);
    SQLException error = assertThrows(SQLTimeoutException.class, () -> statement.execute("HANG"));
    assertTrue(error.getMessage().contains("1 s"), error.getMessage());
    assertEquals(2, statement.executeUpdate("WRITE 2"));
    assertState("HY024", () -> statement.setQueryTimeout(-1));
  }

  @Test
  void whatIsClosedSaysSo() throws SQLException {
    ResultSet rows = statement.executeQuery("COUNT 1");
    rows.close();
    rows.close();
    assertState("24000", rows::next);
    statement.close();
    statement.close();
    assertState("24000", () -> statement.execute("COUNT 1"));
    assertState("24000", statement::getResultSet);
    Statement other = connection.createStatement();
    ResultSet open = other.executeQuery("COUNT 1");
    connection.close();
    connection.close();
    assertTrue(open.isClosed() && other.isClosed() && connection.isClosed());
    assertFalse(connection.isValid(1));
    assertState("08003", connection::createStatement);
    assertState("08003", connection::getMetaData);
    open.close();
    other.close();
  }

  @Test
  void closeOnCompletion() throws SQLException {
    statement.closeOnCompletion();
    ResultSet rows = statement.executeQuery("COUNT 1");
    rows.close();
    assertTrue(statement.isClosed());
  }

  @Test
  void autoCommitOnly() throws SQLException {
    assertState("25000", connection::commit);
    connection.setAutoCommit(false);
    assertTrue(connection.getWarnings().getMessage().contains("no transactions"));
    connection.rollback();
    statement.execute("WRITE 1");
    connection.commit();
    connection.rollback();
    statement.execute("WRITE 1");
    assertThrows(SQLFeatureNotSupportedException.class, connection::rollback);
    connection.setAutoCommit(true);
    assertEquals(Connection.TRANSACTION_NONE, connection.getTransactionIsolation());
  }

  @Test
  void unsupportedIsRefusedByName() throws SQLException {
    ResultSet rows = statement.executeQuery("COUNT 1");
    for (Executable call :
        List.<Executable>of(
            rows::previous,
            () -> rows.absolute(1),
            () -> rows.updateInt(1, 1),
            () -> rows.getBlob(1),
            statement::getGeneratedKeys,
            () -> statement.execute("COUNT 1", Statement.RETURN_GENERATED_KEYS),
            () -> connection.prepareCall("x"),
            connection::setSavepoint,
            () ->
                connection.createStatement(
                    ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE))) {
      SQLException error = assertThrows(SQLFeatureNotSupportedException.class, call);
      assertEquals("0A000", error.getSQLState());
      assertTrue(error.getMessage().contains("not supported"), error.getMessage());
    }
    Statement scrolling =
        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
    assertEquals(ResultSet.TYPE_FORWARD_ONLY, scrolling.getResultSetType());
    assertTrue(connection.getWarnings().getMessage().contains("forward only"));
  }

  @Test
  void parametersAreCheckedBeforeTheyAreSent() throws SQLException {
    try (PreparedStatement echo = connection.prepareStatement("ECHO INTEGER")) {
      assertEquals(1, echo.getParameterMetaData().getParameterCount());
      assertEquals("INTEGER", echo.getMetaData().getColumnTypeName(1));
      assertState("07001", echo::executeQuery);
      assertState("07009", () -> echo.setInt(2, 1));
      assertState("07009", () -> echo.setInt(0, 1));
      assertState("22003", () -> echo.setLong(1, 1L << 40));
      echo.setLong(1, 42);
      ResultSet rows = echo.executeQuery();
      assertTrue(rows.next());
      assertEquals(42, rows.getInt("VALUE"));
      echo.clearParameters();
      assertState("07001", echo::executeQuery);
      assertState("HY010", () -> echo.executeQuery("ECHO INTEGER"));
    }
  }

  static void assertState(String state, Executable call) {
    assertEquals(state, assertThrows(SQLException.class, call).getSQLState());
  }
}
