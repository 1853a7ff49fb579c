package dev.tidemill.exec.expression;

import dev.tidemill.foundation.format.TimeZones;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * What all functions of dates, times, timestamps and intervals share: their units and their text.
 * Sums are in {@link TimeArithmetic}, units in {@link TimeParts}, all else in {@link TimeValues}.
 */
final class Temporals {
  static final long NANOS_PER_SECOND = 1_000_000_000L;
  static final long SECONDS_PER_DAY = 86_400;
  static final long MICROS_PER_SECOND = TimeUnits.INTERVAL_PER_SECOND;
  static final long MICROS_PER_DAY = 86_400_000_000L;

  private Temporals() {}

  /** Units per second of a TIME or TIMESTAMP. */
  static long perSecond(Type type) {
    return switch (type) {
      case Type.Time t -> TimeUnits.timePerSecond(t.precision());
      case Type.Timestamp t -> TimeUnits.perSecond(t.precision());
      case Type.ZonedTimestamp t -> TimeUnits.perSecond(t.precision());
      default -> throw new IllegalStateException("no unit: " + type);
    };
  }

  static boolean isTemporal(Type type) {
    return type instanceof Type.Date || type instanceof Type.Time || Conversions.isTimestamp(type);
  }

  static boolean isInterval(Type type) {
    return type instanceof Type.MonthInterval || type instanceof Type.TimeInterval;
  }

  /** Whether the one plus the other is defined. */
  static boolean takes(Type left, Type right) {
    if (isInterval(left)) {
      return left.equals(right);
    }
    boolean byMonth = right instanceof Type.MonthInterval && !(left instanceof Type.Time);
    return isTemporal(left) && (byMonth || right instanceof Type.TimeInterval);
  }

  /**
   * The object that {@link Type} names for an integer, date, time, timestamp or interval in its
   * column's unit.
   */
  static Object object(Type type, long value) {
    return switch (type) {
      case Type.Date t -> LocalDate.ofEpochDay(value);
      case Type.Time t -> LocalTime.ofNanoOfDay(value * (NANOS_PER_SECOND / perSecond(type)));
      case Type.Timestamp t -> LocalDateTime.ofInstant(instant(type, value), ZoneOffset.UTC);
      case Type.ZonedTimestamp t -> instant(type, value);
      case Type.MonthInterval t -> Period.ofMonths((int) value).normalized();
      case Type.TimeInterval t -> TimeUnits.duration(value);
      default -> value;
    };
  }

  private static Instant instant(Type type, long value) {
    long perSecond = perSecond(type);
    return Instant.ofEpochSecond(
        Math.floorDiv(value, perSecond),
        Math.floorMod(value, perSecond) * (NANOS_PER_SECOND / perSecond));
  }

  /** The zone of a name, UTC for none. */
  static ZoneId zone(@Nullable String name) {
    ZoneId zone = name == null ? ZoneOffset.UTC : TimeZones.find(name);
    if (zone == null) {
      throw ExpressionErrors.unknownZone(String.valueOf(name));
    }
    return zone;
  }

  static String print(Type type, long value) {
    return ValueFormat.format(type, object(type, value));
  }
}
