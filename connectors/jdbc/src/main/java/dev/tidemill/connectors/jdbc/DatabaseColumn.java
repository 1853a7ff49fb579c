package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.type.Type;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A column as the database has it.
 *
 * @param jdbcType of {@link Types}
 * @param typeName the database's own, lower case
 * @param type the engine's that has all its values, or null if there is none
 * @param asText whether the engine reads and writes it as the text of another type: UUID, JSON,
 *     enumerations of PostgreSQL
 * @param nullable whether it may hold NULL
 * @param comparesBytes whether its declaration says that only texts of the same bytes are equal
 */
record DatabaseColumn(
    String name,
    int jdbcType,
    String typeName,
    @Nullable Type type,
    boolean asText,
    boolean nullable,
    boolean comparesBytes) {
  private static final int MICROSECONDS = 6;

  /** Digits of a NUMERIC that says none, as they are read unless the column is declared. */
  private static final int FREE_SCALE = 18;

  private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar", "char", "name");

  static DatabaseColumn of(Dialect dialect, ResultSetMetaData columns, int index)
      throws SQLException {
    String typeName = columns.getColumnTypeName(index).toLowerCase(Locale.ROOT);
    int jdbcType = columns.getColumnType(index);
    int precision = columns.getPrecision(index);
    int scale = columns.getScale(index);
    Type type =
        dialect == Dialect.POSTGRESQL
            ? postgres(typeName, jdbcType, precision, scale)
            : standard(dialect, typeName, jdbcType, precision, scale);
    boolean asText =
        dialect == Dialect.POSTGRESQL && type instanceof Type.Varchar && !TEXTS.contains(typeName);
    return new DatabaseColumn(
        columns.getColumnName(index),
        jdbcType,
        typeName,
        type,
        asText,
        columns.isNullable(index) != ResultSetMetaData.columnNoNulls,
        false);
  }

  private static @Nullable Type postgres(String name, int jdbcType, int precision, int scale) {
    return switch (name) {
      case "bool" -> Type.BOOLEAN;
      case "int2", "smallserial" -> Type.SMALLINT;
      case "int4", "serial" -> Type.INTEGER;
      case "int8", "bigserial", "oid" -> Type.BIGINT;
      case "float4" -> Type.REAL;
      case "float8" -> Type.DOUBLE;
      case "numeric" -> decimal(precision, scale);
      case "varchar" ->
          precision > 0 && precision < Type.Varchar.UNBOUNDED
              ? new Type.Varchar(precision)
              : Type.VARCHAR;
      case "bytea" -> Type.VARBINARY;
      case "date" -> Type.DATE;
      case "time" -> new Type.Time(scale);
      case "timestamp" -> new Type.Timestamp(scale);
      case "timestamptz" -> new Type.ZonedTimestamp(scale);
      default ->
          jdbcType == Types.ARRAY || jdbcType == Types.STRUCT || jdbcType == Types.REF_CURSOR
              ? null
              : Type.VARCHAR;
    };
  }

  private static @Nullable Type standard(
      Dialect dialect, String name, int jdbcType, int precision, int scale) {
    boolean unsigned = name.contains("unsigned");
    return switch (jdbcType) {
      case Types.BOOLEAN -> Type.BOOLEAN;
      case Types.BIT -> precision <= 1 ? Type.BOOLEAN : null;
      case Types.TINYINT -> unsigned ? Type.SMALLINT : Type.TINYINT;
      case Types.SMALLINT -> unsigned ? Type.INTEGER : Type.SMALLINT;
      case Types.INTEGER -> unsigned ? Type.BIGINT : Type.INTEGER;
      case Types.BIGINT -> unsigned ? new Type.Decimal(20, 0) : Type.BIGINT;
      case Types.REAL -> dialect == Dialect.SQLITE ? Type.DOUBLE : Type.REAL;
      case Types.FLOAT ->
          dialect == Dialect.DUCKDB || dialect == Dialect.MYSQL ? Type.REAL : Type.DOUBLE;
      case Types.DOUBLE -> Type.DOUBLE;
      case Types.DECIMAL, Types.NUMERIC -> decimal(precision, scale);
      case Types.CHAR,
          Types.VARCHAR,
          Types.LONGVARCHAR,
          Types.NCHAR,
          Types.NVARCHAR,
          Types.LONGNVARCHAR,
          Types.CLOB,
          Types.NCLOB ->
          Type.VARCHAR;
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> Type.VARBINARY;
      case Types.DATE -> dialect == Dialect.SQLITE ? null : Type.DATE;
      case Types.TIME -> dialect == Dialect.SQLITE ? null : new Type.Time(digits(dialect, scale));
      case Types.TIMESTAMP -> timestamp(dialect, name, scale);
      case Types.TIMESTAMP_WITH_TIMEZONE -> new Type.ZonedTimestamp(digits(dialect, scale));
      default -> null;
    };
  }

  private static @Nullable Type timestamp(Dialect dialect, String name, int scale) {
    return switch (dialect) {
      case SQLITE -> null;
      case MYSQL ->
          name.equals("timestamp")
              ? new Type.ZonedTimestamp(MICROSECONDS)
              : new Type.Timestamp(MICROSECONDS);
      case DUCKDB ->
          name.equals("timestamp_ns") ? new Type.Timestamp(9) : new Type.Timestamp(MICROSECONDS);
      case POSTGRESQL, H2, OTHER -> new Type.Timestamp(digits(dialect, scale));
    };
  }

  /** Digits behind the second's point; where the driver does not say, as many as most have. */
  private static int digits(Dialect dialect, int scale) {
    return dialect == Dialect.H2 ? Math.clamp(scale, 0, 9) : MICROSECONDS;
  }

  private static @Nullable Type decimal(int precision, int scale) {
    if (precision == 0 && scale == 0) {
      return new Type.Decimal(Type.MAX_DECIMAL_PRECISION, FREE_SCALE);
    }
    return precision >= 1
            && precision <= Type.MAX_DECIMAL_PRECISION
            && scale >= 0
            && scale <= precision
        ? new Type.Decimal(precision, scale)
        : null;
  }

  /** Whether it is a NUMERIC of PostgreSQL without digits, which keeps every decimal as it is. */
  boolean keepsAllDigits(Dialect dialect) {
    return dialect == Dialect.POSTGRESQL
        && typeName.equals("numeric")
        && new Type.Decimal(Type.MAX_DECIMAL_PRECISION, FREE_SCALE).equals(type);
  }

  /** Whether a column declared so can be read from it; values are checked one by one. */
  boolean gives(Type declared) {
    Type actual = type;
    if (actual == null) {
      return false;
    }
    return switch (declared) {
      case Type.Int t ->
          actual instanceof Type.Int || actual instanceof Type.Decimal d && d.scale() == 0;
      case Type.Decimal t -> actual instanceof Type.Decimal || actual instanceof Type.Int;
      case Type.Real t -> actual instanceof Type.Real || actual instanceof Type.DoubleType;
      case Type.DoubleType t -> actual instanceof Type.Real || actual instanceof Type.DoubleType;
      case Type.Bool t -> actual instanceof Type.Bool;
      case Type.Varchar t -> actual instanceof Type.Varchar;
      case Type.Varbinary t -> actual instanceof Type.Varbinary;
      case Type.Date t -> actual instanceof Type.Date;
      case Type.Time t -> actual instanceof Type.Time;
      case Type.Timestamp t -> actual instanceof Type.Timestamp;
      case Type.ZonedTimestamp t -> actual instanceof Type.ZonedTimestamp;
      case Type.MonthInterval t -> false;
      case Type.TimeInterval t -> false;
      case Type.Array t -> false;
      case Type.MapType t -> false;
      case Type.Row t -> false;
      case Type.Null t -> false;
    };
  }

  /**
   * Whether each value of a column declared so stays as it is when it is written, or is refused by
   * the database; false where digits would be lost without a word.
   */
  boolean keeps(Type declared, Dialect dialect) {
    return switch (declared) {
      case Type.Decimal t ->
          keepsAllDigits(dialect)
              || (type instanceof Type.Decimal actual
                  ? actual.scale() >= t.scale()
                  : t.scale() == 0);
      case Type.DoubleType t -> type instanceof Type.DoubleType;
      case Type.Time t ->
          !(type instanceof Type.Time actual) || actual.precision() >= t.precision();
      case Type.Timestamp t ->
          !(type instanceof Type.Timestamp actual) || actual.precision() >= t.precision();
      case Type.ZonedTimestamp t ->
          !(type instanceof Type.ZonedTimestamp actual) || actual.precision() >= t.precision();
      default -> true;
    };
  }
}
