package dev.tidemill.exec.expression;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The units of EXTRACT, DATE_TRUNC, DATE_CEIL and DATE_DIFF. */
enum TimeUnit {
  MILLENNIUM(12_000, 0),
  CENTURY(1_200, 0),
  DECADE(120, 0),
  YEAR(12, 0),
  ISOYEAR(0, 0),
  QUARTER(3, 0),
  MONTH(1, 0),
  WEEK(0, 7 * 86_400_000_000_000L),
  DAY(0, 86_400_000_000_000L),
  DOW(0, 0),
  ISODOW(0, 0),
  DOY(0, 0),
  HOUR(0, 3_600_000_000_000L),
  MINUTE(0, 60_000_000_000L),
  SECOND(0, 1_000_000_000L),
  MILLISECOND(0, 1_000_000L),
  MICROSECOND(0, 1_000L),
  NANOSECOND(0, 1L),
  EPOCH(0, 0);

  /** Months of a unit of months, else 0. */
  final int months;

  /** Nanoseconds of a unit of fixed length, else 0. */
  final long nanos;

  TimeUnit(int months, long nanos) {
    this.months = months;
    this.nanos = nanos;
  }

  /** Whether the unit can be counted and cut to. */
  boolean isPeriod() {
    return months > 0 || nanos > 0 || this == ISOYEAR;
  }

  boolean isBelowDay() {
    return nanos > 0 && nanos < DAY.nanos;
  }

  static @Nullable TimeUnit named(String name) {
    for (TimeUnit unit : values()) {
      if (unit.name().equals(name.toUpperCase(Locale.ROOT))) {
        return unit;
      }
    }
    return null;
  }
}
