package dev.tidemill.exec.expression;

import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One value for all rows, in the forms that kernels take. Immutable; compared by identity. */
final class Scalar implements Value {
  private final Type type;
  private final @Nullable Object value;
  private final long low;
  private final long high;
  private final double real;

  /** {@code value} is of the class that {@link Type} names for the type, or null. */
  Scalar(Type type, @Nullable Object value) {
    this.type = type;
    this.value = value;
    BigInteger wide = integer(type, value);
    this.low = wide.longValue();
    this.high = wide.shiftRight(64).longValue();
    this.real = value instanceof Number number ? number.doubleValue() : 0;
  }

  private static BigInteger integer(Type type, @Nullable Object value) {
    return switch (value) {
      case BigDecimal decimal ->
          decimal.setScale(((Type.Decimal) type).scale(), RoundingMode.HALF_UP).unscaledValue();
      case Boolean truth -> truth ? BigInteger.ONE : BigInteger.ZERO;
      case Float ignored -> BigInteger.ZERO;
      case Double ignored -> BigInteger.ZERO;
      case Number number -> BigInteger.valueOf(number.longValue());
      case LocalDate date -> BigInteger.valueOf(date.toEpochDay());
      case LocalTime time ->
          BigInteger.valueOf(
              time.toNanoOfDay()
                  / (1_000_000_000L / TimeUnits.timePerSecond(((Type.Time) type).precision())));
      case LocalDateTime time ->
          instant(time.toInstant(ZoneOffset.UTC), ((Type.Timestamp) type).precision());
      case Instant time -> instant(time, ((Type.ZonedTimestamp) type).precision());
      case Period period -> BigInteger.valueOf(period.toTotalMonths());
      case Duration duration -> BigInteger.valueOf(micros(duration));
      case null, default -> BigInteger.ZERO;
    };
  }

  private static long micros(Duration interval) {
    try {
      return TimeUnits.micros(interval);
    } catch (ArithmeticException e) {
      throw ExpressionErrors.intervalOverflow(interval.toDays());
    }
  }

  private static BigInteger instant(Instant time, int precision) {
    long perSecond = TimeUnits.perSecond(precision);
    return BigInteger.valueOf(time.getEpochSecond())
        .multiply(BigInteger.valueOf(perSecond))
        .add(BigInteger.valueOf(time.getNano() / (1_000_000_000L / perSecond)));
  }

  @Override
  public Type type() {
    return type;
  }

  boolean isNull() {
    return value == null;
  }

  /** The value as an object, or null. */
  @Nullable Object value() {
    return value;
  }

  /**
   * An integer, date, time, timestamp or interval as its column holds it, 1 for TRUE, a DECIMAL's
   * low 64 bits.
   */
  long low() {
    return low;
  }

  /** A DECIMAL's high 64 bits. */
  long high() {
    return high;
  }

  /** Whether a DECIMAL fits 8 bytes. */
  boolean isNarrow() {
    return high == low >> 63;
  }

  /** A REAL or DOUBLE. */
  double real() {
    return real;
  }

  boolean isTrue() {
    return Boolean.TRUE.equals(value);
  }

  String text() {
    return (String) Objects.requireNonNull(value);
  }

  /** The bytes of a VARCHAR or VARBINARY. */
  byte[] bytes() {
    return value instanceof byte[] bytes ? bytes : text().getBytes(StandardCharsets.UTF_8);
  }
}
