package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects bound to parameters, as values of the parameter's type. Exact or an error: a value is
 * never rounded or cut, since a comparison with it would then find other rows.
 */
final class ParameterValue {
  private static final String NEEDS_LOCAL = "; it has no zone: bind a LocalDateTime";

  private ParameterValue() {}

  /** The value of {@code type}, an object of the class that {@link ColumnType} names. */
  static @Nullable Object of(ColumnType type, @Nullable Object object) throws SQLException {
    if (object == null) {
      return null;
    }
    return switch (type.kind()) {
      case BOOLEAN -> bool(type, object);
      case TINYINT -> (byte) whole(type, object, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case SMALLINT -> (short) whole(type, object, Short.MIN_VALUE, Short.MAX_VALUE);
      case INTEGER -> (int) whole(type, object, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case BIGINT -> whole(type, object, Long.MIN_VALUE, Long.MAX_VALUE);
      case REAL -> real(type, object);
      case DOUBLE -> number(type, object);
      case DECIMAL -> decimal(type, object);
      case VARCHAR -> text(type, object);
      case VARBINARY -> bytes(type, object);
      case DATE -> date(type, object);
      case TIME -> time(type, object);
      case TIMESTAMP -> timestamp(type, object);
      case ZONED_TIMESTAMP -> instant(type, object);
      case MONTH_INTERVAL -> months(type, object);
      case TIME_INTERVAL -> duration(type, object);
      case ARRAY -> list(type, object);
      case MAP -> map(type, object);
      case ROW -> row(type, object);
      case NULL -> throw DriverErrors.cannotBind(object, type, "; write CAST(? AS its type)");
    };
  }

  private static boolean bool(ColumnType type, Object object) throws SQLException {
    if (object instanceof Boolean flag) {
      return flag;
    } else if (object instanceof String text) {
      return TextValue.asBoolean(text);
    } else if (object instanceof Number) {
      return whole(type, object, 0, 1) == 1;
    }
    throw DriverErrors.cannotBind(object, type, "");
  }

  private static long whole(ColumnType type, Object object, long min, long max)
      throws SQLException {
    try {
      long value = exact(type, object).longValueExact();
      if (value >= min && value <= max) {
        return value;
      }
    } catch (ArithmeticException e) {
      throw DriverErrors.inexact(object, type);
    }
    throw DriverErrors.outOfRange(object, type.sql());
  }

  /** A number, exactly as the object has it. */
  private static BigDecimal exact(ColumnType type, Object object) throws SQLException {
    if (object instanceof BigDecimal decimal) {
      return decimal;
    } else if (object instanceof BigInteger integer) {
      return new BigDecimal(integer);
    } else if (object instanceof Boolean flag) {
      return flag ? BigDecimal.ONE : BigDecimal.ZERO;
    } else if (object instanceof Number number) {
      double approximate = number.doubleValue();
      if (Double.isNaN(approximate) || Double.isInfinite(approximate)) {
        throw DriverErrors.outOfRange(object, type.sql());
      }
      return TextValue.asNumber(number.toString(), type.sql());
    } else if (object instanceof String text) {
      return TextValue.asNumber(text, type.sql());
    }
    throw DriverErrors.cannotBind(object, type, "");
  }

  private static float real(ColumnType type, Object object) throws SQLException {
    if (object instanceof Float real) {
      return real;
    }
    double value = number(type, object);
    float narrow = (float) value;
    if (Float.isInfinite(narrow) && !Double.isInfinite(value)) {
      throw DriverErrors.outOfRange(object, type.sql());
    }
    return narrow;
  }

  private static double number(ColumnType type, Object object) throws SQLException {
    if (object instanceof Double real) {
      return real;
    } else if (object instanceof Float) {
      return Double.parseDouble(object.toString());
    } else if (object instanceof String text) {
      return TextValue.asDouble(text, type.sql());
    }
    return exact(type, object).doubleValue();
  }

  private static BigDecimal decimal(ColumnType type, Object object) throws SQLException {
    BigDecimal value;
    try {
      value = exact(type, object).setScale(type.scale());
    } catch (ArithmeticException e) {
      throw DriverErrors.inexact(object, type);
    }
    if (value.precision() > type.precision()) {
      throw DriverErrors.outOfRange(object, type.sql());
    }
    return value;
  }

  private static String text(ColumnType type, Object object) throws SQLException {
    if (object instanceof byte[]
        || object instanceof Array
        || object instanceof Struct
        || object instanceof Collection
        || object instanceof Map) {
      throw DriverErrors.cannotBind(object, type, "");
    }
    return object instanceof BigDecimal decimal ? decimal.toPlainString() : object.toString();
  }

  private static byte[] bytes(ColumnType type, Object object) throws SQLException {
    if (object instanceof byte[] bytes) {
      return bytes.clone();
    }
    throw DriverErrors.cannotBind(object, type, "; bind a byte[]");
  }

  private static LocalDate date(ColumnType type, Object object) throws SQLException {
    if (object instanceof LocalDate date) {
      return date;
    } else if (object instanceof Date sqlDate) {
      return sqlDate.toLocalDate();
    } else if (object instanceof String text) {
      return TextValue.asDate(text);
    }
    LocalDateTime value = localDateTime(type, object);
    if (!value.toLocalTime().equals(LocalTime.MIDNIGHT)) {
      throw DriverErrors.inexact(object, type);
    }
    return value.toLocalDate();
  }

  private static LocalTime time(ColumnType type, Object object) throws SQLException {
    LocalTime value;
    if (object instanceof LocalTime time) {
      value = time;
    } else if (object instanceof Time sqlTime) {
      value = LocalTime.ofInstant(Instant.ofEpochMilli(sqlTime.getTime()), ZoneId.systemDefault());
    } else if (object instanceof String text) {
      value = TextValue.asTime(text);
    } else {
      throw DriverErrors.cannotBind(object, type, "");
    }
    checkDigits(type, object, value.getNano());
    return value;
  }

  private static LocalDateTime timestamp(ColumnType type, Object object) throws SQLException {
    LocalDateTime value = localDateTime(type, object);
    checkDigits(type, object, value.getNano());
    return value;
  }

  private static LocalDateTime localDateTime(ColumnType type, Object object) throws SQLException {
    if (object instanceof LocalDateTime dateTime) {
      return dateTime;
    } else if (object instanceof Timestamp timestamp) {
      return timestamp.toLocalDateTime();
    } else if (object instanceof LocalDate date) {
      return date.atStartOfDay();
    } else if (object instanceof Date sqlDate) {
      return sqlDate.toLocalDate().atStartOfDay();
    } else if (object instanceof Time) {
      throw DriverErrors.cannotBind(object, type, "");
    } else if (object instanceof java.util.Date utilDate) {
      return new Timestamp(utilDate.getTime()).toLocalDateTime();
    } else if (object instanceof String text) {
      return TextValue.asTimestamp(text);
    }
    boolean zoned =
        object instanceof Instant
            || object instanceof OffsetDateTime
            || object instanceof ZonedDateTime;
    throw DriverErrors.cannotBind(object, type, zoned ? NEEDS_LOCAL : "");
  }

  private static Instant instant(ColumnType type, Object object) throws SQLException {
    Instant value;
    if (object instanceof Instant instant) {
      value = instant;
    } else if (object instanceof OffsetDateTime offset) {
      value = offset.toInstant();
    } else if (object instanceof ZonedDateTime zoned) {
      value = zoned.toInstant();
    } else if (object instanceof Timestamp timestamp) {
      value = timestamp.toInstant();
    } else if (object instanceof String text) {
      value = TextValue.asZonedTimestamp(text).toInstant();
    } else if (object instanceof java.util.Date utilDate
        && !(object instanceof Date)
        && !(object instanceof Time)) {
      value = utilDate.toInstant();
    } else {
      throw DriverErrors.cannotBind(object, type, "; bind an Instant or an OffsetDateTime");
    }
    checkDigits(type, object, value.getNano());
    return value;
  }

  private static void checkDigits(ColumnType type, Object object, int nano) throws SQLException {
    int digit = 1;
    for (int i = type.precision(); i < 9; i++) {
      digit *= 10;
    }
    if (nano % digit != 0) {
      throw DriverErrors.inexact(object, type);
    }
  }

  private static Period months(ColumnType type, Object object) throws SQLException {
    if (object instanceof Period period) {
      long months = period.toTotalMonths();
      if (period.getDays() != 0 || months != (int) months) {
        throw DriverErrors.inexact(object, type);
      }
      return Period.ofMonths((int) months);
    }
    throw DriverErrors.cannotBind(object, type, "; bind a java.time.Period");
  }

  private static Duration duration(ColumnType type, Object object) throws SQLException {
    if (object instanceof Duration duration) {
      if (duration.getNano() % 1000 != 0) {
        throw DriverErrors.inexact(object, type);
      }
      return duration;
    }
    throw DriverErrors.cannotBind(object, type, "; bind a java.time.Duration");
  }

  private static List<@Nullable Object> list(ColumnType type, Object object) throws SQLException {
    Collection<?> elements;
    if (object instanceof TidemillArray own) {
      elements = own.values();
    } else if (object instanceof Array array) {
      elements = Arrays.asList((Object[]) array.getArray());
    } else if (object instanceof Object[] objects) {
      elements = Arrays.asList(objects);
    } else if (object instanceof Collection<?> collection) {
      elements = collection;
    } else {
      throw DriverErrors.cannotBind(
          object, type, "; bind a java.sql.Array, an Object[] or a Collection");
    }
    List<@Nullable Object> values = new ArrayList<>(elements.size());
    for (Object element : elements) {
      values.add(of(type.parts().get(0), element));
    }
    return values;
  }

  private static Map<@Nullable Object, @Nullable Object> map(ColumnType type, Object object)
      throws SQLException {
    if (!(object instanceof Map)) {
      throw DriverErrors.cannotBind(object, type, "; bind a java.util.Map");
    }
    Map<@Nullable Object, @Nullable Object> values = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : ((Map<?, ?>) object).entrySet()) {
      values.put(
          of(type.parts().get(0), entry.getKey()), of(type.parts().get(1), entry.getValue()));
    }
    return values;
  }

  private static List<@Nullable Object> row(ColumnType type, Object object) throws SQLException {
    List<?> fields;
    if (object instanceof TidemillStruct own) {
      fields = own.values();
    } else if (object instanceof Struct struct) {
      fields = Arrays.asList(struct.getAttributes());
    } else if (object instanceof List<?> list) {
      fields = list;
    } else {
      throw DriverErrors.cannotBind(object, type, "; bind a java.sql.Struct or a List");
    }
    if (fields.size() != type.parts().size()) {
      throw DriverErrors.cannotBind(object, type, " of " + fields.size() + " fields");
    }
    List<@Nullable Object> values = new ArrayList<>(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      values.add(of(type.parts().get(i), fields.get(i)));
    }
    return values;
  }
}
