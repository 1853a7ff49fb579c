package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Values of one column on their way from and to the database, none of them changed. */
final class ColumnValues {
  private static final int NANOS_PER_SECOND = 1_000_000_000;

  private final Dialect dialect;
  private final String table;
  private final JdbcColumn column;
  private final Type type;

  ColumnValues(Dialect dialect, String table, JdbcColumn column) {
    this.dialect = dialect;
    this.table = table;
    this.column = column;
    this.type = column.type();
  }

  /** Sets a parameter to an object of the class that {@link Type} names, or to NULL. */
  void bind(PreparedStatement statement, int parameter, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null ->
          statement.setNull(
              parameter, column.actual().asText() ? Types.OTHER : column.actual().jdbcType());
      case Boolean v -> statement.setBoolean(parameter, v);
      case Byte v -> statement.setShort(parameter, v);
      case Short v -> statement.setShort(parameter, v);
      case Integer v -> statement.setInt(parameter, v);
      case Long v -> statement.setLong(parameter, v);
      case Float v -> statement.setFloat(parameter, v);
      case Double v -> statement.setDouble(parameter, v);
      case BigDecimal v -> statement.setBigDecimal(parameter, v);
      case String v when column.actual().asText() -> statement.setObject(parameter, v, Types.OTHER);
      case String v -> statement.setString(parameter, v);
      case byte[] v -> statement.setBytes(parameter, v);
      case Instant v -> statement.setObject(parameter, OffsetDateTime.ofInstant(v, ZoneOffset.UTC));
      default -> statement.setObject(parameter, value);
    }
  }

  /**
   * Appends the value of the current row.
   *
   * @throws TidemillException if the column's type does not have it
   */
  void read(ResultSet rows, int index, ColumnBuilder to) throws SQLException {
    switch (type) {
      case Type.Bool t -> {
        boolean value = rows.getBoolean(index);
        if (!isNull(rows, to)) {
          to.appendBoolean(value);
        }
      }
      case Type.Int t -> {
        long value = rows.getLong(index);
        if (!isNull(rows, to)) {
          to.appendLong(inRange(value, t.bits()));
        }
      }
      case Type.Real t -> readReal(rows, index, to);
      case Type.DoubleType t -> {
        double value = rows.getDouble(index);
        if (!isNull(rows, to)) {
          to.appendDouble(value);
        }
      }
      case Type.Varbinary t -> {
        byte[] value = rows.getBytes(index);
        if (!isNull(rows, to)) {
          to.appendBytes(value, 0, value.length);
        }
      }
      case Type.Decimal t -> append(decimal(rows, index, t), to);
      case Type.Varchar t -> append(text(rows.getString(index), t), to);
      case Type.Date t -> append(date(real(rows, index, LocalDate.class)), to);
      case Type.Time t -> append(time(timeOfDay(rows, index), t), to);
      case Type.Timestamp t ->
          append(timestamp(real(rows, index, LocalDateTime.class), t.precision()), to);
      case Type.ZonedTimestamp t ->
          append(instant(real(rows, index, OffsetDateTime.class), t.precision()), to);
      case Type.MonthInterval t -> throw unreadable(t);
      case Type.TimeInterval t -> throw unreadable(t);
      case Type.Array t -> throw unreadable(t);
      case Type.MapType t -> throw unreadable(t);
      case Type.Row t -> throw unreadable(t);
      case Type.Null t -> throw unreadable(t);
    }
  }

  /**
   * A date or a time, or null where it is NULL. MySQL has days that no calendar has (2026-00-00),
   * which drivers give as NULL or as errors, and times of more than a day.
   */
  private <T> @Nullable T real(ResultSet rows, int index, Class<T> kind) throws SQLException {
    T value;
    try {
      value = rows.getObject(index, kind);
    } catch (DateTimeException e) {
      String text = textOf(rows, index);
      throw wrong(text == null ? "a day that no calendar has" : text);
    } catch (SQLException e) {
      String text = Retries.mayPass(e) ? null : textOf(rows, index);
      if (text == null) {
        throw e;
      }
      throw wrong(text);
    }
    if (value == null) {
      String text = rows.getString(index);
      if (text != null) {
        throw wrong(text);
      }
    }
    return value;
  }

  /** Those of MySQL go from -838 to 838 hours, and its drivers cut off the days. */
  private @Nullable LocalTime timeOfDay(ResultSet rows, int index) throws SQLException {
    if (dialect != Dialect.MYSQL) {
      return real(rows, index, LocalTime.class);
    }
    String text = rows.getString(index);
    try {
      return text == null ? null : LocalTime.parse(text);
    } catch (DateTimeException e) {
      throw wrong(text);
    }
  }

  private static @Nullable String textOf(ResultSet rows, int index) {
    try {
      return rows.getString(index);
    } catch (SQLException | DateTimeException e) {
      return null;
    }
  }

  private static IllegalStateException unreadable(Type type) {
    return new IllegalStateException("no column of a database is " + type);
  }

  /** Whether what was read last is NULL, which is appended then. */
  private boolean isNull(ResultSet rows, ColumnBuilder to) throws SQLException {
    if (!rows.wasNull()) {
      return false;
    }
    append(null, to);
    return true;
  }

  private void append(@Nullable Object value, ColumnBuilder to) {
    if (value == null && !column.nullable()) {
      throw JdbcErrors.nullRead(table, column.name());
    }
    try {
      to.appendValue(value);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw wrong(String.valueOf(value));
    }
  }

  private TidemillException wrong(String value) {
    return JdbcErrors.value(table, column.name(), type, value);
  }

  private long inRange(long value, int bits) {
    if (value << 64 - bits >> 64 - bits != value) {
      throw wrong(Long.toString(value));
    }
    return value;
  }

  private void readReal(ResultSet rows, int index, ColumnBuilder to) throws SQLException {
    if (column.actual().type() instanceof Type.Real) {
      float value = rows.getFloat(index);
      if (!isNull(rows, to)) {
        to.appendDouble(value);
      }
      return;
    }
    double value = rows.getDouble(index);
    if (!isNull(rows, to)) {
      if (Double.compare((float) value, value) != 0) {
        throw wrong(Double.toString(value));
      }
      to.appendDouble(value);
    }
  }

  private @Nullable BigDecimal decimal(ResultSet rows, int index, Type.Decimal decimal)
      throws SQLException {
    BigDecimal value;
    try {
      value = rows.getBigDecimal(index);
    } catch (SQLException | NumberFormatException e) {
      String text = rows.getString(index);
      if (text == null) {
        throw e;
      }
      throw wrong(text);
    }
    if (value == null) {
      return null;
    }
    try {
      BigDecimal scaled = value.setScale(decimal.scale(), RoundingMode.UNNECESSARY);
      if (scaled.precision() <= decimal.precision()) {
        return scaled;
      }
    } catch (ArithmeticException e) {
      throw wrong(value.toPlainString());
    }
    throw wrong(value.toPlainString());
  }

  private @Nullable String text(@Nullable String value, Type.Varchar varchar) {
    if (value != null
        && value.length() > varchar.maxLength()
        && value.codePointCount(0, value.length()) > varchar.maxLength()) {
      throw wrong("'" + value + "'");
    }
    return value;
  }

  /** Days that 32 bits have; drivers give {@code infinity} as the last of all. */
  private @Nullable LocalDate date(@Nullable LocalDate value) {
    if (value != null && value.toEpochDay() != (int) value.toEpochDay()) {
      throw wrong(value.equals(LocalDate.MAX) ? "infinity" : value.toString());
    }
    return value;
  }

  /** A time of day; drivers give 24:00 as the last nanosecond there is. */
  private @Nullable LocalTime time(@Nullable LocalTime value, Type.Time time) {
    if (value == null) {
      return null;
    }
    boolean isMidnight =
        value.equals(LocalTime.MAX)
            && column.actual().type() instanceof Type.Time actual
            && actual.precision() < TimeUnits.MAX_PRECISION;
    if (isMidnight || value.getNano() % TimeUnits.nanosPerDigit(time.precision()) != 0) {
      throw wrong(isMidnight ? "24:00:00" : value.toString());
    }
    return value;
  }

  private @Nullable LocalDateTime timestamp(@Nullable LocalDateTime value, int precision) {
    if (value != null) {
      requireInstant(value.toEpochSecond(ZoneOffset.UTC), value.getNano(), precision, value);
    }
    return value;
  }

  private @Nullable Instant instant(@Nullable OffsetDateTime value, int precision) {
    if (value == null) {
      return null;
    }
    requireInstant(value.toEpochSecond(), value.getNano(), precision, value);
    return value.toInstant();
  }

  private void requireInstant(long seconds, int nanos, int precision, Object value) {
    long most = Long.MAX_VALUE / TimeUnits.perSecond(precision) - 1;
    boolean fits = seconds <= most && seconds >= -most;
    if (!fits || nanos % TimeUnits.nanosPerDigit(precision) != 0 || nanos >= NANOS_PER_SECOND) {
      throw wrong(fits ? value.toString() : seconds > 0 ? "infinity" : "-infinity");
    }
  }
}
