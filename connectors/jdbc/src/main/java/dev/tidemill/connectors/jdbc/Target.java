package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.catalog.TableDefinition.ColumnDefinition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A table of a database as the engine sees it.
 *
 * @param written its name as the option has it
 * @param sql its name in the database's SQL
 * @param columns those that the engine knows, in its order
 * @param key the columns that UPDATE writes by, as the database spells them, possibly none
 */
record Target(String written, String sql, List<JdbcColumn> columns, List<String> key) {
  /** What databases say of a table or a schema that is not there. */
  private static final Set<String> MISSING =
      Set.of("42P01", "3F000", "42S02", "42S03", "42S04", "90079", "42000");

  Target {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
  }

  /**
   * Looks for the table, and creates it where the options say so.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if it is not there, or its columns are
   *     not those that are declared
   */
  static Target find(Database database, JdbcOptions options, TableDefinition definition) {
    TableName name = TableName.parse("table", options.table());
    return database.call(
        "looking for table " + options.table() + " in",
        false,
        connection -> new Finder(database, name, definition).find(connection, options));
  }

  Schema schema() {
    List<Field> fields = new ArrayList<>();
    for (JdbcColumn column : columns) {
      fields.add(ArrowTypes.field(column.name(), column.type(), column.nullable()));
    }
    return new Schema(fields);
  }

  /** Names of all columns as the database spells them. */
  List<String> names() {
    return columns.stream().map(column -> column.actual().name()).toList();
  }

  /** The place of a column in {@link #columns}, or -1. */
  int indexOf(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        return i;
      }
    }
    return -1;
  }

  private record Finder(Database database, TableName name, TableDefinition definition) {
    Target find(Connection connection, JdbcOptions options) throws SQLException {
      SQLException missing = null;
      for (String candidate : name.candidates(database.dialect())) {
        try {
          return described(connection, candidate);
        } catch (SQLException e) {
          if (!isMissing(e)) {
            throw e;
          }
          missing = missing == null ? e : missing;
          connection.rollback();
        }
      }
      if (!options.createTable()) {
        throw JdbcErrors.tableNotFound(
            database.url(),
            name.written(),
            missing == null ? "not found" : database.message(missing));
      }
      create(connection);
      return described(connection, name.folded(database.dialect()));
    }

    private boolean isMissing(SQLException e) {
      String state = e.getSQLState();
      return switch (database.dialect()) {
        case POSTGRESQL, MYSQL, H2 -> state != null && MISSING.contains(state);
        case DUCKDB, SQLITE, OTHER -> !Retries.mayPass(e);
      };
    }

    private Target described(Connection connection, String sql) throws SQLException {
      List<DatabaseColumn> there = new ArrayList<>();
      MySqlColumns own = MySqlColumns.of(database.dialect(), connection, sql);
      try (Statement statement = connection.createStatement();
          ResultSet none = statement.executeQuery("SELECT * FROM " + sql + " WHERE 1 = 0")) {
        ResultSetMetaData columns = none.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          there.add(own.declared(DatabaseColumn.of(database.dialect(), columns, i)));
        }
      }
      List<JdbcColumn> columns =
          definition.storedColumns().isEmpty() ? inferred(there) : declared(there);
      Comparisons comparisons = Comparisons.of(database.dialect(), connection, sql);
      List<JdbcColumn> ruled = new ArrayList<>();
      for (JdbcColumn column : columns) {
        ruled.add(column.with(comparisons.rules(column)));
      }
      return new Target(name.written(), sql, ruled, key(ruled));
    }

    private List<JdbcColumn> inferred(List<DatabaseColumn> there) {
      List<JdbcColumn> columns = new ArrayList<>();
      Set<String> names = new HashSet<>();
      for (DatabaseColumn column : there) {
        Type type = column.type();
        if (type == null) {
          throw JdbcErrors.unreadableType(name.written(), column.name(), column.typeName());
        }
        if (!names.add(column.name().toLowerCase(Locale.ROOT))) {
          throw JdbcErrors.sameNames(name.written(), column.name());
        }
        boolean isKey = definition.primaryKey().stream().anyMatch(column.name()::equalsIgnoreCase);
        columns.add(
            new JdbcColumn(
                column.name(), type, column.nullable() && !isKey, column, FilterRules.NONE));
      }
      return columns;
    }

    private List<JdbcColumn> declared(List<DatabaseColumn> there) {
      List<JdbcColumn> columns = new ArrayList<>();
      for (ColumnDefinition column : definition.storedColumns()) {
        Type type = column.type();
        if (type == null) {
          continue;
        }
        DatabaseColumn actual = named(column.name(), there);
        if (actual == null) {
          throw JdbcErrors.columnNotFound(
              name.written(), column.name(), there.stream().map(DatabaseColumn::name).toList());
        }
        if (!actual.gives(type)) {
          throw database.dialect().typeName(type) == null
              ? JdbcErrors.unsupportedType(column.name(), type, database.dialect().title())
              : JdbcErrors.typeMismatch(column.name(), type, actual.typeName());
        }
        boolean isKey = definition.primaryKey().stream().anyMatch(column.name()::equalsIgnoreCase);
        columns.add(
            new JdbcColumn(
                column.name(), type, column.nullable() && !isKey, actual, FilterRules.NONE));
      }
      return columns;
    }

    private static @Nullable DatabaseColumn named(String name, List<DatabaseColumn> there) {
      DatabaseColumn found = null;
      for (DatabaseColumn column : there) {
        if (column.name().equals(name)) {
          return column;
        }
        if (column.name().equalsIgnoreCase(name)) {
          found = column;
        }
      }
      return found;
    }

    private List<String> key(List<JdbcColumn> columns) {
      List<String> key = new ArrayList<>();
      for (String column : definition.primaryKey()) {
        key.add(
            columns.stream()
                .filter(each -> each.name().equalsIgnoreCase(column))
                .map(each -> each.actual().name())
                .findFirst()
                .orElseThrow(() -> JdbcErrors.keyColumn(column)));
      }
      return key;
    }

    private void create(Connection connection) throws SQLException {
      Dialect dialect = database.dialect();
      // A TIMESTAMP of older MySQLs that does not say so is NOT NULL.
      String nullable = dialect == Dialect.MYSQL ? " NULL" : "";
      List<String> lines = new ArrayList<>();
      List<String> key = new ArrayList<>();
      for (ColumnDefinition column : definition.storedColumns()) {
        Type type = column.type();
        if (type == null) {
          continue;
        }
        boolean isKey = definition.primaryKey().stream().anyMatch(column.name()::equalsIgnoreCase);
        String typeName = typeName(connection, column.name(), type, isKey);
        String quoted = dialect.quoted(dialect.folded(column.name()));
        if (isKey) {
          key.add(quoted);
        }
        lines.add(quoted + " " + typeName + (column.nullable() && !isKey ? nullable : " NOT NULL"));
      }
      if (lines.isEmpty()) {
        throw JdbcErrors.columnsToCreate(name.written());
      }
      if (!key.isEmpty()) {
        lines.add("PRIMARY KEY (" + String.join(", ", key) + ")");
      }
      try (PreparedStatement statement =
          connection.prepareStatement(
              "CREATE TABLE %s (%s)".formatted(name.folded(dialect), String.join(", ", lines)))) {
        statement.execute();
      }
      connection.commit();
    }

    private String typeName(Connection connection, String column, Type type, boolean isKey)
        throws SQLException {
      Dialect dialect = database.dialect();
      String typeName = dialect.typeName(type);
      if (dialect == Dialect.MYSQL && type instanceof Type.Varchar text) {
        return isKey
            ? MySqlColumns.keyText(text, definition.primaryKey().size(), connection)
            : MySqlColumns.text(text);
      }
      if (typeName == null) {
        throw JdbcErrors.unsupportedType(column, type, dialect.title());
      }
      return typeName;
    }
  }
}
