package dev.tidemill.foundation.type;

import java.time.Duration;
import org.apache.arrow.vector.types.TimeUnit;

/**
 * How TIME and TIMESTAMP of a precision count: TIMESTAMP(0) seconds, (1..3) milli-, (4..6) micro-,
 * (7..9) nanoseconds.
 */
public final class TimeUnits {
  /** Units of INTERVAL DAY TO SECOND in a second. */
  public static final long INTERVAL_PER_SECOND = 1_000_000;

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

  /**
   * The microseconds of an INTERVAL DAY TO SECOND, what is less cut off towards the past.
   *
   * @throws ArithmeticException if they do not fit 64 bits
   */
  public static long micros(Duration duration) {
    // Seconds of a negative duration may be one less than what fits, with nanoseconds to go up.
    long seconds = duration.getSeconds();
    long micros = duration.getNano() / 1000;
    return seconds < 0
        ? Math.addExact(
            Math.multiplyExact(seconds + 1, INTERVAL_PER_SECOND), micros - INTERVAL_PER_SECOND)
        : Math.addExact(Math.multiplyExact(seconds, INTERVAL_PER_SECOND), micros);
  }

  /** An INTERVAL DAY TO SECOND of so many microseconds. */
  public static Duration duration(long micros) {
    return Duration.ofSeconds(
        Math.floorDiv(micros, INTERVAL_PER_SECOND),
        Math.floorMod(micros, INTERVAL_PER_SECOND) * 1000);
  }
}
