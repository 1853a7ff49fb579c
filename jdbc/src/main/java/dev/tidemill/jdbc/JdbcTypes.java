package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.ColumnType.Kind;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.Struct;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.Period;
import java.util.Map;

/** The SQL types in JDBC's words. */
final class JdbcTypes {
  private JdbcTypes() {}

  /** The constant of {@link Types}. */
  static int code(ColumnType type) {
    return switch (type.kind()) {
      case BOOLEAN -> Types.BOOLEAN;
      case TINYINT -> Types.TINYINT;
      case SMALLINT -> Types.SMALLINT;
      case INTEGER -> Types.INTEGER;
      case BIGINT -> Types.BIGINT;
      case REAL -> Types.REAL;
      case DOUBLE -> Types.DOUBLE;
      case DECIMAL -> Types.DECIMAL;
      case VARCHAR -> Types.VARCHAR;
      case VARBINARY -> Types.VARBINARY;
      case DATE -> Types.DATE;
      case TIME -> Types.TIME;
      case TIMESTAMP -> Types.TIMESTAMP;
      case ZONED_TIMESTAMP -> Types.TIMESTAMP_WITH_TIMEZONE;
      case MONTH_INTERVAL, TIME_INTERVAL -> Types.OTHER;
      case ARRAY -> Types.ARRAY;
      case MAP -> Types.JAVA_OBJECT;
      case ROW -> Types.STRUCT;
      case NULL -> Types.NULL;
    };
  }

  /** What {@code getObject} gives. */
  static Class<?> objectClass(ColumnType type) {
    return switch (type.kind()) {
      case BOOLEAN -> Boolean.class;
      case TINYINT, SMALLINT, INTEGER -> Integer.class;
      case BIGINT -> Long.class;
      case REAL -> Float.class;
      case DOUBLE -> Double.class;
      case DECIMAL -> BigDecimal.class;
      case VARCHAR -> String.class;
      case VARBINARY -> byte[].class;
      case DATE -> Date.class;
      case TIME -> Time.class;
      case TIMESTAMP -> Timestamp.class;
      case ZONED_TIMESTAMP -> OffsetDateTime.class;
      case MONTH_INTERVAL -> Period.class;
      case TIME_INTERVAL -> Duration.class;
      case ARRAY -> Array.class;
      case MAP -> Map.class;
      case ROW -> Struct.class;
      case NULL -> Object.class;
    };
  }

  /** The name without precision and scale. */
  static String name(ColumnType type) {
    return switch (type.kind()) {
      case ZONED_TIMESTAMP -> "TIMESTAMP WITH LOCAL TIME ZONE";
      case MONTH_INTERVAL, TIME_INTERVAL, ARRAY, MAP, ROW -> type.sql();
      case BOOLEAN,
          TINYINT,
          SMALLINT,
          INTEGER,
          BIGINT,
          REAL,
          DOUBLE,
          DECIMAL,
          VARCHAR,
          VARBINARY,
          DATE,
          TIME,
          TIMESTAMP,
          NULL ->
          type.kind().name();
    };
  }

  /**
   * Digits of numbers, characters of texts and of the texts of times; 0 where it has no meaning.
   */
  static int precision(ColumnType type) {
    return switch (type.kind()) {
      case BOOLEAN -> 1;
      case TINYINT -> 3;
      case SMALLINT -> 5;
      case INTEGER -> 10;
      case BIGINT -> 19;
      case REAL -> 7;
      case DOUBLE -> 15;
      case DECIMAL, VARCHAR -> type.precision();
      case VARBINARY -> Integer.MAX_VALUE;
      case DATE, TIME, TIMESTAMP, ZONED_TIMESTAMP -> displaySize(type);
      case MONTH_INTERVAL, TIME_INTERVAL, ARRAY, MAP, ROW, NULL -> 0;
    };
  }

  /** Digits behind the point, of decimals and of the second. */
  static int scale(ColumnType type) {
    return switch (type.kind()) {
      case DECIMAL -> type.scale();
      case TIME, TIMESTAMP, ZONED_TIMESTAMP -> type.precision();
      case BOOLEAN,
          TINYINT,
          SMALLINT,
          INTEGER,
          BIGINT,
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
          0;
    };
  }

  /** The most characters that the text of a value takes. */
  static int displaySize(ColumnType type) {
    int fraction = type.precision() == 0 ? 0 : type.precision() + 1;
    return switch (type.kind()) {
      case BOOLEAN -> 5;
      case TINYINT -> 4;
      case SMALLINT -> 6;
      case INTEGER -> 11;
      case BIGINT -> 20;
      case REAL -> 15;
      case DOUBLE -> 25;
      case DECIMAL -> type.precision() + 3;
      case VARCHAR -> type.precision();
      case DATE -> 10;
      case TIME -> 8 + fraction;
      case TIMESTAMP -> 19 + fraction;
      case ZONED_TIMESTAMP -> 20 + fraction;
      case MONTH_INTERVAL -> 14;
      case TIME_INTERVAL -> 25;
      case NULL -> 4;
      case VARBINARY, ARRAY, MAP, ROW -> Integer.MAX_VALUE;
    };
  }

  static boolean isSigned(ColumnType type) {
    return switch (type.kind()) {
      case TINYINT, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, DECIMAL -> true;
      case BOOLEAN,
          VARCHAR,
          VARBINARY,
          DATE,
          TIME,
          TIMESTAMP,
          ZONED_TIMESTAMP,
          MONTH_INTERVAL,
          TIME_INTERVAL,
          ARRAY,
          MAP,
          ROW,
          NULL ->
          false;
    };
  }

  /**
   * The type that a constant of {@link Types} asks for, widest form; kind NULL where it asks for
   * none in particular.
   */
  static ColumnType ofCode(int code) {
    return switch (code) {
      case Types.BOOLEAN, Types.BIT -> ColumnType.of(Kind.BOOLEAN);
      case Types.TINYINT -> ColumnType.of(Kind.TINYINT);
      case Types.SMALLINT -> ColumnType.of(Kind.SMALLINT);
      case Types.INTEGER -> ColumnType.of(Kind.INTEGER);
      case Types.BIGINT -> ColumnType.of(Kind.BIGINT);
      case Types.REAL -> ColumnType.of(Kind.REAL);
      case Types.DOUBLE, Types.FLOAT -> ColumnType.of(Kind.DOUBLE);
      case Types.CHAR,
          Types.VARCHAR,
          Types.LONGVARCHAR,
          Types.NCHAR,
          Types.NVARCHAR,
          Types.LONGNVARCHAR ->
          ColumnType.VARCHAR;
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY -> ColumnType.of(Kind.VARBINARY);
      case Types.DATE -> ColumnType.of(Kind.DATE);
      case Types.TIME -> ColumnType.of(Kind.TIME, 9);
      case Types.TIMESTAMP -> ColumnType.of(Kind.TIMESTAMP, 9);
      case Types.TIMESTAMP_WITH_TIMEZONE -> ColumnType.of(Kind.ZONED_TIMESTAMP, 9);
      default -> ColumnType.of(Kind.NULL);
    };
  }

  /** The name of a constant of {@link Types}. */
  static String codeName(int code) {
    for (JDBCType type : JDBCType.values()) {
      if (type.getVendorTypeNumber() == code) {
        return type.getName();
      }
    }
    return Integer.toString(code);
  }
}
