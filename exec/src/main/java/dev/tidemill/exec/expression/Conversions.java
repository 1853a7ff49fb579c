package dev.tidemill.exec.expression;

import dev.tidemill.foundation.format.NestedText;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.format.ValueParser;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What CAST means, value by value: the definition, which loops agree with and fall back to.
 *
 * <ul>
 *   <li>Text is written by {@link ValueFormat} and read by {@link ValueParser}; VARCHAR(n) cuts
 *       what is longer.
 *   <li>DECIMAL to DECIMAL and to integers rounds half away from zero; REAL and DOUBLE to integers
 *       half to even, to DECIMAL the digits they print as, half away from zero. What is out of
 *       range then is an error, NaN and the infinities are.
 *   <li>Numbers to BOOLEAN: all but zero are TRUE; BOOLEAN to numbers: 1 and 0.
 *   <li>TIMESTAMP to DATE and to fewer digits cuts, towards the past; DATE to TIMESTAMP is its
 *       midnight. An instant is what the clocks of the cast's zone show; where they show a time
 *       twice it is the earlier, and one that they skip counts as that much later.
 *   <li>ARRAY, MAP and ROW go element by element; their texts are those of {@link NestedText}.
 * </ul>
 */
final class Conversions {
  private Conversions() {}

  /** Whether there is a CAST from the one to the other. */
  static boolean exists(Type from, Type to) {
    if (from instanceof Type.Null || from.equals(to)) {
      return true;
    }
    return switch (to) {
      case Type.Bool t -> isText(from) || isNumber(from);
      case Type.Int t -> isText(from) || isNumber(from) || from instanceof Type.Bool;
      case Type.Real t -> isText(from) || isNumber(from) || from instanceof Type.Bool;
      case Type.DoubleType t -> isText(from) || isNumber(from) || from instanceof Type.Bool;
      case Type.Decimal t -> isText(from) || isNumber(from) || from instanceof Type.Bool;
      case Type.Varchar t -> true;
      case Type.Varbinary t -> isText(from);
      case Type.Date t -> isText(from) || isTimestamp(from);
      case Type.Time t -> isText(from) || isTimestamp(from) || from instanceof Type.Time;
      case Type.Timestamp t -> isText(from) || isTimestamp(from) || from instanceof Type.Date;
      case Type.ZonedTimestamp t -> isText(from) || isTimestamp(from) || from instanceof Type.Date;
      case Type.MonthInterval t -> isText(from);
      case Type.TimeInterval t -> isText(from);
      case Type.Array t ->
          isText(from) || from instanceof Type.Array a && exists(a.element(), t.element());
      case Type.MapType t ->
          isText(from)
              || from instanceof Type.MapType m
                  && exists(m.key(), t.key())
                  && exists(m.value(), t.value());
      case Type.Row t -> isText(from) || from instanceof Type.Row r && rowExists(r, t);
      case Type.Null t -> false;
    };
  }

  private static boolean rowExists(Type.Row from, Type.Row to) {
    if (from.fields().size() != to.fields().size()) {
      return false;
    }
    for (int i = 0; i < to.fields().size(); i++) {
      if (!exists(from.fields().get(i).type(), to.fields().get(i).type())) {
        return false;
      }
    }
    return true;
  }

  static boolean isNested(Type type) {
    return type instanceof Type.Array || type instanceof Type.MapType || type instanceof Type.Row;
  }

  static boolean isText(Type type) {
    return type instanceof Type.Varchar;
  }

  static boolean isNumber(Type type) {
    return type instanceof Type.Int
        || type instanceof Type.Real
        || type instanceof Type.DoubleType
        || type instanceof Type.Decimal;
  }

  static boolean isTimestamp(Type type) {
    return type instanceof Type.Timestamp || type instanceof Type.ZonedTimestamp;
  }

  /**
   * {@code value} (not NULL, of the class that {@code from} names) as {@code to}; null where that
   * cannot be. In UTC.
   */
  static @Nullable Object convert(Object value, Type from, Type to) {
    return convert(value, from, to, ZoneOffset.UTC);
  }

  /** As {@link #convert(Object, Type, Type)}, by the clocks of {@code zone}. */
  static @Nullable Object convert(Object value, Type from, Type to, ZoneId zone) {
    if (value instanceof String text && !isText(to)) {
      return isNested(to)
          ? new NestedText(zone).parse(to, text)
          : ValueParser.ofCasts(zone).parseObject(to, text);
    }
    return switch (to) {
      case Type.Bool t -> toBoolean(value);
      case Type.Int t -> toInteger(value, t.bits());
      case Type.Real t -> toReal(value);
      case Type.DoubleType t -> toDouble(value);
      case Type.Decimal t -> toDecimal(value, t);
      case Type.Varchar t ->
          cut(
              isNested(from)
                  ? NestedText.format(from, value, zone)
                  : ValueFormat.format(from, value, zone),
              t.maxLength());
      case Type.Varbinary t -> value;
      case Type.Date t -> toDate(value, zone);
      case Type.Time t -> toTime(value, t.precision(), zone);
      case Type.Timestamp t -> toTimestamp(value, t.precision(), zone);
      case Type.ZonedTimestamp t -> toInstant(value, t.precision(), zone);
      case Type.MonthInterval t -> value;
      case Type.TimeInterval t -> value;
      case Type.Array t ->
          toList((List<?>) value, ((Type.Array) from).element(), t.element(), zone);
      case Type.MapType t -> toMap((Map<?, ?>) value, (Type.MapType) from, t, zone);
      case Type.Row t -> toRow((List<?>) value, (Type.Row) from, t, zone);
      case Type.Null t -> null;
    };
  }

  private static @Nullable Boolean toBoolean(Object value) {
    return switch (value) {
      case Boolean truth -> truth;
      case BigDecimal decimal -> decimal.signum() != 0;
      case Number number -> number.doubleValue() != 0;
      default -> null;
    };
  }

  private static @Nullable Object toInteger(Object value, int bits) {
    BigInteger integer =
        switch (value) {
          case Boolean truth -> truth ? BigInteger.ONE : BigInteger.ZERO;
          case BigDecimal decimal -> decimal.setScale(0, RoundingMode.HALF_UP).unscaledValue();
          case Float number -> rounded(number);
          case Double number -> rounded(number);
          case Number number -> BigInteger.valueOf(number.longValue());
          default -> null;
        };
    if (integer == null || integer.bitLength() >= bits) {
      return null;
    }
    return switch (bits) {
      case 8 -> (Object) integer.byteValue();
      case 16 -> (Object) integer.shortValue();
      case 32 -> (Object) integer.intValue();
      default -> (Object) integer.longValue();
    };
  }

  /** Half to even, as IEEE 754 rounds. */
  private static @Nullable BigInteger rounded(double value) {
    return Double.isFinite(value) ? new BigDecimal(Math.rint(value)).toBigInteger() : null;
  }

  private static @Nullable Float toReal(Object value) {
    return switch (value) {
      case Boolean truth -> truth ? 1f : 0f;
      case Double number -> {
        float narrow = number.floatValue();
        yield Float.isInfinite(narrow) && !Double.isInfinite(number) ? null : (Float) narrow;
      }
      case Number number -> number.floatValue();
      default -> null;
    };
  }

  private static @Nullable Double toDouble(Object value) {
    return switch (value) {
      case Boolean truth -> truth ? 1d : 0d;
      case Number number -> number.doubleValue();
      default -> null;
    };
  }

  /** A REAL or DOUBLE is taken as the digits it prints as. */
  private static @Nullable BigDecimal toDecimal(Object value, Type.Decimal type) {
    BigDecimal decimal =
        switch (value) {
          case BigDecimal number -> number;
          case Boolean truth -> truth ? BigDecimal.ONE : BigDecimal.ZERO;
          case Float number -> Float.isFinite(number) ? new BigDecimal(number.toString()) : null;
          case Double number -> Double.isFinite(number) ? BigDecimal.valueOf(number) : null;
          case Number number -> BigDecimal.valueOf(number.longValue());
          default -> null;
        };
    if (decimal == null) {
      return null;
    }
    BigDecimal rounded = decimal.setScale(type.scale(), RoundingMode.HALF_UP);
    return rounded.precision() > type.precision() ? null : rounded;
  }

  private static @Nullable LocalDate toDate(Object value, ZoneId zone) {
    return switch (value) {
      case LocalDate date -> date;
      case LocalDateTime time -> time.toLocalDate();
      case Instant time -> LocalDateTime.ofInstant(time, zone).toLocalDate();
      default -> null;
    };
  }

  private static @Nullable LocalTime toTime(Object value, int precision, ZoneId zone) {
    LocalTime time =
        switch (value) {
          case LocalTime t -> t;
          case LocalDateTime t -> t.toLocalTime();
          case Instant t -> LocalDateTime.ofInstant(t, zone).toLocalTime();
          default -> null;
        };
    return time == null ? null : time.withNano(cut(time.getNano(), precision));
  }

  private static @Nullable LocalDateTime toTimestamp(Object value, int precision, ZoneId zone) {
    LocalDateTime time =
        switch (value) {
          case LocalDateTime t -> t;
          case LocalDate t -> t.atStartOfDay();
          case Instant t -> LocalDateTime.ofInstant(t, zone);
          default -> null;
        };
    if (time == null) {
      return null;
    }
    return fits(time.toEpochSecond(ZoneOffset.UTC), precision)
        ? time.withNano(cut(time.getNano(), precision))
        : null;
  }

  private static boolean fits(long second, int precision) {
    long perSecond = TimeUnits.perSecond(precision);
    return second >= Long.MIN_VALUE / perSecond + 1 && second <= Long.MAX_VALUE / perSecond - 1;
  }

  private static @Nullable Instant toInstant(Object value, int precision, ZoneId zone) {
    ZoneId clocks = value instanceof Instant ? ZoneOffset.UTC : zone;
    LocalDateTime time = toTimestamp(value, precision, clocks);
    Instant instant = time == null ? null : time.atZone(clocks).toInstant();
    return instant != null && fits(instant.getEpochSecond(), precision) ? instant : null;
  }

  /** Nanoseconds of a second with {@code precision} digits, the others cut off. */
  private static int cut(int nanos, int precision) {
    int unit = (int) Int128.power(TimeUnits.MAX_PRECISION - precision);
    return nanos / unit * unit;
  }

  /** At most {@code length} code points. */
  static String cut(String text, int length) {
    if (text.length() <= length || text.codePointCount(0, text.length()) <= length) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, length));
  }

  private static @Nullable List<@Nullable Object> toList(
      List<?> values, Type from, Type to, ZoneId zone) {
    List<@Nullable Object> result = new ArrayList<>(values.size());
    for (Object value : values) {
      Object converted = value == null ? null : convert(value, from, to, zone);
      if (value != null && converted == null) {
        return null;
      }
      result.add(converted);
    }
    return result;
  }

  private static @Nullable Map<Object, @Nullable Object> toMap(
      Map<?, ?> values, Type.MapType from, Type.MapType to, ZoneId zone) {
    Map<Object, @Nullable Object> result = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      Object key = convert(entry.getKey(), from.key(), to.key(), zone);
      Object value =
          entry.getValue() == null
              ? null
              : convert(entry.getValue(), from.value(), to.value(), zone);
      if (key == null || (value == null && entry.getValue() != null)) {
        return null;
      }
      result.put(key, value);
    }
    return result;
  }

  private static @Nullable List<@Nullable Object> toRow(
      List<?> values, Type.Row from, Type.Row to, ZoneId zone) {
    List<@Nullable Object> result = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      Object converted =
          value == null
              ? null
              : convert(value, from.fields().get(i).type(), to.fields().get(i).type(), zone);
      if (value != null && converted == null) {
        return null;
      }
      result.add(converted);
    }
    return result;
  }
}
