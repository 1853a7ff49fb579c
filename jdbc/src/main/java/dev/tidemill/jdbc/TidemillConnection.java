package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnDescription;
import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.ColumnType.Kind;
import dev.tidemill.jdbc.spi.DatabaseException;
import dev.tidemill.jdbc.spi.DatabaseResult;
import dev.tidemill.jdbc.spi.DatabaseSession;
import dev.tidemill.jdbc.spi.DatabaseSession.Namespace;
import dev.tidemill.jdbc.spi.DatabaseStatement;
import dev.tidemill.jdbc.spi.Page;
import dev.tidemill.jdbc.spi.StatementDescription;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.ClientInfoStatus;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A session of a database. Any thread may use it; calls to the database take turns.
 *
 * <p>There are no transactions: each statement commits by itself. {@code setAutoCommit(false)} is
 * taken, with a warning, since pools and tools ask for it; {@code commit()} then does nothing, and
 * {@code rollback()} fails if something was written since, rather than pretend.
 */
final class TidemillConnection implements Connection {
  private final String url;
  private final DatabaseSession session;
  private final ReentrantLock turn = new ReentrantLock();
  private final Set<TidemillStatement> statements = ConcurrentHashMap.newKeySet();
  private final Warnings warnings = new Warnings();
  private final Properties clientInfo = new Properties();
  private boolean autoCommit = true;
  private boolean readOnly;
  private volatile boolean changed;
  private volatile boolean closed;

  TidemillConnection(String url, DatabaseSession session) {
    this.url = url;
    this.session = session;
    session.warnings().forEach(warnings::add);
  }

  /** A call to the database. */
  @FunctionalInterface
  interface Call<T> {
    T make() throws DatabaseException, SQLException;
  }

  /** Makes a call in its turn. */
  <T> T call(Call<T> call) throws SQLException {
    turn.lock();
    try {
      checkOpen();
      return call.make();
    } catch (DatabaseException e) {
      throw DriverErrors.of(e);
    } finally {
      turn.unlock();
    }
  }

  /** A statement of the database, not run. */
  DatabaseStatement statement(String sql) throws SQLException {
    if (sql == null) {
      throw DriverErrors.badArgument("the statement", null, "given");
    }
    return call(() -> session.statement(sql));
  }

  /** All rows of a query of the driver's own. */
  List<List<@Nullable Object>> query(String sql) throws SQLException {
    return call(
        () -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          try (DatabaseStatement statement = session.statement(sql);
              DatabaseResult result = statement.execute(List.of())) {
            List<ColumnDescription> columns = result.columns();
            for (Page page = result.next(0); page != null; page = result.next(0)) {
              for (int row = 0; row < page.rowCount(); row++) {
                @Nullable Object[] values = new Object[columns.size()];
                for (int column = 0; column < values.length; column++) {
                  values[column] = page.value(row, column);
                }
                rows.add(Arrays.asList(values));
              }
            }
          }
          return rows;
        });
  }

  private void command(String sql) throws SQLException {
    call(
        () -> {
          try (DatabaseStatement statement = session.statement(sql);
              DatabaseResult result = statement.execute(List.of())) {
            return result.updateCount();
          }
        });
  }

  /** A statement was carried out that is no query. */
  void changed() {
    changed = true;
  }

  void forget(TidemillStatement statement) {
    statements.remove(statement);
  }

  private void checkOpen() throws SQLException {
    if (closed) {
      throw DriverErrors.connectionClosed();
    }
  }

  String url() {
    return url;
  }

  String productVersion() {
    return session.productVersion();
  }

  @Override
  public Statement createStatement() throws SQLException {
    checkOpen();
    TidemillStatement statement = new TidemillStatement(this);
    statements.add(statement);
    return statement;
  }

  @Override
  public Statement createStatement(int type, int concurrency) throws SQLException {
    checkResultSet(type, concurrency);
    return createStatement();
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    checkResultSet(type, concurrency);
    return createStatement();
  }

  /**
   * Made ready at once, so that errors come from here and the types of the parameters are known.
   */
  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    DatabaseStatement statement = statement(sql);
    TidemillPreparedStatement prepared;
    try {
      StatementDescription description = call(statement::describe);
      prepared = new TidemillPreparedStatement(this, statement, description);
    } catch (SQLException | RuntimeException e) {
      call(
          () -> {
            statement.close();
            return statement;
          });
      throw e;
    }
    statements.add(prepared);
    return prepared;
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency)
      throws SQLException {
    checkResultSet(type, concurrency);
    return prepareStatement(sql);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    checkResultSet(type, concurrency);
    return prepareStatement(sql);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int generatedKeys) throws SQLException {
    TidemillStatement.checkNoKeys(generatedKeys);
    return prepareStatement(sql);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] columns) throws SQLException {
    throw DriverErrors.unsupported("giving back generated keys");
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] columns) throws SQLException {
    throw DriverErrors.unsupported("giving back generated keys");
  }

  /** Scrolling is not had, which a warning says; updating is refused. */
  private void checkResultSet(int type, int concurrency) throws SQLException {
    checkOpen();
    if (concurrency != ResultSet.CONCUR_READ_ONLY) {
      throw DriverErrors.unsupported("an updatable result set");
    }
    if (type != ResultSet.TYPE_FORWARD_ONLY) {
      warnings.add("result sets go forward only, not back as was asked for");
    }
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    throw DriverErrors.unsupported("CALL");
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
    throw DriverErrors.unsupported("CALL");
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    throw DriverErrors.unsupported("CALL");
  }

  /** The text itself: the database understands JDBC's escapes. */
  @Override
  public String nativeSQL(String sql) throws SQLException {
    checkOpen();
    return sql;
  }

  @Override
  public void setAutoCommit(boolean value) throws SQLException {
    checkOpen();
    if (autoCommit && !value) {
      warnings.add(
          "there are no transactions: each statement commits by itself, whatever setAutoCommit says");
      changed = false;
    }
    autoCommit = value;
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    checkOpen();
    return autoCommit;
  }

  @Override
  public void commit() throws SQLException {
    checkOpen();
    if (autoCommit) {
      throw DriverErrors.autoCommit("commit()");
    }
    changed = false;
  }

  @Override
  public void rollback() throws SQLException {
    checkOpen();
    if (autoCommit) {
      throw DriverErrors.autoCommit("rollback()");
    }
    if (changed) {
      changed = false;
      throw DriverErrors.cannotRollBack();
    }
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    throw DriverErrors.unsupported("a savepoint");
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    throw DriverErrors.unsupported("a savepoint");
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    throw DriverErrors.unsupported("a savepoint");
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    throw DriverErrors.unsupported("a savepoint");
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    checkOpen();
    if (level != TRANSACTION_NONE) {
      throw DriverErrors.unsupported("a transaction isolation (each statement reads one snapshot)");
    }
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    checkOpen();
    return TRANSACTION_NONE;
  }

  /** A hint, which changes nothing. */
  @Override
  public void setReadOnly(boolean value) throws SQLException {
    checkOpen();
    readOnly = value;
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    checkOpen();
    return readOnly;
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    checkOpen();
    return new TidemillDatabaseMetaData(this);
  }

  private Namespace namespace() throws SQLException {
    return call(session::namespace);
  }

  @Override
  public String getCatalog() throws SQLException {
    return namespace().catalog();
  }

  @Override
  public String getSchema() throws SQLException {
    return namespace().schema();
  }

  /** A schema of the current catalog. */
  @Override
  public void setSchema(String schema) throws SQLException {
    use(getCatalog(), schema);
  }

  /** The schema of the same name, or else the first, of another catalog. */
  @Override
  public void setCatalog(String catalog) throws SQLException {
    Namespace now = namespace();
    if (catalog.equalsIgnoreCase(now.catalog())) {
      return;
    }
    List<String> schemas = new ArrayList<>();
    for (List<@Nullable Object> row :
        query("SELECT catalog_name, schema_name FROM information_schema.schemata")) {
      if (catalog.equalsIgnoreCase(String.valueOf(row.get(0)))) {
        schemas.add(String.valueOf(row.get(1)));
      }
    }
    boolean same = schemas.isEmpty() || schemas.contains(now.schema());
    use(catalog, same ? now.schema() : schemas.get(0));
  }

  private void use(String catalog, String schema) throws SQLException {
    command("USE " + quoted(catalog) + "." + quoted(schema));
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public boolean isValid(int timeoutSeconds) throws SQLException {
    if (timeoutSeconds < 0) {
      throw DriverErrors.badArgument("the timeout", timeoutSeconds, "0 (none) or more seconds");
    }
    return !closed && session.isOpen();
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  /** Stops what is at work, then closes. */
  @Override
  public void close() throws SQLException {
    if (closed) {
      return;
    }
    for (TidemillStatement statement : statements) {
      try {
        statement.cancel();
      } catch (SQLException closedMeanwhile) {
        forget(statement);
      }
    }
    turn.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      statements.forEach(TidemillStatement::connectionClosed);
      statements.clear();
      session.close();
    } catch (DatabaseException e) {
      throw DriverErrors.of(e);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void abort(Executor executor) throws SQLException {
    if (executor == null) {
      throw DriverErrors.badArgument("the executor", null, "given");
    }
    executor.execute(
        () -> {
          try {
            close();
          } catch (SQLException alreadyGoing) {
            closed = true;
          }
        });
  }

  @Override
  public @Nullable SQLWarning getWarnings() throws SQLException {
    checkOpen();
    return warnings.first();
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
    warnings.clear();
  }

  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    checkOpen();
    return new HashMap<>();
  }

  @Override
  public void setTypeMap(@Nullable Map<String, Class<?>> map) throws SQLException {
    checkOpen();
    if (map != null && !map.isEmpty()) {
      throw DriverErrors.unsupported("a map of types");
    }
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    checkOpen();
    if (holdability != ResultSet.HOLD_CURSORS_OVER_COMMIT) {
      throw DriverErrors.unsupported("closing result sets at commit");
    }
  }

  @Override
  public int getHoldability() throws SQLException {
    checkOpen();
    return ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public Clob createClob() throws SQLException {
    throw DriverErrors.unsupported("CLOB");
  }

  @Override
  public Blob createBlob() throws SQLException {
    throw DriverErrors.unsupported("BLOB");
  }

  @Override
  public NClob createNClob() throws SQLException {
    throw DriverErrors.unsupported("NCLOB");
  }

  @Override
  public SQLXML createSQLXML() throws SQLException {
    throw DriverErrors.unsupported("SQLXML");
  }

  /**
   * @param typeName the elements' type, as {@code VARCHAR} or {@code DECIMAL(10,2)}
   */
  @Override
  public Array createArrayOf(String typeName, @Nullable Object[] elements) throws SQLException {
    checkOpen();
    ColumnType type = type(typeName);
    List<@Nullable Object> values = new ArrayList<>();
    for (Object element : elements) {
      values.add(ParameterValue.of(type, element));
    }
    return new TidemillArray(type, values, ZoneOffset.UTC);
  }

  /**
   * @param typeName as {@code ROW("a" INTEGER, "b" VARCHAR)}
   */
  @Override
  public Struct createStruct(String typeName, @Nullable Object[] attributes) throws SQLException {
    checkOpen();
    ColumnType type = type(typeName);
    if (type.kind() != Kind.ROW || type.parts().size() != attributes.length) {
      throw DriverErrors.badArgument(
          "the type", typeName, "a ROW of " + attributes.length + " fields");
    }
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < attributes.length; i++) {
      values.add(ParameterValue.of(type.parts().get(i), attributes[i]));
    }
    return new TidemillStruct(type, values, ZoneOffset.UTC);
  }

  private static ColumnType type(String name) throws SQLException {
    try {
      return ColumnType.parse(name);
    } catch (IllegalArgumentException e) {
      throw DriverErrors.badArgument("the type", name, "an SQL type");
    }
  }

  /** Kept, and given to nobody. */
  @Override
  public void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
    if (closed) {
      throw new SQLClientInfoException(
          "the connection is closed", "08003", Map.of(name, ClientInfoStatus.REASON_UNKNOWN));
    }
    if (value == null) {
      clientInfo.remove(name);
    } else {
      clientInfo.setProperty(name, value);
    }
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    clientInfo.clear();
    for (String name : properties.stringPropertyNames()) {
      setClientInfo(name, properties.getProperty(name));
    }
  }

  @Override
  public @Nullable String getClientInfo(String name) throws SQLException {
    checkOpen();
    return clientInfo.getProperty(name);
  }

  @Override
  public Properties getClientInfo() throws SQLException {
    checkOpen();
    return (Properties) clientInfo.clone();
  }

  @Override
  public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
    throw DriverErrors.unsupported("a network timeout (there is no network between)");
  }

  @Override
  public int getNetworkTimeout() throws SQLException {
    checkOpen();
    return 0;
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return Wrapping.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
