package dev.tidemill.exec.window;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.expression.Literal;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneOffset;

/**
 * The values of the order key as words that ascend along the rows of a partition, and the words of
 * values some distance away, for RANGE frames. Rows of NULL have no word.
 */
final class RangeKeys {
  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private final FixedColumn values;
  private final boolean descending;

  /** {@code column} is the order key's, without a dictionary. */
  RangeKeys(Column column, SortKey key) {
    check(column.type());
    this.values = (FixedColumn) column;
    this.descending = key.descending();
  }

  /** Throws for types whose values have no distance. */
  static void check(Type type) {
    boolean supported =
        switch (type) {
          case Type.Int t -> true;
          case Type.Real t -> true;
          case Type.DoubleType t -> true;
          case Type.Decimal t -> t.precision() <= Type.MAX_SHORT_DECIMAL_PRECISION;
          case Type.Date t -> true;
          case Type.Time t -> true;
          case Type.Timestamp t -> true;
          case Type.ZonedTimestamp t -> true;
          case Type.Bool t -> false;
          case Type.Varchar t -> false;
          case Type.Varbinary t -> false;
          case Type.MonthInterval t -> true;
          case Type.TimeInterval t -> true;
          case Type.Array t -> false;
          case Type.MapType t -> false;
          case Type.Row t -> false;
          case Type.Null t -> false;
        };
    if (!supported) {
      throw ExecErrors.unsupportedRange(type);
    }
  }

  boolean isNull(int row) {
    return values.isNull(row);
  }

  /** The row's word. */
  long word(int row) {
    return directed(isFloating() ? ordered(values.doubleAt(row)) : values.longAt(row));
  }

  /**
   * The word of the value that is {@code distance} before the row's in the order ({@code before}),
   * or behind it. Where it lies between two values of the type, the one further from ({@code
   * outwards}) or nearer to the row's.
   */
  long shifted(int row, Literal distance, boolean before, boolean outwards) {
    boolean down = before != descending;
    if (isFloating()) {
      double amount = ((Number) value(distance)).doubleValue();
      return directed(ordered(values.doubleAt(row) + (down ? -amount : amount)));
    }
    long value = values.longAt(row);
    if (value(distance) instanceof Period period) {
      return directed(plusMonths(value, down ? -period.toTotalMonths() : period.toTotalMonths()));
    }
    BigInteger units =
        units(distance)
            .setScale(0, outwards ? RoundingMode.CEILING : RoundingMode.FLOOR)
            .toBigInteger();
    BigInteger shifted = BigInteger.valueOf(value).add(down ? units.negate() : units);
    return directed(shifted.max(LONG_MIN).min(LONG_MAX).longValue());
  }

  private boolean isFloating() {
    return values.type() instanceof Type.DoubleType || values.type() instanceof Type.Real;
  }

  private static long ordered(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  private long directed(long word) {
    return descending ? ~word : word;
  }

  private static Object value(Literal distance) {
    if (distance.value() == null) {
      throw ExecErrors.invalidFrame("NULL");
    }
    return distance.value();
  }

  /** The distance in units of the column. */
  private BigDecimal units(Literal distance) {
    Object value = value(distance);
    BigDecimal amount =
        switch (value) {
          case Duration duration -> BigDecimal.valueOf(TimeUnits.micros(duration));
          case BigDecimal decimal -> decimal;
          case Double number -> finite(number);
          case Float number -> finite(number);
          case Number number -> BigDecimal.valueOf(number.longValue());
          default -> throw ExecErrors.unsupportedRange(values.type());
        };
    if (!(value instanceof Duration)) {
      return values.type() instanceof Type.Decimal decimal
          ? amount.scaleByPowerOfTen(decimal.scale())
          : amount;
    }
    return switch (values.type()) {
      case Type.TimeInterval t -> amount;
      case Type.Date t ->
          amount.divide(BigDecimal.valueOf(MICROS_PER_DAY), 13, RoundingMode.HALF_UP);
      case Type.Time t -> amount.multiply(perMicro(TimeUnits.timePerSecond(t.precision())));
      case Type.Timestamp t -> amount.multiply(perMicro(TimeUnits.perSecond(t.precision())));
      case Type.ZonedTimestamp t -> amount.multiply(perMicro(TimeUnits.perSecond(t.precision())));
      default -> throw ExecErrors.unsupportedRange(values.type());
    };
  }

  private static BigDecimal finite(double number) {
    return Double.isInfinite(number) ? BigDecimal.TEN.pow(40) : BigDecimal.valueOf(number);
  }

  private static BigDecimal perMicro(long perSecond) {
    return BigDecimal.valueOf(perSecond).movePointLeft(6);
  }

  private long plusMonths(long value, long months) {
    try {
      return switch (values.type()) {
        case Type.MonthInterval t -> value + months;
        case Type.Date t -> LocalDate.ofEpochDay(value).plusMonths(months).toEpochDay();
        case Type.Timestamp t -> plusMonths(value, months, TimeUnits.perSecond(t.precision()));
        case Type.ZonedTimestamp t -> plusMonths(value, months, TimeUnits.perSecond(t.precision()));
        default -> throw ExecErrors.unsupportedRange(values.type());
      };
    } catch (DateTimeException beyondAllTime) {
      return months < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  private static long plusMonths(long value, long months, long perSecond) {
    long rest = Math.floorMod(value, perSecond);
    LocalDateTime time =
        LocalDateTime.ofInstant(
            Instant.ofEpochSecond(Math.floorDiv(value, perSecond)), ZoneOffset.UTC);
    BigInteger seconds = BigInteger.valueOf(time.plusMonths(months).toEpochSecond(ZoneOffset.UTC));
    return seconds
        .multiply(BigInteger.valueOf(perSecond))
        .add(BigInteger.valueOf(rest))
        .max(LONG_MIN)
        .min(LONG_MAX)
        .longValue();
  }

  /** Throws unless the distance is neither NULL nor negative. */
  static void checkDistance(Literal distance) {
    Object value = value(distance);
    boolean negative =
        switch (value) {
          case Duration duration -> duration.isNegative();
          case Period period -> period.toTotalMonths() < 0;
          case BigDecimal decimal -> decimal.signum() < 0;
          case Double number -> !(number >= 0);
          case Float number -> !(number >= 0);
          case Number number -> number.longValue() < 0;
          default -> true;
        };
    if (negative) {
      throw ExecErrors.invalidFrame(distance);
    }
  }
}
