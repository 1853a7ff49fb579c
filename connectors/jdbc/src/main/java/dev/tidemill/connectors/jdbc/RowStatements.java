package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.storage.table.RowOperation;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows over one connection, in batches. A row that is to replace the one of its key is
 * upserted where the database has a statement for it and a unique key to go by; else the old one is
 * deleted and the new one inserted.
 */
final class RowStatements implements AutoCloseable {
  private static final int ROWS_PER_BATCH = 1000;

  private final Connection connection;
  private final Target target;
  private final Dialect dialect;
  private final List<ColumnValues> values = new ArrayList<>();

  /** Places of the key's columns. */
  private final List<Integer> key = new ArrayList<>();

  private @Nullable PreparedStatement insert;
  private @Nullable PreparedStatement delete;
  private @Nullable PreparedStatement upsert;
  private boolean upsertIsKnown;

  RowStatements(Connection connection, Dialect dialect, Target target) {
    this.connection = connection;
    this.dialect = dialect;
    this.target = target;
    target
        .columns()
        .forEach(column -> values.add(new ColumnValues(dialect, target.written(), column)));
    for (String column : target.key()) {
      key.add(target.names().indexOf(column));
    }
  }

  void deleteAll() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM " + target.sql());
    }
  }

  /**
   * Writes all rows of a batch.
   *
   * @param byKey whether a row that comes may have one of its key before it
   */
  void write(Batch batch, RowOperation operation, boolean byKey) throws SQLException {
    if (operation == RowOperation.DELETE) {
      run(deleting(), batch, key);
    } else if (!byKey) {
      run(inserting(), batch, all());
    } else {
      PreparedStatement merging = upserting();
      if (merging == null) {
        run(deleting(), batch, key);
        run(inserting(), batch, all());
      } else {
        run(merging, batch, all());
      }
    }
  }

  private List<Integer> all() {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      all.add(i);
    }
    return all;
  }

  private void run(PreparedStatement statement, Batch batch, List<Integer> columns)
      throws SQLException {
    int waiting = 0;
    for (int i = 0; i < batch.rowCount(); i++) {
      int row = batch.row(i);
      int parameter = 1;
      for (int column : columns) {
        values.get(column).bind(statement, parameter++, batch.column(column).value(row));
      }
      statement.addBatch();
      if (++waiting == ROWS_PER_BATCH) {
        statement.executeBatch();
        waiting = 0;
      }
    }
    if (waiting > 0) {
      statement.executeBatch();
    }
  }

  private PreparedStatement inserting() throws SQLException {
    PreparedStatement current = insert;
    if (current == null) {
      current = connection.prepareStatement(dialect.insert(target.sql(), target.names()));
      insert = current;
    }
    return current;
  }

  private PreparedStatement deleting() throws SQLException {
    PreparedStatement current = delete;
    if (current == null) {
      current = connection.prepareStatement(dialect.delete(target.sql(), target.key()));
      delete = current;
    }
    return current;
  }

  private @Nullable PreparedStatement upserting() throws SQLException {
    if (!upsertIsKnown) {
      List<Set<String>> unique = uniqueKeys();
      String sql =
          unique.contains(Set.copyOf(target.key()))
              ? dialect.upsert(target.sql(), target.names(), target.key(), unique.size())
              : null;
      upsert = sql == null ? null : connection.prepareStatement(sql);
      upsertIsKnown = true;
    }
    return upsert;
  }

  /** The columns of each unique key that the table has. */
  private List<Set<String>> uniqueKeys() throws SQLException {
    if (dialect == Dialect.POSTGRESQL) {
      return uniqueKeysOfPostgres();
    }
    if (dialect == Dialect.MYSQL) {
      return MySqlColumns.uniqueKeys(connection, target.sql());
    }
    DatabaseMetaData metadata = connection.getMetaData();
    String schema = null;
    String table = null;
    try (ResultSet tables = metadata.getTables(null, null, "%", null)) {
      while (tables.next()) {
        String name = tables.getString("TABLE_NAME");
        String of = tables.getString("TABLE_SCHEM");
        boolean isTarget =
            target.sql().equals(dialect.quoted(name))
                || of != null
                    && target.sql().endsWith(dialect.quoted(of) + "." + dialect.quoted(name));
        if (isTarget) {
          schema = of;
          table = name;
        }
      }
    }
    if (table == null) {
      return List.of();
    }
    Set<String> primary = new HashSet<>();
    try (ResultSet columns = metadata.getPrimaryKeys(null, schema, table)) {
      while (columns.next()) {
        primary.add(columns.getString("COLUMN_NAME"));
      }
    }
    return primary.isEmpty() ? List.of() : List.of(primary);
  }

  /** Of whole tables, not of some rows or of expressions. */
  private List<Set<String>> uniqueKeysOfPostgres() throws SQLException {
    Map<Long, Set<String>> keys = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT i.indexrelid::bigint, a.attname FROM pg_index i"
                + " JOIN pg_attribute a ON a.attrelid = i.indrelid"
                + " AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1])"
                + " WHERE i.indrelid = ?::regclass AND i.indisunique AND i.indisvalid"
                + " AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL")) {
      statement.setString(1, target.sql());
      try (ResultSet columns = statement.executeQuery()) {
        while (columns.next()) {
          keys.computeIfAbsent(columns.getLong(1), k -> new HashSet<>()).add(columns.getString(2));
        }
      }
    }
    return List.copyOf(keys.values());
  }

  @Override
  public void close() {
    for (PreparedStatement statement : new PreparedStatement[] {insert, delete, upsert}) {
      try {
        if (statement != null) {
          statement.close();
        }
      } catch (SQLException e) {
        // The connection that it belongs to is broken.
        continue;
      }
    }
  }
}
