package dev.tidemill.plan.function.user;

import dev.tidemill.foundation.type.Type;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Java's types as SQL's. */
final class JavaTypes {
  /** What a Java type has no precision for. */
  private static final int PRECISION = 6;

  static final String SUPPORTED =
      "boolean, byte, short, int, long, float, double or boxed, String, byte[], BigDecimal,"
          + " LocalDate, LocalTime, LocalDateTime, Instant, List or Map of boxed ones";

  private JavaTypes() {}

  /** What a parameter takes, or null if there are no values of its type. */
  static @Nullable JavaParameter parameter(java.lang.reflect.Type java) {
    if (java == BigDecimal.class) {
      return new JavaParameter(new Type.Decimal(Type.MAX_DECIMAL_PRECISION, 0), false);
    }
    Type type = type(java, null);
    if (type == null) {
      return null;
    }
    return new JavaParameter(
        type,
        switch (type) {
          case Type.Time t -> false;
          case Type.Timestamp t -> false;
          case Type.ZonedTimestamp t -> false;
          default -> true;
        });
  }

  /**
   * What values of a Java type are, or null if they are none.
   *
   * @param decimal what a BigDecimal is, if that is known
   */
  static @Nullable Type type(java.lang.reflect.Type java, @Nullable DecimalType decimal) {
    if (java instanceof Class<?> plain) {
      return plain == BigDecimal.class && decimal != null
          ? new Type.Decimal(decimal.precision(), decimal.scale())
          : plain(plain);
    }
    if (java instanceof ParameterizedType generic) {
      java.lang.reflect.Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        Type element = type(arguments[0], null);
        return element == null ? null : new Type.Array(element);
      }
      if (generic.getRawType() == Map.class) {
        Type key = type(arguments[0], null);
        Type value = type(arguments[1], null);
        return key == null || value == null ? null : new Type.MapType(key, value);
      }
    }
    return null;
  }

  private static @Nullable Type plain(Class<?> java) {
    if (java == boolean.class || java == Boolean.class) {
      return Type.BOOLEAN;
    }
    if (java == byte.class || java == Byte.class) {
      return Type.TINYINT;
    }
    if (java == short.class || java == Short.class) {
      return Type.SMALLINT;
    }
    if (java == int.class || java == Integer.class) {
      return Type.INTEGER;
    }
    if (java == long.class || java == Long.class) {
      return Type.BIGINT;
    }
    if (java == float.class || java == Float.class) {
      return Type.REAL;
    }
    if (java == double.class || java == Double.class) {
      return Type.DOUBLE;
    }
    if (java == String.class) {
      return Type.VARCHAR;
    }
    if (java == byte[].class) {
      return Type.VARBINARY;
    }
    if (java == LocalDate.class) {
      return Type.DATE;
    }
    if (java == LocalTime.class) {
      return new Type.Time(PRECISION);
    }
    if (java == LocalDateTime.class) {
      return new Type.Timestamp(PRECISION);
    }
    return java == Instant.class ? new Type.ZonedTimestamp(PRECISION) : null;
  }

  /** What an Iterable, Iterator or Stream gives, or null if it is none, or of an unknown type. */
  static java.lang.reflect.@Nullable Type elementOf(java.lang.reflect.Type java) {
    if (!(java instanceof ParameterizedType generic)
        || !(generic.getRawType() instanceof Class<?> raw)
        || generic.getActualTypeArguments().length != 1) {
      return null;
    }
    boolean gives =
        Iterable.class.isAssignableFrom(raw) || raw == Iterator.class || raw == Stream.class;
    return gives ? generic.getActualTypeArguments()[0] : null;
  }

  /**
   * The columns of a table function whose rows are of a Java type, or null if it has none: of a
   * record its components, else one.
   */
  static Type.@Nullable Row row(java.lang.reflect.Type java) {
    List<Type.RowField> fields = new ArrayList<>();
    if (java instanceof Class<?> record && record.isRecord()) {
      Set<String> names = new HashSet<>();
      for (RecordComponent component : record.getRecordComponents()) {
        Type type = type(component.getGenericType(), component.getAnnotation(DecimalType.class));
        if (type == null || !names.add(component.getName().toLowerCase(Locale.ROOT))) {
          return null;
        }
        fields.add(new Type.RowField(component.getName(), type));
      }
      return fields.isEmpty() ? null : new Type.Row(fields);
    }
    Type value = type(java, null);
    return value == null ? null : new Type.Row(List.of(new Type.RowField("value", value)));
  }
}
