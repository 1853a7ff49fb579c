package dev.tidemill.exec.expression;

import static dev.tidemill.plan.function.ScalarFunction.*;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Functions of dates, times and intervals, as those of text are tested. */
final class TimeFunctionTest extends FunctionChecks {
  /** All functions that are tested here. */
  static Set<ScalarFunction> functions() {
    TimeFunctionTest test = new TimeFunctionTest();
    try {
      test.moreTimes();
      test.intervals();
      test.datesAndTimes();
      return test.seen;
    } finally {
      test.nothingStaysAllocated();
    }
  }

  @Test
  void moreTimes() {
    LocalDateTime time = timestamp("2024-02-29T10:11:12.5");
    is("29.02.24 AM", STRFTIME, time, "%d.%m.%y %p");
    is("FEBRUARY 2024", TO_CHAR, time, "MONTH YYYY");
    is(timestamp("2024-02-29T00:00:00"), STRPTIME, "29/2/2024", "%-d/%-m/%Y");
    is(timestamp("1970-01-01T00:00:01.5"), FROM_EPOCH_MICROS, 1_500_000L);
    is(timestamp("2000-02-03T04:05:06.25"), MAKE_TIMESTAMP, 2000, 2, 3, 4, 5, 6.25);
    is(1.0, MONTHS_BETWEEN, timestamp("2020-03-31T01:00:00"), timestamp("2020-02-29T00:00:00"));
    is(timestamp("2024-02-29T10:00:00"), TIME_BUCKET, Duration.ofMinutes(15), time);
    is(timestamp("2024-01-01T00:00:00"), TIME_BUCKET, Period.ofMonths(3), time);
  }

  @Test
  void intervals() {
    Duration day = Duration.ofDays(1);
    is(date("2024-03-01"), ADD, date("2024-02-29"), day);
    is(date("2024-02-29"), ADD, date("2024-01-31"), Period.ofMonths(1));
    is(date("2023-02-28"), SUBTRACT, date("2024-02-29"), Period.ofMonths(12));
    fails(
        "INVALID_ARGUMENT: ADD: a DATE takes whole days, not INTERVAL 0 01:00:00.000000; cast it to TIMESTAMP",
        Type.DATE,
        ADD,
        date("2024-02-29"),
        Duration.ofHours(1));
    is(
        timestamp("2024-03-01T00:00:00.5"),
        ADD,
        timestamp("2024-02-29T23:59:59.5"),
        Duration.ofSeconds(1));
    is(
        timestamp("2024-02-29T23:59:58.500"),
        SUBTRACT,
        timestamp("2024-02-29T23:59:59.5"),
        Duration.ofSeconds(1));
    is(timestamp("2024-02-29T10:00"), ADD, timestamp("2024-01-31T10:00"), Period.ofMonths(1));
    is(LocalTime.of(0, 30), ADD, LocalTime.of(23, 30), Duration.ofHours(1));
    is(LocalTime.of(23, 30), SUBTRACT, LocalTime.of(0, 30), Duration.ofHours(25));
    is(Duration.ofHours(25), ADD, day, Duration.ofHours(1));
    is(Period.of(1, 1, 0), ADD, Period.ofMonths(12), Period.ofMonths(1));
    fails(
        "DATETIME_OVERFLOW: 294247-01-10 04:00:54.775807 + INTERVAL 0 00:00:00.001000 is out of range for TIMESTAMP(6)",
        Type.TIMESTAMP,
        ADD,
        LocalDateTime.ofEpochSecond(
            Long.MAX_VALUE / 1_000_000, 775_807_000, java.time.ZoneOffset.UTC),
        Duration.ofMillis(1));
    is(Duration.ofHours(36), MULTIPLY, day, 1.5);
    is(Period.ofMonths(6), DIVIDE, Period.ofYears(1), 2L);
    is(Duration.ofMillis(-1), NEGATE, Duration.ofMillis(1));
    is(Duration.ofMillis(1), ABS, Duration.ofMillis(-1));
    fails(
        "DIVISION_BY_ZERO: division by zero: INTERVAL 1 00:00:00.000000 / 0",
        new Type.TimeInterval(),
        DIVIDE,
        day,
        0L);
  }

  @Test
  void datesAndTimes() {
    LocalDateTime time = timestamp("2024-12-30T13:45:56.789012");
    is(2024L, EXTRACT, "YEAR", time);
    is(4L, EXTRACT, "QUARTER", time);
    is(12L, EXTRACT, "MONTH", time);
    is(1L, EXTRACT, "WEEK", time);
    is(2025L, EXTRACT, "ISOYEAR", time);
    is(30L, EXTRACT, "DAY", time);
    is(2L, EXTRACT, "DOW", time);
    is(1L, EXTRACT, "ISODOW", time);
    is(365L, EXTRACT, "DOY", time);
    is(13L, EXTRACT, "HOUR", time);
    is(45L, EXTRACT, "MINUTE", time);
    is(56L, EXTRACT, "SECOND", time);
    is(56789L, EXTRACT, "MILLISECOND", time);
    is(56789012L, EXTRACT, "MICROSECOND", time);
    is(56789012000L, EXTRACT, "NANOSECOND", time);
    is(time.toEpochSecond(java.time.ZoneOffset.UTC), EXTRACT, "EPOCH", time);
    is(21L, EXTRACT, "CENTURY", time);
    is(202L, EXTRACT, "DECADE", time);
    is(3L, EXTRACT, "MILLENNIUM", time);
    is(1969L, EXTRACT, "YEAR", timestamp("1969-12-31T23:59:59.999"));
    is(-1L, EXTRACT, "EPOCH", timestamp("1969-12-31T23:59:59.999"));
    is(1L, EXTRACT, "DOW", date("2024-03-03"));
    is(20L, EXTRACT, "CENTURY", date("2000-12-31"));
    is(0L, EXTRACT, "HOUR", date("2024-03-03"));
    is(23L, EXTRACT, "HOUR", LocalTime.of(23, 59));
    is(25L, EXTRACT, "DAY", Duration.ofDays(25).plusHours(3));
    is(-3L, EXTRACT, "HOUR", Duration.ofDays(-25).minusHours(3));
    is(2L, EXTRACT, "MONTH", Period.of(3, 2, 0));
    is(3L, EXTRACT, "YEAR", Period.of(3, 2, 0));
    fails(
        "INVALID_ARGUMENT: EXTRACT: 'FORTNIGHT' is no unit of time",
        Type.BIGINT,
        EXTRACT,
        "FORTNIGHT",
        time);
    fails(
        "INVALID_ARGUMENT: EXTRACT: no YEAR in a TIME(6)",
        Type.BIGINT,
        EXTRACT,
        "YEAR",
        LocalTime.of(1, 0));

    is(timestamp("2024-12-30T13:00"), DATE_TRUNC, "hour", time);
    is(timestamp("2024-12-30T00:00"), DATE_TRUNC, "WEEK", timestamp("2025-01-05T23:00"));
    is(timestamp("2024-10-01T00:00"), DATE_TRUNC, "QUARTER", time);
    is(timestamp("2024-12-30T00:00"), DATE_TRUNC, "ISOYEAR", timestamp("2025-06-01T00:00"));
    is(date("2001-01-01"), DATE_TRUNC, "CENTURY", date("2024-02-29"));
    is(date("1969-12-01"), DATE_TRUNC, "MONTH", date("1969-12-31"));
    is(timestamp("2024-12-30T13:45:56.789"), DATE_TRUNC, "MILLISECOND", time);
    is(LocalTime.of(13, 45), DATE_TRUNC, "MINUTE", LocalTime.of(13, 45, 56));
    is(timestamp("2025-01-01T00:00"), DATE_CEIL, "YEAR", time);
    is(timestamp("2024-12-30T14:00"), DATE_CEIL, "HOUR", time);
    is(date("2024-01-01"), DATE_CEIL, "YEAR", date("2024-01-01"));
    is(date("2024-12-30"), DATE_CEIL, "ISOYEAR", date("2024-01-02"));
    fails(
        "INVALID_ARGUMENT: DATE_TRUNC: DOW does not go with DATE",
        Type.DATE,
        DATE_TRUNC,
        "DOW",
        date("2024-01-01"));
    is(1L, DATE_DIFF, "MONTH", date("2024-01-31"), date("2024-03-01"));
    is(1L, DATE_DIFF, "MONTH", date("2024-01-31"), date("2024-02-29"));
    is(0L, DATE_DIFF, "MONTH", date("2024-01-31"), date("2024-02-28"));
    is(-1L, DATE_DIFF, "YEAR", date("2024-01-01"), date("2022-12-31"));
    is(366L, DATE_DIFF, "DAY", date("2024-01-01"), date("2025-01-01"));
    is(24L, DATE_DIFF, "HOUR", date("2024-01-01"), date("2024-01-02"));
    is(-1L, DATE_DIFF, "HOUR", timestamp("2024-01-01T02:00"), timestamp("2024-01-01T00:30"));
    is(31L, TIME_BETWEEN, date("2024-02-01"), date("2024-01-01"));
    is(
        Duration.ofMillis(90_500),
        TIME_BETWEEN,
        timestamp("2024-01-01T00:01:30.5"),
        timestamp("2024-01-01T00:00"));
    is(date("2024-02-29"), LAST_DAY, timestamp("2024-02-01T12:00"));
    is(date("2023-02-28"), LAST_DAY, date("2023-02-28"));
    is("Thursday", DAYNAME, date("2024-02-29"));
    is("February", MONTHNAME, timestamp("2024-02-29T00:00"));
    is(timestamp("1970-01-01T00:00:01"), FROM_EPOCH_SECONDS, 1L);
    is(timestamp("1969-12-31T23:59:59.999"), FROM_EPOCH_MILLIS, -1L);
    fails(
        "DATETIME_OVERFLOW: FROM_EPOCH_SECONDS(9223372036854775807) is out of range for TIMESTAMP(6)",
        Type.TIMESTAMP,
        FROM_EPOCH_SECONDS,
        Long.MAX_VALUE);
    is("30.12.2024 13:45", FORMAT_TIME, time, "dd.MM.yyyy HH:mm");
    Instant instant = Instant.parse("2024-07-01T12:00:00Z");
    is("12:00 Z", FORMAT_TIME, instant, "HH:mm XXX");
    is("14:00 +02:00", FORMAT_TIME, instant, "HH:mm xxx", "Europe/Berlin");
    is(timestamp("2024-07-01T21:00:00"), AT_TIME_ZONE, instant, "Asia/Tokyo");
    is(instant, AT_TIME_ZONE, timestamp("2024-07-01T08:30:00"), "-03:30");
    fails(
        "INVALID_ARGUMENT: there is no time zone 'Mars': it must be a region such as Europe/Berlin, an offset such as +02:00, UTC or LOCAL",
        Type.TIMESTAMP,
        AT_TIME_ZONE,
        instant,
        "Mars");
    fails(
        "INVALID_PATTERN: FORMAT_TIME: 'HH' is no valid pattern: it does not go with DATE: Unsupported field: HourOfDay",
        Type.VARCHAR,
        FORMAT_TIME,
        date("2024-01-01"),
        "HH");
    is(date("2024-12-30"), PARSE_TIME, "30.12.2024", "dd.MM.yyyy");
    is(timestamp("2024-12-30T13:45"), PARSE_TIME, "30.12.2024 13:45", "dd.MM.yyyy HH:mm");
    is(LocalTime.of(13, 45), PARSE_TIME, "1345", "HHmm");
    fails(
        "INVALID_ARGUMENT: PARSE_TIME: 'x' is not of the pattern: Text 'x' could not be parsed at index 0",
        Type.DATE,
        PARSE_TIME,
        "x",
        "yyyy");
    is(date("2024-02-29"), MAKE_DATE, 2024, 2, 29);
    fails(
        "INVALID_ARGUMENT: MAKE_DATE(2023, 2, 29) is not defined",
        Type.DATE,
        MAKE_DATE,
        2023,
        2,
        29);
  }
}
