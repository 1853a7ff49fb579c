package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.TimeUnits;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dates, times and intervals from text: {@code 2024-02-29}, {@code 12:30[:59[.123456789]]}, both with a space or T
 * between (and an offset from UTC, which is applied), {@code [-]years-months}, {@code [-]days [hours[:minutes[:seconds]]]}.
 * Space around is ignored; what is not of the form, or no date, gives null.
 */
final class TemporalText {
  private static final String DATE = "([+-]?\\d{1,6})-(\\d{1,2})-(\\d{1,2})";
  private static final String TIME = "(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9})\\d*)?)?";
  private static final Pattern DATE_ONLY = Pattern.compile(DATE);
  private static final Pattern TIME_ONLY = Pattern.compile(TIME);
  private static final Pattern TIMESTAMP =
      Pattern.compile(DATE + "(?:[ Tt]+" + TIME + "\\s*(Z|z|UTC|[+-]\\d{2}(?::?\\d{2})?)?)?");
  private static final Pattern MONTHS = Pattern.compile("([+-]?)(\\d{1,9})-(\\d{1,2})");
  private static final Pattern DURATION =
      Pattern.compile("([+-]?)(\\d{1,9})(?: (\\d{1,2})(?::(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d{1,9}))?)?)?)?");
  private static final int NANO_DIGITS = 9;

  private TemporalText() {}

  static @Nullable LocalDate date(String text) {
    Matcher matcher = DATE_ONLY.matcher(text.strip());
    if (!matcher.matches()) {
      LocalDateTime time = timestamp(text);
      return time == null ? null : time.toLocalDate();
    }
    return date(matcher);
  }

  private static @Nullable LocalDate date(Matcher matcher) {
    try {
      return LocalDate.of(integer(matcher, 1), integer(matcher, 2), integer(matcher, 3));
    } catch (DateTimeException e) {
      return null;
    }
  }

  static @Nullable LocalTime time(String text) {
    Matcher matcher = TIME_ONLY.matcher(text.strip());
    return matcher.matches() ? time(matcher, 1) : null;
  }

  private static @Nullable LocalTime time(Matcher matcher, int group) {
    try {
      return LocalTime.of(
          integer(matcher, group), integer(matcher, group + 1), integer(matcher, group + 2), nanos(matcher, group + 3));
    } catch (DateTimeException e) {
      return null;
    }
  }

  static @Nullable LocalDateTime timestamp(String text) {
    Matcher matcher = TIMESTAMP.matcher(text.strip());
    if (!matcher.matches()) {
      return null;
    }
    LocalDate date = date(matcher);
    LocalTime time = matcher.group(4) == null ? LocalTime.MIDNIGHT : time(matcher, 4);
    if (date == null || time == null) {
      return null;
    }
    try {
      return date.atTime(time).minusSeconds(offsetSeconds(matcher.group(8)));
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static int offsetSeconds(@Nullable String zone) {
    if (zone == null || zone.equalsIgnoreCase("Z") || zone.equals("UTC")) {
      return 0;
    }
    return ZoneOffset.of(zone).getTotalSeconds();
  }

  /** Whether a TIMESTAMP of {@code precision} reaches to {@code time}. */
  static boolean fits(LocalDateTime time, int precision) {
    long perSecond = TimeUnits.perSecond(precision);
    long second = time.toEpochSecond(ZoneOffset.UTC);
    return second >= Long.MIN_VALUE / perSecond + 1 && second <= Long.MAX_VALUE / perSecond - 1;
  }

  static @Nullable Period months(String text) {
    Matcher matcher = MONTHS.matcher(text.strip());
    if (!matcher.matches() || integer(matcher, 3) > 11) {
      return null;
    }
    long months = integer(matcher, 2) * 12L + integer(matcher, 3);
    if (months > Integer.MAX_VALUE) {
      return null;
    }
    return Period.ofMonths((int) (matcher.group(1).equals("-") ? -months : months)).normalized();
  }

  static @Nullable Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches() || integer(matcher, 3) > 23 || integer(matcher, 4) > 59 || integer(matcher, 5) > 59) {
      return null;
    }
    Duration duration =
        Duration.ofDays(integer(matcher, 2))
            .plusHours(integer(matcher, 3))
            .plusMinutes(integer(matcher, 4))
            .plusSeconds(integer(matcher, 5))
            .plusMillis(nanos(matcher, 6) / 1_000_000);
    return matcher.group(1).equals("-") ? duration.negated() : duration;
  }

  private static int integer(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  private static int nanos(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Integer.parseInt(digits + "0".repeat(NANO_DIGITS - digits.length()));
  }
}
