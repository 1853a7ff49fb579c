package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnType;
import dev.tidemill.jdbc.spi.ColumnType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values of the database as what a getter asks for. A value that does not fit is an error, never
 * cut; but a fraction is cut where a whole number is asked for, as JDBC has it. Zones: a TIMESTAMP
 * is local to the calendar given, or else to this JVM.
 */
final class ValueReader {
  private static final BigDecimal MIN_LONG = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal MAX_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

  private ValueReader() {}

  static boolean asBoolean(ColumnType type, Object value) throws SQLException {
    if (value instanceof Boolean flag) {
      return flag;
    } else if (value instanceof Number number) {
      return number.doubleValue() != 0;
    } else if (value instanceof String text) {
      return TextValue.asBoolean(text);
    }
    throw DriverErrors.cannotRead(value, type.sql(), "boolean");
  }

  static long asLong(ColumnType type, Object value, long min, long max, String wanted)
      throws SQLException {
    long number;
    if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      number = ((Number) value).longValue();
    } else if (value instanceof Boolean flag) {
      number = flag ? 1 : 0;
    } else {
      BigDecimal whole = asBigDecimal(type, value, wanted).setScale(0, RoundingMode.DOWN);
      if (whole.compareTo(MIN_LONG) < 0 || whole.compareTo(MAX_LONG) > 0) {
        throw DriverErrors.outOfRange(value, wanted);
      }
      number = whole.longValue();
    }
    if (number < min || number > max) {
      throw DriverErrors.outOfRange(value, wanted);
    }
    return number;
  }

  static double asDouble(ColumnType type, Object value, String wanted) throws SQLException {
    if (value instanceof Number number) {
      return number.doubleValue();
    } else if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    } else if (value instanceof String text) {
      return TextValue.asDouble(text, wanted);
    }
    throw DriverErrors.cannotRead(value, type.sql(), wanted);
  }

  static float asFloat(ColumnType type, Object value) throws SQLException {
    if (value instanceof BigDecimal decimal) {
      return decimal.floatValue();
    }
    double number = asDouble(type, value, "float");
    float narrow = (float) number;
    if (Float.isInfinite(narrow) && !Double.isInfinite(number)) {
      throw DriverErrors.outOfRange(value, "float");
    }
    return narrow;
  }

  static BigDecimal asBigDecimal(ColumnType type, Object value, String wanted) throws SQLException {
    if (value instanceof BigDecimal decimal) {
      return decimal;
    } else if (value instanceof Float || value instanceof Double) {
      double number = ((Number) value).doubleValue();
      if (Double.isNaN(number) || Double.isInfinite(number)) {
        throw DriverErrors.outOfRange(value, wanted);
      }
      return new BigDecimal(value.toString());
    } else if (value instanceof Number number) {
      return BigDecimal.valueOf(number.longValue());
    } else if (value instanceof Boolean flag) {
      return flag ? BigDecimal.ONE : BigDecimal.ZERO;
    } else if (value instanceof String text) {
      return TextValue.asNumber(text, wanted);
    }
    throw DriverErrors.cannotRead(value, type.sql(), wanted);
  }

  static byte[] asBytes(ColumnType type, Object value) throws SQLException {
    if (value instanceof byte[] bytes) {
      return bytes.clone();
    } else if (value instanceof String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    throw DriverErrors.cannotRead(value, type.sql(), "bytes");
  }

  static LocalDate asLocalDate(ColumnType type, Object value, ZoneId zone) throws SQLException {
    if (value instanceof LocalDate date) {
      return date;
    } else if (value instanceof LocalDateTime dateTime) {
      return dateTime.toLocalDate();
    } else if (value instanceof Instant instant) {
      return LocalDate.ofInstant(instant, zone);
    } else if (value instanceof String text) {
      return TextValue.asTimestamp(text).toLocalDate();
    }
    throw DriverErrors.cannotRead(value, type.sql(), "a date");
  }

  static LocalTime asLocalTime(ColumnType type, Object value, ZoneId zone) throws SQLException {
    if (value instanceof LocalTime time) {
      return time;
    } else if (value instanceof LocalDateTime dateTime) {
      return dateTime.toLocalTime();
    } else if (value instanceof Instant instant) {
      return LocalTime.ofInstant(instant, zone);
    } else if (value instanceof String text) {
      return TextValue.asTime(text);
    }
    throw DriverErrors.cannotRead(value, type.sql(), "a time");
  }

  static LocalDateTime asLocalDateTime(ColumnType type, Object value, ZoneId zone)
      throws SQLException {
    if (value instanceof LocalDateTime dateTime) {
      return dateTime;
    } else if (value instanceof LocalDate date) {
      return date.atStartOfDay();
    } else if (value instanceof Instant instant) {
      return LocalDateTime.ofInstant(instant, zone);
    } else if (value instanceof String text) {
      return TextValue.asTimestamp(text);
    }
    throw DriverErrors.cannotRead(value, type.sql(), "a timestamp");
  }

  static Instant asInstant(ColumnType type, Object value, ZoneId zone) throws SQLException {
    if (value instanceof Instant instant) {
      return instant;
    } else if (value instanceof String text && type.kind() == Kind.VARCHAR) {
      return TextValue.asZonedTimestamp(text).toInstant();
    }
    return asLocalDateTime(type, value, zone).atZone(zone).toInstant();
  }

  static Date asDate(ColumnType type, Object value, @Nullable Calendar calendar)
      throws SQLException {
    if (calendar == null) {
      return Date.valueOf(asLocalDate(type, value, ZoneId.systemDefault()));
    }
    ZoneId zone = zone(calendar);
    return new Date(asLocalDate(type, value, zone).atStartOfDay(zone).toInstant().toEpochMilli());
  }

  /** With milliseconds, which {@link Time#valueOf} would drop. */
  static Time asTime(ColumnType type, Object value, @Nullable Calendar calendar)
      throws SQLException {
    ZoneId zone = zone(calendar);
    LocalTime time = asLocalTime(type, value, zone);
    return new Time(time.atDate(LocalDate.EPOCH).atZone(zone).toInstant().toEpochMilli());
  }

  static Timestamp asTimestamp(ColumnType type, Object value, @Nullable Calendar calendar)
      throws SQLException {
    if (calendar == null && !(value instanceof Instant)) {
      return Timestamp.valueOf(asLocalDateTime(type, value, ZoneId.systemDefault()));
    }
    return Timestamp.from(asInstant(type, value, zone(calendar)));
  }

  private static ZoneId zone(@Nullable Calendar calendar) {
    return calendar == null ? ZoneId.systemDefault() : calendar.getTimeZone().toZoneId();
  }

  /**
   * What {@code getObject} gives: an object of {@link JdbcTypes#objectClass}.
   *
   * @param session by whose clocks instants are shown
   */
  static Object asObject(ColumnType type, Object value, ZoneId session) throws SQLException {
    return switch (type.kind()) {
      case TINYINT, SMALLINT -> ((Number) value).intValue();
      case VARBINARY -> ((byte[]) value).clone();
      case DATE -> asDate(type, value, null);
      case TIME -> asTime(type, value, null);
      case TIMESTAMP -> asTimestamp(type, value, null);
      case ZONED_TIMESTAMP -> ((Instant) value).atZone(session).toOffsetDateTime();
      case ARRAY -> new TidemillArray(type.parts().get(0), (List<?>) value, session);
      case ROW -> new TidemillStruct(type, (List<?>) value, session);
      case BOOLEAN,
          INTEGER,
          BIGINT,
          REAL,
          DOUBLE,
          DECIMAL,
          VARCHAR,
          MONTH_INTERVAL,
          TIME_INTERVAL,
          MAP,
          NULL ->
          value;
    };
  }

  /** What {@code getObject} with a class gives. */
  static Object asObject(ColumnType type, Object value, Class<?> wanted, ZoneId session)
      throws SQLException {
    ZoneId zone = value instanceof Instant ? session : ZoneId.systemDefault();
    if (wanted == String.class) {
      return ValueText.of(type, value, session);
    } else if (wanted == Boolean.class) {
      return asBoolean(type, value);
    } else if (wanted == Byte.class) {
      return (byte) asLong(type, value, Byte.MIN_VALUE, Byte.MAX_VALUE, "Byte");
    } else if (wanted == Short.class) {
      return (short) asLong(type, value, Short.MIN_VALUE, Short.MAX_VALUE, "Short");
    } else if (wanted == Integer.class) {
      return (int) asLong(type, value, Integer.MIN_VALUE, Integer.MAX_VALUE, "Integer");
    } else if (wanted == Long.class) {
      return asLong(type, value, Long.MIN_VALUE, Long.MAX_VALUE, "Long");
    } else if (wanted == Float.class) {
      return asFloat(type, value);
    } else if (wanted == Double.class) {
      return asDouble(type, value, "Double");
    } else if (wanted == BigDecimal.class) {
      return asBigDecimal(type, value, "BigDecimal");
    } else if (wanted == BigInteger.class) {
      return asBigDecimal(type, value, "BigInteger").toBigInteger();
    } else if (wanted == byte[].class) {
      return asBytes(type, value);
    } else if (wanted == LocalDate.class) {
      return asLocalDate(type, value, zone);
    } else if (wanted == LocalTime.class) {
      return asLocalTime(type, value, zone);
    } else if (wanted == LocalDateTime.class) {
      return asLocalDateTime(type, value, zone);
    } else if (wanted == Instant.class) {
      return asInstant(type, value, zone);
    } else if (wanted == OffsetDateTime.class) {
      return offsetDateTime(type, value, zone);
    } else if (wanted == ZonedDateTime.class) {
      return asInstant(type, value, zone).atZone(zone);
    } else if (wanted == Date.class) {
      return asDate(type, value, null);
    } else if (wanted == Time.class) {
      return asTime(type, value, null);
    } else if (wanted == Timestamp.class || wanted == java.util.Date.class) {
      return asTimestamp(type, value, null);
    } else if (wanted == UUID.class && value instanceof String) {
      return uuid((String) value);
    }
    return nestedOrSelf(type, value, wanted, session);
  }

  private static OffsetDateTime offsetDateTime(ColumnType type, Object value, ZoneId zone)
      throws SQLException {
    if (value instanceof String text) {
      return TextValue.asZonedTimestamp(text);
    }
    return asInstant(type, value, zone).atZone(zone).toOffsetDateTime();
  }

  private static UUID uuid(String text) throws SQLException {
    try {
      return UUID.fromString(text.strip());
    } catch (IllegalArgumentException e) {
      throw DriverErrors.notText(text, "UUID");
    }
  }

  private static Object nestedOrSelf(ColumnType type, Object value, Class<?> wanted, ZoneId session)
      throws SQLException {
    Object object = asObject(type, value, session);
    if (wanted.isInstance(object)) {
      return object;
    }
    if (wanted == List.class && value instanceof List) {
      return value;
    }
    if (wanted == Object[].class && object instanceof Array) {
      return ((Array) object).getArray();
    }
    if (wanted == Object[].class && object instanceof Struct) {
      return ((Struct) object).getAttributes();
    }
    throw DriverErrors.cannotRead(value, type.sql(), wanted.getName());
  }

  /** The elements of an array, each as {@code getObject} gives it. */
  static @Nullable Object[] asObjects(ColumnType elementType, List<?> values, ZoneId session)
      throws SQLException {
    @Nullable Object[] objects = new Object[values.size()];
    for (int i = 0; i < objects.length; i++) {
      Object value = values.get(i);
      objects[i] = value == null ? null : asObject(elementType, value, session);
    }
    return objects;
  }
}
