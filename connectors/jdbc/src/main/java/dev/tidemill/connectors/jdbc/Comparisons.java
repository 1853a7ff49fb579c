package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.FilterSupport;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashSet;
import java.util.Set;

/**
 * Which comparisons of a table's columns the database makes as the engine does: texts by their
 * bytes, numbers and times by their values.
 *
 * @param looseTexts columns of PostgreSQL whose collation takes different texts for equal
 * @param byteOrder whether {@code COLLATE "C"} is the order of UTF-8's bytes
 */
record Comparisons(Dialect dialect, Set<String> looseTexts, boolean byteOrder) {
  /** The first PostgreSQL whose collations may take different texts for equal. */
  private static final int LOOSE_COLLATIONS = 12;

  private static final Set<String> PLAIN_TEXTS = Set.of("text", "varchar");

  static Comparisons of(Dialect dialect, Connection connection, String table) throws SQLException {
    if (dialect != Dialect.POSTGRESQL) {
      return new Comparisons(dialect, Set.of(), false);
    }
    Set<String> loose = new HashSet<>();
    if (connection.getMetaData().getDatabaseMajorVersion() >= LOOSE_COLLATIONS) {
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT a.attname FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation"
                  + " WHERE a.attrelid = ?::regclass AND NOT c.collisdeterministic")) {
        statement.setString(1, table);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            loose.add(rows.getString(1));
          }
        }
      }
    }
    try (PreparedStatement statement = connection.prepareStatement("SHOW server_encoding");
        ResultSet row = statement.executeQuery()) {
      return new Comparisons(
          dialect, loose, row.next() && "UTF8".equalsIgnoreCase(row.getString(1)));
    }
  }

  FilterRules rules(JdbcColumn column) {
    Type actual = column.actual().type();
    boolean trusted =
        switch (dialect) {
          case POSTGRESQL, MYSQL, H2, DUCKDB -> true;
          case SQLITE, OTHER -> false;
        };
    return switch (column.type()) {
      case Type.Bool t -> trusted && dialect != Dialect.MYSQL ? onlyEqual() : FilterRules.NONE;
      case Type.Int t ->
          dialect != Dialect.SQLITE && actual instanceof Type.Int
              ? FilterRules.EXACT
              : FilterRules.NONE;
      case Type.Decimal t -> trusted ? FilterRules.EXACT : FilterRules.NONE;
      case Type.Real t ->
          dialect == Dialect.POSTGRESQL && actual instanceof Type.Real
              ? FilterRules.PRUNING
              : FilterRules.NONE;
      case Type.DoubleType t ->
          dialect == Dialect.POSTGRESQL && actual instanceof Type.DoubleType
              ? FilterRules.PRUNING
              : FilterRules.NONE;
      case Type.Varchar t -> texts(column.actual());
      case Type.Varbinary t -> dialect == Dialect.POSTGRESQL ? FilterRules.EXACT : FilterRules.NONE;
      case Type.Date t -> trusted ? FilterRules.EXACT : FilterRules.NONE;
      case Type.Timestamp t ->
          trusted && dialect != Dialect.DUCKDB ? FilterRules.EXACT : FilterRules.NONE;
      case Type.ZonedTimestamp t ->
          dialect == Dialect.POSTGRESQL ? FilterRules.EXACT : FilterRules.NONE;
      case Type.Time t -> FilterRules.NONE;
      case Type.MonthInterval t -> FilterRules.NONE;
      case Type.TimeInterval t -> FilterRules.NONE;
      case Type.Array t -> FilterRules.NONE;
      case Type.MapType t -> FilterRules.NONE;
      case Type.Row t -> FilterRules.NONE;
      case Type.Null t -> FilterRules.NONE;
    };
  }

  private static FilterRules onlyEqual() {
    return new FilterRules(
        FilterSupport.EXACT, FilterSupport.EXACT, FilterSupport.NO, FilterSupport.NO, "");
  }

  private FilterRules texts(DatabaseColumn column) {
    return switch (dialect) {
      case POSTGRESQL -> {
        if (!PLAIN_TEXTS.contains(column.typeName()) || looseTexts.contains(column.name())) {
          yield FilterRules.NONE;
        }
        yield new FilterRules(
            FilterSupport.EXACT,
            FilterSupport.EXACT,
            byteOrder ? FilterSupport.PRUNING : FilterSupport.NO,
            FilterSupport.EXACT,
            " COLLATE \"C\"");
      }
      case H2, DUCKDB ->
          column.jdbcType() == Types.VARCHAR ? FilterRules.WIDER_EQUAL : FilterRules.NONE;
      case MYSQL -> column.comparesBytes() ? FilterRules.WIDER_EQUAL : FilterRules.NONE;
      case SQLITE, OTHER -> FilterRules.NONE;
    };
  }

  /** Whether two texts of a key that differ are two keys to the database. */
  static boolean tellsKeysApart(Dialect dialect, JdbcColumn column) {
    if (!(column.type() instanceof Type.Varchar)) {
      return true;
    }
    return dialect == Dialect.POSTGRESQL
        ? column.rules().equal() == FilterSupport.EXACT
        : column.actual().comparesBytes()
            || dialect.comparesBytes()
                && column.actual().jdbcType() == Types.VARCHAR
                && !column.actual().typeName().contains("ignorecase");
  }
}
