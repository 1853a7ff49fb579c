package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.time.zone.ZoneRules;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Times that are made of something else, and what is told of them: days, names, buckets, zones. */
final class TimeValues {
  /** The end of the last day that java.time counts from 1970, and before it about the first. */
  private static final long MOST_SECONDS = 365_241_780_471L * 86_400;

  private TimeValues() {}

  private static long dayOf(Type type, long value) {
    return type instanceof Type.Date
        ? value
        : Math.floorDiv(value, Temporals.perSecond(type) * Temporals.SECONDS_PER_DAY);
  }

  static Kernel lastDay(Call call) {
    Type type = call.arguments().getFirst().type();
    return RowKernels.integer(
        Type.DATE,
        4,
        arguments -> {
          long packed = Calendar.packedDate(dayOf(type, arguments.integer(0)));
          long year = Calendar.year(packed);
          int month = Calendar.month(packed);
          return Calendar.days(year, month, Calendar.daysOfMonth(year, month));
        });
  }

  static String dayName(RowArguments arguments) {
    long day = dayOf(arguments.type(0), arguments.integer(0));
    return DayOfWeek.of(Calendar.isoDayOfWeek(day)).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }

  static String monthName(RowArguments arguments) {
    long packed = Calendar.packedDate(dayOf(arguments.type(0), arguments.integer(0)));
    return Month.of(Calendar.month(packed)).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }

  /** FROM_EPOCH_SECONDS, FROM_EPOCH_MILLIS and FROM_EPOCH_MICROS. */
  static Kernel fromEpoch(Call call, long perSecondOfArgument) {
    long perSecond = Temporals.perSecond(call.type());
    long most = Math.min(MOST_SECONDS, Long.MAX_VALUE / perSecond - 1);
    return RowKernels.integer(
        call.type(),
        8,
        arguments -> {
          long x = arguments.integer(0);
          long seconds = x / perSecondOfArgument;
          if (seconds >= most || seconds <= -most) {
            throw ExpressionErrors.datetimeOverflow(call.function() + "(" + x + ")", call.type());
          }
          try {
            return perSecond >= perSecondOfArgument
                ? Math.multiplyExact(x, perSecond / perSecondOfArgument)
                : Math.floorDiv(x, perSecondOfArgument / perSecond);
          } catch (ArithmeticException e) {
            throw ExpressionErrors.datetimeOverflow(call.function() + "(" + x + ")", call.type());
          }
        });
  }

  /** {@code MAKE_DATE(year, month, day)}. */
  static long makeDate(RowArguments arguments) {
    return day(ScalarFunction.MAKE_DATE, arguments);
  }

  /** The day of the first three arguments: year, month and day. */
  private static long day(ScalarFunction function, RowArguments arguments) {
    long year = arguments.integer(0);
    long month = arguments.integer(1);
    long day = arguments.integer(2);
    boolean valid = Math.abs(year) <= 999_999 && month >= 1 && month <= 12 && day >= 1;
    if (!valid || day > Calendar.daysOfMonth(year, (int) month)) {
      throw ExpressionErrors.undefined(function, year + ", " + month + ", " + day);
    }
    return Calendar.days(year, (int) month, (int) day);
  }

  /** {@code MAKE_TIMESTAMP(year, month, day, hour, minute, seconds)}. */
  static Kernel makeTimestamp(Call call) {
    long perSecond = Temporals.perSecond(call.type());
    return RowKernels.integer(
        call.type(),
        8,
        arguments -> {
          long days = day(call.function(), arguments);
          long hour = arguments.integer(3);
          long minute = arguments.integer(4);
          double seconds = arguments.real(5);
          boolean valid = hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
          if (!valid || !(seconds >= 0 && seconds < 60)) {
            throw ExpressionErrors.noTimeOfDay(hour, minute, seconds);
          }
          long whole = days * Temporals.SECONDS_PER_DAY + hour * 3600 + minute * 60;
          try {
            return Math.addExact(
                Math.multiplyExact(whole, perSecond), Math.round(seconds * perSecond));
          } catch (ArithmeticException e) {
            throw ExpressionErrors.datetimeOverflow(call.function() + "(…)", call.type());
          }
        });
  }

  /** {@code MONTHS_BETWEEN(to, from)}. */
  static Kernel monthsBetween(Type type) {
    long perSecond = Temporals.perSecond(type);
    long perDay = perSecond * Temporals.SECONDS_PER_DAY;
    return RowKernels.real(
        arguments -> {
          long to = arguments.integer(0);
          long from = arguments.integer(1);
          long a = Calendar.packedDate(Math.floorDiv(to, perDay));
          long b = Calendar.packedDate(Math.floorDiv(from, perDay));
          long months =
              (Calendar.year(a) - Calendar.year(b)) * 12 + Calendar.month(a) - Calendar.month(b);
          if (Calendar.day(a) == Calendar.day(b) || isLastOfMonth(a) && isLastOfMonth(b)) {
            return months;
          }
          double days =
              Calendar.day(a)
                  - Calendar.day(b)
                  + (double) (Math.floorMod(to, perDay) - Math.floorMod(from, perDay)) / perDay;
          return Math.round((months + days / 31) * 1e8) / 1e8;
        });
  }

  private static boolean isLastOfMonth(long packed) {
    return Calendar.day(packed)
        == Calendar.daysOfMonth(Calendar.year(packed), Calendar.month(packed));
  }

  /** {@code TIME_BUCKET(interval, timestamp)}. */
  static Kernel bucket(Type interval, Type type) {
    long perSecond = Temporals.perSecond(type);
    long perDay = perSecond * Temporals.SECONDS_PER_DAY;
    boolean ofMonths = interval instanceof Type.MonthInterval;
    long origin = Calendar.days(2000, 1, ofMonths ? 1 : 3);
    return RowKernels.integer(
        type,
        8,
        arguments -> {
          long width = arguments.integer(0);
          long x = arguments.integer(1);
          long size = ofMonths ? width : TimeArithmetic.units(width, perSecond, false);
          if (size <= 0) {
            throw ExpressionErrors.invalidArgument(
                ScalarFunction.TIME_BUCKET,
                "buckets of INTERVAL "
                    + Temporals.print(interval, width)
                    + " are too small for "
                    + type);
          }
          try {
            if (ofMonths) {
              long packed = Calendar.packedDate(Math.floorDiv(x, perDay));
              long months = (Calendar.year(packed) - 2000) * 12 + Calendar.month(packed) - 1;
              long start = Calendar.addMonths(origin, Math.floorDiv(months, size) * size);
              return Math.multiplyExact(start, perDay);
            }
            return Math.subtractExact(
                x, Math.floorMod(Math.subtractExact(x, origin * perDay), size));
          } catch (ArithmeticException e) {
            throw ExpressionErrors.datetimeOverflow(
                "TIME_BUCKET(…, " + Temporals.print(type, x) + ")", type);
          }
        });
  }

  /** Time zones by the names seen; one instance serves one thread. */
  static final class Zones {
    private final Map<String, ZoneId> known = new HashMap<>();

    ZoneId of(String name) {
      return known.computeIfAbsent(name, Temporals::zone);
    }
  }

  /** {@code AT_TIME_ZONE(time, zone)}, where the zone is another from row to row. */
  static Kernel atZone(Call call) {
    Type from = call.arguments().getFirst().type();
    boolean toLocal = from instanceof Type.ZonedTimestamp;
    long perSecond = Temporals.perSecond(from);
    return RegularExpressions.perBatch(
        () -> {
          Zones zones = new Zones();
          return RowKernels.integer(
              call.type(),
              8,
              arguments -> {
                long value = arguments.integer(0);
                ZoneRules rules = zones.of(arguments.text(1)).getRules();
                long second = Math.floorDiv(value, perSecond);
                try {
                  ZoneOffset offset =
                      toLocal
                          ? rules.getOffset(Instant.ofEpochSecond(second))
                          : rules.getOffset(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC));
                  long shift = (toLocal ? 1 : -1) * offset.getTotalSeconds() * perSecond;
                  return Math.addExact(value, shift);
                } catch (ArithmeticException | DateTimeException e) {
                  throw ExpressionErrors.datetimeOverflow(
                      Temporals.print(from, value)
                          + " AT TIME ZONE "
                          + ExpressionErrors.quoted(arguments.text(1)),
                      call.type());
                }
              });
        });
  }

  /** {@code PARSE_TIME(text, pattern)} into a DATE, TIME or TIMESTAMP. */
  static Kernel parse(Call call) {
    Type type = call.type();
    return (evaluation, rows, values) -> {
      RowArguments arguments = new RowArguments(evaluation, values);
      TimePatterns.Seen patterns = new TimePatterns.Seen(call.function());
      return RowByRow.compute(
          evaluation,
          rows,
          type,
          values,
          row -> {
            arguments.moveTo(row);
            return parse(
                call.function(),
                type,
                arguments.text(0),
                patterns.of(arguments.text(1)).formatter());
          });
    };
  }

  private static Object parse(
      ScalarFunction function, Type type, String text, DateTimeFormatter formatter) {
    try {
      TemporalAccessor parsed = formatter.parse(text);
      LocalDate date = parsed.query(TemporalQueries.localDate());
      LocalTime time = parsed.query(TemporalQueries.localTime());
      Object value =
          type instanceof Type.Time
              ? time
              : date == null ? null : date.atTime(time == null ? LocalTime.MIDNIGHT : time);
      Object converted =
          value == null
              ? null
              : Conversions.convert(value, type instanceof Type.Time ? type : Type.TIMESTAMP, type);
      if (converted != null) {
        return converted;
      }
      throw ExpressionErrors.invalidArgument(
          function, "no " + type + " in " + ExpressionErrors.quoted(text));
    } catch (DateTimeException e) {
      throw ExpressionErrors.invalidArgument(
          function, ExpressionErrors.quoted(text) + " is not of the pattern: " + e.getMessage());
    }
  }

  /** CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP and PROCTIME. */
  static Kernel now(Type type) {
    return (evaluation, rows, arguments) -> {
      LocalDateTime now = LocalDateTime.ofInstant(evaluation.context.time(), ZoneOffset.UTC);
      return new Scalar(type, Conversions.convert(now, new Type.Timestamp(9), type));
    };
  }
}
