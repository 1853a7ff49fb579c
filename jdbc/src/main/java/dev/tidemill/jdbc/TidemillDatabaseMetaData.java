package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnDescription;
import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.ColumnType.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.RowIdLifetime;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is in the database, read from its {@code information_schema} at each call. Names match in
 * any case. An empty catalog or schema matches nothing, since every table has both.
 */
final class TidemillDatabaseMetaData extends DatabaseTraits {
  /** With more names than these all are looked up. */
  private static final int MOST_NAMED = 100;

  private static final List<String> TABLE_TYPES = List.of("SYSTEM TABLE", "TABLE", "VIEW");

  private static final List<ColumnDescription> TABLE_COLUMNS =
      columns(
          "TABLE_CAT",
          "TABLE_SCHEM",
          "TABLE_NAME",
          "TABLE_TYPE",
          "REMARKS",
          "TYPE_CAT",
          "TYPE_SCHEM",
          "TYPE_NAME",
          "SELF_REFERENCING_COL_NAME",
          "REF_GENERATION");

  private static final List<ColumnDescription> COLUMN_COLUMNS =
      columns(
          "TABLE_CAT",
          "TABLE_SCHEM",
          "TABLE_NAME",
          "COLUMN_NAME",
          "DATA_TYPE INTEGER",
          "TYPE_NAME",
          "COLUMN_SIZE INTEGER",
          "BUFFER_LENGTH INTEGER",
          "DECIMAL_DIGITS INTEGER",
          "NUM_PREC_RADIX INTEGER",
          "NULLABLE INTEGER",
          "REMARKS",
          "COLUMN_DEF",
          "SQL_DATA_TYPE INTEGER",
          "SQL_DATETIME_SUB INTEGER",
          "CHAR_OCTET_LENGTH INTEGER",
          "ORDINAL_POSITION INTEGER",
          "IS_NULLABLE",
          "SCOPE_CATALOG",
          "SCOPE_SCHEMA",
          "SCOPE_TABLE",
          "SOURCE_DATA_TYPE SMALLINT",
          "IS_AUTOINCREMENT",
          "IS_GENERATEDCOLUMN");

  private static final List<ColumnDescription> TYPE_COLUMNS =
      columns(
          "TYPE_NAME",
          "DATA_TYPE INTEGER",
          "PRECISION INTEGER",
          "LITERAL_PREFIX",
          "LITERAL_SUFFIX",
          "CREATE_PARAMS",
          "NULLABLE SMALLINT",
          "CASE_SENSITIVE BOOLEAN",
          "SEARCHABLE SMALLINT",
          "UNSIGNED_ATTRIBUTE BOOLEAN",
          "FIXED_PREC_SCALE BOOLEAN",
          "AUTO_INCREMENT BOOLEAN",
          "LOCAL_TYPE_NAME",
          "MINIMUM_SCALE SMALLINT",
          "MAXIMUM_SCALE SMALLINT",
          "SQL_DATA_TYPE INTEGER",
          "SQL_DATETIME_SUB INTEGER",
          "NUM_PREC_RADIX INTEGER");

  private static final Comparator<List<@Nullable Object>> BY_NAME =
      Comparator.comparing((List<@Nullable Object> row) -> text(row, 0))
          .thenComparing(row -> text(row, 1))
          .thenComparing(row -> text(row, 2));

  private final TidemillConnection connection;

  TidemillDatabaseMetaData(TidemillConnection connection) {
    this.connection = connection;
  }

  /** Columns by name, VARCHAR where no type stands behind the name. */
  private static List<ColumnDescription> columns(String... names) {
    List<ColumnDescription> columns = new ArrayList<>();
    for (String name : names) {
      int blank = name.indexOf(' ');
      columns.add(
          blank < 0
              ? new ColumnDescription(name, ColumnType.VARCHAR, true)
              : new ColumnDescription(
                  name.substring(0, blank), ColumnType.parse(name.substring(blank + 1)), true));
    }
    return columns;
  }

  private static ResultSet rows(
      List<ColumnDescription> columns, List<? extends List<? extends @Nullable Object>> rows) {
    return new TidemillResultSet(new StoredResult(columns, rows));
  }

  private static ResultSet none(String... names) {
    return rows(columns(names), List.of());
  }

  private static String text(List<@Nullable Object> row, int column) {
    return String.valueOf(row.get(column));
  }

  @Override
  public ResultSet getCatalogs() throws SQLException {
    Set<String> names = new LinkedHashSet<>();
    for (List<@Nullable Object> row : schemata()) {
      names.add(text(row, 0));
    }
    return rows(columns("TABLE_CAT"), names.stream().sorted().map(List::of).toList());
  }

  @Override
  public ResultSet getSchemas() throws SQLException {
    return getSchemas(null, null);
  }

  @Override
  public ResultSet getSchemas(@Nullable String catalog, @Nullable String schemaPattern)
      throws SQLException {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> row : schemata()) {
      if (isName(catalog, text(row, 0)) && NamePattern.matches(schemaPattern, text(row, 1))) {
        found.add(Arrays.asList(row.get(1), row.get(0)));
      }
    }
    found.sort(
        Comparator.comparing((List<@Nullable Object> row) -> text(row, 1))
            .thenComparing(row -> text(row, 0)));
    return rows(columns("TABLE_SCHEM", "TABLE_CATALOG"), found);
  }

  private List<List<@Nullable Object>> schemata() throws SQLException {
    return connection.query("SELECT catalog_name, schema_name FROM information_schema.schemata");
  }

  /** A catalog's name is no pattern. */
  private static boolean isName(@Nullable String wanted, String name) {
    return wanted == null || wanted.equalsIgnoreCase(name);
  }

  @Override
  public ResultSet getTableTypes() {
    return rows(columns("TABLE_TYPE"), TABLE_TYPES.stream().map(List::of).toList());
  }

  @Override
  public ResultSet getTables(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      String @Nullable [] types)
      throws SQLException {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> row :
        connection.query(
            "SELECT table_catalog, table_schema, table_name, table_type FROM information_schema.tables")) {
      String type = text(row, 3).equals("BASE TABLE") ? "TABLE" : text(row, 3);
      if (matches(row, catalog, schemaPattern, tablePattern)
          && (types == null || Arrays.stream(types).anyMatch(type::equalsIgnoreCase))) {
        found.add(
            Arrays.asList(
                row.get(0), row.get(1), row.get(2), type, null, null, null, null, null, null));
      }
    }
    found.sort(
        Comparator.comparing((List<@Nullable Object> row) -> text(row, 3)).thenComparing(BY_NAME));
    return rows(TABLE_COLUMNS, found);
  }

  private static boolean matches(
      List<@Nullable Object> row,
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern) {
    return isName(catalog, text(row, 0))
        && NamePattern.matches(schemaPattern, text(row, 1))
        && NamePattern.matches(tablePattern, text(row, 2));
  }

  @Override
  public ResultSet getColumns(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      @Nullable String columnPattern)
      throws SQLException {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> row :
        connection.query(
            "SELECT table_catalog, table_schema, table_name, column_name, ordinal_position, data_type, is_nullable,"
                + " is_generated FROM information_schema.columns"
                + ofTables(catalog, schemaPattern, tablePattern))) {
      if (matches(row, catalog, schemaPattern, tablePattern)
          && NamePattern.matches(columnPattern, text(row, 3))) {
        found.add(column(row));
      }
    }
    found.sort(
        BY_NAME.thenComparing(
            Comparator.comparing((List<@Nullable Object> row) -> Integer.valueOf(text(row, 16)))));
    return rows(COLUMN_COLUMNS, found);
  }

  /**
   * A condition that names the tables that match, so that the columns of others, which might have
   * to be read from files, are not looked up.
   */
  private String ofTables(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String tablePattern)
      throws SQLException {
    Set<String> names = new LinkedHashSet<>();
    for (List<@Nullable Object> row :
        connection.query(
            "SELECT table_catalog, table_schema, table_name FROM information_schema.tables")) {
      if (matches(row, catalog, schemaPattern, tablePattern)) {
        names.add(literal(text(row, 2)));
      }
    }
    if (names.isEmpty()) {
      return " WHERE FALSE";
    }
    return names.size() > MOST_NAMED
        ? ""
        : " WHERE table_name IN (" + String.join(", ", names) + ")";
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /**
   * @param row as {@link #getColumns} selects it
   */
  private static List<@Nullable Object> column(List<@Nullable Object> row) {
    ColumnType type = ColumnType.parse(text(row, 5));
    boolean nullable = text(row, 6).equals("YES");
    boolean generated = text(row, 7).equals("ALWAYS");
    return Arrays.asList(
        row.get(0),
        row.get(1),
        row.get(2),
        row.get(3),
        JdbcTypes.code(type),
        JdbcTypes.name(type),
        JdbcTypes.precision(type),
        null,
        hasDigits(type) ? JdbcTypes.scale(type) : null,
        radix(type),
        nullable ? columnNullable : columnNoNulls,
        null,
        null,
        null,
        null,
        type.kind() == Kind.VARCHAR ? Integer.MAX_VALUE : null,
        Integer.valueOf(text(row, 4)),
        nullable ? "YES" : "NO",
        null,
        null,
        null,
        null,
        "NO",
        generated ? "YES" : "NO");
  }

  private static boolean hasDigits(ColumnType type) {
    return switch (type.kind()) {
      case TINYINT, SMALLINT, INTEGER, BIGINT, DECIMAL, TIME, TIMESTAMP, ZONED_TIMESTAMP -> true;
      case BOOLEAN,
          REAL,
          DOUBLE,
          VARCHAR,
          VARBINARY,
          DATE,
          MONTH_INTERVAL,
          TIME_INTERVAL,
          ARRAY,
          MAP,
          ROW,
          NULL ->
          false;
    };
  }

  private static @Nullable Integer radix(ColumnType type) {
    return JdbcTypes.isSigned(type) ? 10 : null;
  }

  /** The types that a column can be declared with, in the order of {@code DATA_TYPE}. */
  @Override
  public ResultSet getTypeInfo() {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      switch (kind) {
        case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, VARBINARY ->
            add(kind, 0, null, null, found);
        case DECIMAL -> add(kind, 38, null, "precision,scale", found);
        case VARCHAR -> add(kind, ColumnType.UNBOUNDED, "'", "length", found);
        case DATE -> add(kind, 0, "DATE '", null, found);
        case TIME -> add(kind, 9, "TIME '", "precision", found);
        case TIMESTAMP -> add(kind, 9, "TIMESTAMP '", "precision", found);
        case ZONED_TIMESTAMP, MONTH_INTERVAL, TIME_INTERVAL, ARRAY, MAP, ROW, NULL -> {}
      }
    }
    found.sort(Comparator.comparing((List<@Nullable Object> row) -> (Integer) row.get(1)));
    return rows(TYPE_COLUMNS, found);
  }

  private static void add(
      Kind kind,
      int precision,
      @Nullable String prefix,
      @Nullable String parameters,
      List<List<@Nullable Object>> found) {
    ColumnType type = ColumnType.of(kind, precision);
    short mostScale = (short) (kind == Kind.DECIMAL ? 38 : JdbcTypes.scale(type));
    found.add(
        Arrays.asList(
            JdbcTypes.name(type),
            JdbcTypes.code(type),
            JdbcTypes.precision(type),
            prefix,
            prefix == null ? null : "'",
            parameters,
            (short) typeNullable,
            kind == Kind.VARCHAR,
            (short) (kind == Kind.VARCHAR ? typeSearchable : typePredBasic),
            !JdbcTypes.isSigned(type),
            false,
            false,
            null,
            (short) 0,
            mostScale,
            null,
            null,
            radix(type)));
  }

  /** Those that tables were declared with, also where they are not enforced. */
  @Override
  public ResultSet getPrimaryKeys(@Nullable String catalog, @Nullable String schema, String table)
      throws SQLException {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> row :
        connection.query(
            "SELECT table_catalog, table_schema, table_name, column_name, ordinal_position, constraint_name"
                + " FROM information_schema.key_column_usage WHERE table_name = "
                + literal(table))) {
      if (isName(catalog, text(row, 0)) && isName(schema, text(row, 1))) {
        row.set(4, Short.valueOf(text(row, 4)));
        found.add(row);
      }
    }
    found.sort(Comparator.comparing(row -> text(row, 3)));
    return rows(
        columns(
            "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "COLUMN_NAME", "KEY_SEQ SMALLINT", "PK_NAME"),
        found);
  }

  @Override
  public ResultSet getImportedKeys(
      @Nullable String catalog, @Nullable String schema, String table) {
    return noForeignKeys();
  }

  @Override
  public ResultSet getExportedKeys(
      @Nullable String catalog, @Nullable String schema, String table) {
    return noForeignKeys();
  }

  @Override
  public ResultSet getCrossReference(
      @Nullable String parentCatalog,
      @Nullable String parentSchema,
      String parentTable,
      @Nullable String foreignCatalog,
      @Nullable String foreignSchema,
      String foreignTable) {
    return noForeignKeys();
  }

  private static ResultSet noForeignKeys() {
    return none(
        "PKTABLE_CAT",
        "PKTABLE_SCHEM",
        "PKTABLE_NAME",
        "PKCOLUMN_NAME",
        "FKTABLE_CAT",
        "FKTABLE_SCHEM",
        "FKTABLE_NAME",
        "FKCOLUMN_NAME",
        "KEY_SEQ SMALLINT",
        "UPDATE_RULE SMALLINT",
        "DELETE_RULE SMALLINT",
        "FK_NAME",
        "PK_NAME",
        "DEFERRABILITY SMALLINT");
  }

  @Override
  public ResultSet getIndexInfo(
      @Nullable String catalog,
      @Nullable String schema,
      String table,
      boolean unique,
      boolean approximate) {
    return none(
        "TABLE_CAT",
        "TABLE_SCHEM",
        "TABLE_NAME",
        "NON_UNIQUE BOOLEAN",
        "INDEX_QUALIFIER",
        "INDEX_NAME",
        "TYPE SMALLINT",
        "ORDINAL_POSITION SMALLINT",
        "COLUMN_NAME",
        "ASC_OR_DESC",
        "CARDINALITY BIGINT",
        "PAGES BIGINT",
        "FILTER_CONDITION");
  }

  @Override
  public ResultSet getBestRowIdentifier(
      @Nullable String catalog,
      @Nullable String schema,
      String table,
      int scope,
      boolean nullable) {
    return noRowColumns();
  }

  @Override
  public ResultSet getVersionColumns(
      @Nullable String catalog, @Nullable String schema, String table) {
    return noRowColumns();
  }

  private static ResultSet noRowColumns() {
    return none(
        "SCOPE SMALLINT",
        "COLUMN_NAME",
        "DATA_TYPE INTEGER",
        "TYPE_NAME",
        "COLUMN_SIZE INTEGER",
        "BUFFER_LENGTH INTEGER",
        "DECIMAL_DIGITS SMALLINT",
        "PSEUDO_COLUMN SMALLINT");
  }

  @Override
  public ResultSet getColumnPrivileges(
      @Nullable String catalog,
      @Nullable String schema,
      String table,
      @Nullable String columnPattern) {
    return none(
        "TABLE_CAT",
        "TABLE_SCHEM",
        "TABLE_NAME",
        "COLUMN_NAME",
        "GRANTOR",
        "GRANTEE",
        "PRIVILEGE",
        "IS_GRANTABLE");
  }

  @Override
  public ResultSet getTablePrivileges(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String tablePattern) {
    return none(
        "TABLE_CAT",
        "TABLE_SCHEM",
        "TABLE_NAME",
        "GRANTOR",
        "GRANTEE",
        "PRIVILEGE",
        "IS_GRANTABLE");
  }

  @Override
  public ResultSet getProcedures(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String namePattern) {
    return none(
        "PROCEDURE_CAT",
        "PROCEDURE_SCHEM",
        "PROCEDURE_NAME",
        "RESERVED1",
        "RESERVED2",
        "RESERVED3",
        "REMARKS",
        "PROCEDURE_TYPE SMALLINT",
        "SPECIFIC_NAME");
  }

  @Override
  public ResultSet getProcedureColumns(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String namePattern,
      @Nullable String columnPattern) {
    return none(
        "PROCEDURE_CAT",
        "PROCEDURE_SCHEM",
        "PROCEDURE_NAME",
        "COLUMN_NAME",
        "COLUMN_TYPE SMALLINT",
        "DATA_TYPE INTEGER",
        "TYPE_NAME",
        "PRECISION INTEGER",
        "LENGTH INTEGER",
        "SCALE SMALLINT",
        "RADIX SMALLINT",
        "NULLABLE SMALLINT",
        "REMARKS",
        "COLUMN_DEF",
        "SQL_DATA_TYPE INTEGER",
        "SQL_DATETIME_SUB INTEGER",
        "CHAR_OCTET_LENGTH INTEGER",
        "ORDINAL_POSITION INTEGER",
        "IS_NULLABLE",
        "SPECIFIC_NAME");
  }

  /** Those built in and those of users; of the latter the remark is the class. */
  @Override
  public ResultSet getFunctions(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String namePattern)
      throws SQLException {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> row :
        connection.query(
            "SELECT routine_catalog, routine_schema, routine_name, function_kind, external_name"
                + " FROM information_schema.routines")) {
      if (matches(row, catalog, schemaPattern, namePattern)) {
        int type = text(row, 3).equals("table") ? functionReturnsTable : functionNoTable;
        found.add(Arrays.asList(row.get(0), row.get(1), row.get(2), row.get(4), type, row.get(2)));
      }
    }
    found.sort(BY_NAME);
    return rows(
        columns(
            "FUNCTION_CAT",
            "FUNCTION_SCHEM",
            "FUNCTION_NAME",
            "REMARKS",
            "FUNCTION_TYPE SMALLINT",
            "SPECIFIC_NAME"),
        found);
  }

  @Override
  public ResultSet getFunctionColumns(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String namePattern,
      @Nullable String columnPattern) {
    return none(
        "FUNCTION_CAT",
        "FUNCTION_SCHEM",
        "FUNCTION_NAME",
        "COLUMN_NAME",
        "COLUMN_TYPE SMALLINT",
        "DATA_TYPE INTEGER",
        "TYPE_NAME",
        "PRECISION INTEGER",
        "LENGTH INTEGER",
        "SCALE SMALLINT",
        "RADIX SMALLINT",
        "NULLABLE SMALLINT",
        "REMARKS",
        "CHAR_OCTET_LENGTH INTEGER",
        "ORDINAL_POSITION INTEGER",
        "IS_NULLABLE",
        "SPECIFIC_NAME");
  }

  @Override
  public ResultSet getPseudoColumns(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      @Nullable String columnPattern) {
    return none(
        "TABLE_CAT",
        "TABLE_SCHEM",
        "TABLE_NAME",
        "COLUMN_NAME",
        "DATA_TYPE INTEGER",
        "COLUMN_SIZE INTEGER",
        "DECIMAL_DIGITS INTEGER",
        "NUM_PREC_RADIX INTEGER",
        "COLUMN_USAGE",
        "REMARKS",
        "CHAR_OCTET_LENGTH INTEGER",
        "IS_NULLABLE");
  }

  @Override
  public ResultSet getUDTs(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String namePattern,
      int @Nullable [] types) {
    return none(
        "TYPE_CAT",
        "TYPE_SCHEM",
        "TYPE_NAME",
        "CLASS_NAME",
        "DATA_TYPE INTEGER",
        "REMARKS",
        "BASE_TYPE SMALLINT");
  }

  @Override
  public ResultSet getSuperTypes(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String namePattern) {
    return none(
        "TYPE_CAT",
        "TYPE_SCHEM",
        "TYPE_NAME",
        "SUPERTYPE_CAT",
        "SUPERTYPE_SCHEM",
        "SUPERTYPE_NAME");
  }

  @Override
  public ResultSet getSuperTables(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String tablePattern) {
    return none("TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "SUPERTABLE_NAME");
  }

  @Override
  public ResultSet getAttributes(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String typePattern,
      @Nullable String attributePattern) {
    return none(
        "TYPE_CAT",
        "TYPE_SCHEM",
        "TYPE_NAME",
        "ATTR_NAME",
        "DATA_TYPE INTEGER",
        "ATTR_TYPE_NAME",
        "ATTR_SIZE INTEGER",
        "DECIMAL_DIGITS INTEGER",
        "NUM_PREC_RADIX INTEGER",
        "NULLABLE INTEGER",
        "REMARKS",
        "ATTR_DEF",
        "SQL_DATA_TYPE INTEGER",
        "SQL_DATETIME_SUB INTEGER",
        "CHAR_OCTET_LENGTH INTEGER",
        "ORDINAL_POSITION INTEGER",
        "IS_NULLABLE",
        "SCOPE_CATALOG",
        "SCOPE_SCHEMA",
        "SCOPE_TABLE",
        "SOURCE_DATA_TYPE SMALLINT");
  }

  @Override
  public ResultSet getClientInfoProperties() {
    return none("NAME", "MAX_LEN INTEGER", "DEFAULT_VALUE", "DESCRIPTION");
  }

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public String getURL() {
    return connection.url();
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return connection.isReadOnly();
  }

  @Override
  public String getDatabaseProductVersion() {
    return connection.productVersion();
  }

  @Override
  public int getDatabaseMajorVersion() {
    return DriverVersion.part(connection.productVersion(), 0);
  }

  @Override
  public int getDatabaseMinorVersion() {
    return DriverVersion.part(connection.productVersion(), 1);
  }

  @Override
  public String getDriverVersion() {
    return DriverVersion.TEXT;
  }

  @Override
  public int getDriverMajorVersion() {
    return DriverVersion.MAJOR;
  }

  @Override
  public int getDriverMinorVersion() {
    return DriverVersion.MINOR;
  }

  /** The words of the statements that SQL does not have, reserved or not. */
  @Override
  public String getSQLKeywords() {
    return String.join(
        ",",
        List.of(
            "ANALYZE",
            "APPEND",
            "CACHE",
            "CHANGES",
            "COMPACT",
            "COMPLETE",
            "COPY",
            "DESCRIBE",
            "EMIT",
            "EXPLAIN",
            "MODE",
            "PAUSE",
            "QUERY",
            "REFRESH",
            "RESUME",
            "SHOW",
            "STANDING",
            "STOP",
            "TRIGGER",
            "UNCACHE",
            "USE",
            "VERIFY",
            "WATERMARK"));
  }

  @Override
  public RowIdLifetime getRowIdLifetime() {
    return RowIdLifetime.ROWID_UNSUPPORTED;
  }

  @Override
  public boolean supportsTransactionIsolationLevel(int level) {
    return level == Connection.TRANSACTION_NONE;
  }

  @Override
  public boolean supportsResultSetType(int type) {
    return type == ResultSet.TYPE_FORWARD_ONLY;
  }

  @Override
  public boolean supportsResultSetConcurrency(int type, int concurrency) {
    return supportsResultSetType(type) && concurrency == ResultSet.CONCUR_READ_ONLY;
  }

  @Override
  public boolean supportsResultSetHoldability(int holdability) {
    return holdability == ResultSet.HOLD_CURSORS_OVER_COMMIT;
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
