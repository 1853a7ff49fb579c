package dev.tidemill.foundation.type;

import org.apache.arrow.vector.types.TimeUnit;

/**
 * How TIME and TIMESTAMP of a precision count: TIMESTAMP(0) seconds, (1..3) milli-, (4..6) micro-,
 * (7..9) nanoseconds.
 */
public final class TimeUnits {
  public static final int MAX_PRECISION = 9;

  private TimeUnits() {}

  /** Units per second of a TIMESTAMP of {@code precision}: 1, 1000, 1000000 or 1000000000. */
  public static long perSecond(int precision) {
    return precision == 0
        ? 1L
        : precision <= 3 ? 1_000L : precision <= 6 ? 1_000_000L : 1_000_000_000L;
  }

  /** Units per second of a TIME of {@code precision}: 1000000 or 1000000000. */
  public static long timePerSecond(int precision) {
    return precision <= 6 ? 1_000_000L : 1_000_000_000L;
  }

  /** Nanoseconds of the last digit that {@code precision} keeps: 1000000000 for 0, 1 for 9. */
  public static long nanosPerDigit(int precision) {
    long nanos = 1;
    for (int i = precision; i < MAX_PRECISION; i++) {
      nanos *= 10;
    }
    return nanos;
  }

  /** Arrow's unit of a TIMESTAMP of {@code precision}. */
  public static TimeUnit unit(int precision) {
    return precision == 0
        ? TimeUnit.SECOND
        : precision <= 3
            ? TimeUnit.MILLISECOND
            : precision <= 6 ? TimeUnit.MICROSECOND : TimeUnit.NANOSECOND;
  }

  static void checkPrecision(int precision) {
    if (precision < 0 || precision > MAX_PRECISION) {
      throw new IllegalArgumentException("precision: " + precision);
    }
  }
}
