package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.DatabaseException;
import dev.tidemill.jdbc.spi.DatabaseResult;
import dev.tidemill.jdbc.spi.DatabaseStatement;
import dev.tidemill.jdbc.spi.Page;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs one statement at a time. One thread, but for {@link #cancel()} and {@link #close()}. A new
 * execution closes the result set before it.
 */
class TidemillStatement implements Statement {
  private final TidemillConnection connection;
  private final Warnings warnings = new Warnings();
  private final List<String> batch = new ArrayList<>();
  private long maxRows;
  private int fetchSize;
  private int timeoutSeconds;
  private boolean poolable;
  private boolean closeOnCompletion;

  private volatile @Nullable DatabaseStatement current;
  private TimeLimit limit = TimeLimit.NONE;
  private @Nullable TidemillResultSet resultSet;
  private long updateCount = -1;
  private volatile boolean closed;

  TidemillStatement(TidemillConnection connection) {
    this.connection = connection;
  }

  @Override
  public boolean execute(String sql) throws SQLException {
    checkOpen();
    closeCurrent();
    return run(connection.statement(sql), List.of());
  }

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    execute(sql);
    return rows("executeQuery");
  }

  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    execute(sql);
    return count("executeUpdate");
  }

  @Override
  public int executeUpdate(String sql) throws SQLException {
    return toInt(executeLargeUpdate(sql));
  }

  /**
   * Runs {@code statement}, which stays the current one until another takes its place.
   *
   * @return whether it gives rows
   */
  final boolean run(DatabaseStatement statement, List<? extends @Nullable Object> parameters)
      throws SQLException {
    current = statement;
    limit = TimeLimit.of(timeoutSeconds);
    DatabaseResult result = watched(() -> statement.execute(parameters));
    result.warnings().forEach(warnings::add);
    if (result.hasRows()) {
      resultSet = new TidemillResultSet(result, this, maxRows, fetchSize);
      updateCount = -1;
      return true;
    }
    updateCount = result.updateCount();
    connection.changed();
    connection.call(
        () -> {
          result.close();
          return result;
        });
    return false;
  }

  final ResultSet rows(String method) throws SQLException {
    TidemillResultSet rows = resultSet;
    if (rows == null) {
      throw DriverErrors.noRows(method);
    }
    return rows;
  }

  final long count(String method) throws SQLException {
    if (resultSet != null) {
      closeResultSet();
      throw DriverErrors.rows(method);
    }
    return updateCount;
  }

  /** The next page of this statement's result set. */
  final @Nullable Page fetch(DatabaseResult result, int rows) throws SQLException {
    return watched(() -> Optional.ofNullable(result.next(rows))).orElse(null);
  }

  final void close(DatabaseResult result) throws SQLException {
    if (connection.isClosed()) {
      return;
    }
    connection.call(
        () -> {
          result.close();
          return result;
        });
  }

  private <T> T watched(TidemillConnection.Call<T> call) throws SQLException {
    TimeLimit watching = limit;
    try (TimeLimit.Watch watch = watching.watch(this::cancelCurrent)) {
      return connection.call(call);
    } catch (SQLException e) {
      if (watching.exceeded()
          && e.getCause() instanceof DatabaseException cause
          && DriverErrors.isCancelled(cause)) {
        throw DriverErrors.timedOut(watching.seconds(), cause);
      }
      throw e;
    }
  }

  private void cancelCurrent() {
    DatabaseStatement running = current;
    if (running != null) {
      running.cancel();
    }
  }

  @Override
  public void cancel() throws SQLException {
    checkOpen();
    cancelCurrent();
  }

  /** The result set and, for one that only this execution needs, the database's statement. */
  final void closeCurrent() throws SQLException {
    closeResultSet();
    updateCount = -1;
    DatabaseStatement old = current;
    current = null;
    if (old != null && !isPrepared(old)) {
      close(old);
    }
  }

  final void close(DatabaseStatement statement) throws SQLException {
    if (connection.isClosed()) {
      return;
    }
    connection.call(
        () -> {
          statement.close();
          return statement;
        });
  }

  /** Whether {@code statement} lives as long as this. */
  boolean isPrepared(DatabaseStatement statement) {
    return false;
  }

  private void closeResultSet() throws SQLException {
    TidemillResultSet old = resultSet;
    resultSet = null;
    if (old != null) {
      old.close();
    }
  }

  final void resultSetClosed(TidemillResultSet which) throws SQLException {
    if (closeOnCompletion && resultSet == which) {
      close();
    }
  }

  @Override
  public void close() throws SQLException {
    if (closed) {
      return;
    }
    closed = true;
    cancelCurrent();
    try {
      closeCurrent();
      closePrepared();
    } finally {
      connection.forget(this);
    }
  }

  /** Closes what {@link #isPrepared} says lives as long as this. */
  void closePrepared() throws SQLException {}

  /** The connection is closed, and all it had. */
  final void connectionClosed() {
    closed = true;
    TidemillResultSet open = resultSet;
    if (open != null) {
      open.abandon();
    }
  }

  @Override
  public final boolean isClosed() {
    return closed;
  }

  final void checkOpen() throws SQLException {
    if (closed) {
      throw DriverErrors.statementClosed();
    }
  }

  final TidemillConnection connection() {
    return connection;
  }

  @Override
  public final Connection getConnection() throws SQLException {
    checkOpen();
    return connection;
  }

  @Override
  public final @Nullable ResultSet getResultSet() throws SQLException {
    checkOpen();
    return resultSet;
  }

  @Override
  public final long getLargeUpdateCount() throws SQLException {
    checkOpen();
    return updateCount;
  }

  @Override
  public final int getUpdateCount() throws SQLException {
    return toInt(getLargeUpdateCount());
  }

  static int toInt(long count) {
    return count > Integer.MAX_VALUE ? SUCCESS_NO_INFO : (int) count;
  }

  @Override
  public final boolean getMoreResults() throws SQLException {
    return getMoreResults(CLOSE_CURRENT_RESULT);
  }

  /** There is one result a statement. */
  @Override
  public final boolean getMoreResults(int which) throws SQLException {
    checkOpen();
    if (which != CLOSE_CURRENT_RESULT
        && which != KEEP_CURRENT_RESULT
        && which != CLOSE_ALL_RESULTS) {
      throw DriverErrors.badArgument(
          "what becomes of the current result", which, "a constant of Statement");
    }
    updateCount = -1;
    if (which == KEEP_CURRENT_RESULT) {
      resultSet = null;
    } else {
      closeResultSet();
    }
    return false;
  }

  @Override
  public void addBatch(String sql) throws SQLException {
    checkOpen();
    batch.add(sql);
  }

  @Override
  public void clearBatch() throws SQLException {
    checkOpen();
    batch.clear();
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    checkOpen();
    List<String> statements = new ArrayList<>(batch);
    batch.clear();
    return executeAll(statements.size(), i -> executeLargeUpdate(statements.get(i)));
  }

  /** One execution of a batch, by number. */
  @FunctionalInterface
  interface BatchPart {
    long execute(int index) throws SQLException;
  }

  /** Stops at the first error; the exception has the counts of those before it. */
  static long[] executeAll(int count, BatchPart part) throws SQLException {
    long[] counts = new long[count];
    for (int i = 0; i < count; i++) {
      try {
        counts[i] = part.execute(i);
      } catch (SQLException e) {
        throw new BatchUpdateException(
            e.getMessage(), e.getSQLState(), e.getErrorCode(), Arrays.copyOf(counts, i), e);
      }
    }
    return counts;
  }

  @Override
  public final int[] executeBatch() throws SQLException {
    return Arrays.stream(executeLargeBatch()).mapToInt(TidemillStatement::toInt).toArray();
  }

  @Override
  public final void setLargeMaxRows(long rows) throws SQLException {
    checkOpen();
    if (rows < 0) {
      throw DriverErrors.badArgument("the most rows", rows, "0 (no limit) or more");
    }
    maxRows = rows;
  }

  @Override
  public final long getLargeMaxRows() throws SQLException {
    checkOpen();
    return maxRows;
  }

  @Override
  public final void setMaxRows(int rows) throws SQLException {
    setLargeMaxRows(rows);
  }

  @Override
  public final int getMaxRows() throws SQLException {
    return (int) Math.min(getLargeMaxRows(), Integer.MAX_VALUE);
  }

  @Override
  public final void setFetchSize(int rows) throws SQLException {
    checkOpen();
    if (rows < 0) {
      throw DriverErrors.badArgument("the fetch size", rows, "0 (as the database likes) or more");
    }
    fetchSize = rows;
  }

  @Override
  public final int getFetchSize() throws SQLException {
    checkOpen();
    return fetchSize;
  }

  @Override
  public final void setQueryTimeout(int seconds) throws SQLException {
    checkOpen();
    if (seconds < 0) {
      throw DriverErrors.badArgument("the query timeout", seconds, "0 (none) or more seconds");
    }
    timeoutSeconds = seconds;
  }

  @Override
  public final int getQueryTimeout() throws SQLException {
    checkOpen();
    return timeoutSeconds;
  }

  @Override
  public final int getMaxFieldSize() throws SQLException {
    checkOpen();
    return 0;
  }

  @Override
  public final void setMaxFieldSize(int bytes) throws SQLException {
    checkOpen();
    if (bytes != 0) {
      throw DriverErrors.unsupported("a limit to the size of values");
    }
  }

  /** The database understands the escapes itself. */
  @Override
  public final void setEscapeProcessing(boolean enable) throws SQLException {
    checkOpen();
  }

  @Override
  public final @Nullable SQLWarning getWarnings() throws SQLException {
    checkOpen();
    return warnings.first();
  }

  @Override
  public final void clearWarnings() throws SQLException {
    checkOpen();
    warnings.clear();
  }

  @Override
  public final void setCursorName(String name) throws SQLException {
    throw DriverErrors.unsupported("setCursorName");
  }

  @Override
  public final void setFetchDirection(int direction) throws SQLException {
    checkOpen();
    if (direction != ResultSet.FETCH_FORWARD) {
      throw DriverErrors.unsupported("a fetch direction other than FETCH_FORWARD");
    }
  }

  @Override
  public final int getFetchDirection() throws SQLException {
    checkOpen();
    return ResultSet.FETCH_FORWARD;
  }

  @Override
  public final int getResultSetConcurrency() throws SQLException {
    checkOpen();
    return ResultSet.CONCUR_READ_ONLY;
  }

  @Override
  public final int getResultSetType() throws SQLException {
    checkOpen();
    return ResultSet.TYPE_FORWARD_ONLY;
  }

  @Override
  public final int getResultSetHoldability() throws SQLException {
    checkOpen();
    return ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public final void setPoolable(boolean value) throws SQLException {
    checkOpen();
    poolable = value;
  }

  @Override
  public final boolean isPoolable() throws SQLException {
    checkOpen();
    return poolable;
  }

  @Override
  public final void closeOnCompletion() throws SQLException {
    checkOpen();
    closeOnCompletion = true;
  }

  @Override
  public final boolean isCloseOnCompletion() throws SQLException {
    checkOpen();
    return closeOnCompletion;
  }

  @Override
  public final ResultSet getGeneratedKeys() throws SQLException {
    throw DriverErrors.unsupported("getGeneratedKeys");
  }

  static void checkNoKeys(int generatedKeys) throws SQLException {
    if (generatedKeys != NO_GENERATED_KEYS) {
      throw DriverErrors.unsupported("giving back generated keys");
    }
  }

  @Override
  public int executeUpdate(String sql, int generatedKeys) throws SQLException {
    checkNoKeys(generatedKeys);
    return executeUpdate(sql);
  }

  @Override
  public int executeUpdate(String sql, int[] columns) throws SQLException {
    throw DriverErrors.unsupported("giving back generated keys");
  }

  @Override
  public int executeUpdate(String sql, String[] columns) throws SQLException {
    throw DriverErrors.unsupported("giving back generated keys");
  }

  @Override
  public long executeLargeUpdate(String sql, int generatedKeys) throws SQLException {
    checkNoKeys(generatedKeys);
    return executeLargeUpdate(sql);
  }

  @Override
  public long executeLargeUpdate(String sql, int[] columns) throws SQLException {
    throw DriverErrors.unsupported("giving back generated keys");
  }

  @Override
  public long executeLargeUpdate(String sql, String[] columns) throws SQLException {
    throw DriverErrors.unsupported("giving back generated keys");
  }

  @Override
  public boolean execute(String sql, int generatedKeys) throws SQLException {
    checkNoKeys(generatedKeys);
    return execute(sql);
  }

  @Override
  public boolean execute(String sql, int[] columns) throws SQLException {
    throw DriverErrors.unsupported("giving back generated keys");
  }

  @Override
  public boolean execute(String sql, String[] columns) throws SQLException {
    throw DriverErrors.unsupported("giving back generated keys");
  }

  @Override
  public final <T> T unwrap(Class<T> type) throws SQLException {
    return Wrapping.unwrap(this, type);
  }

  @Override
  public final boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
