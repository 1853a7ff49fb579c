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

  /** What sums of two doubles may be off by, and more. */
  private static final double SLACK = 1e-12;

  /** 31 January and a month are 28 February, and 28 February is a month before 31 March. */
  private static final long DAYS_CUT_OFF = 3;

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
        units(values.type(), distance)
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

  /** As {@link PartialWindow#away}. */
  static long away(Type type, boolean descending, long word, Literal distance, boolean upwards) {
    if (type instanceof Type.DoubleType || type instanceof Type.Real) {
      double from = value(descending ? ~word : word);
      double amount = ((Number) value(distance)).doubleValue();
      double exact = from + (upwards != descending ? amount : -amount);
      double slack = Double.isFinite(exact) ? (Math.abs(from) + Math.abs(amount)) * SLACK : 0;
      long there = ordered(upwards != descending ? exact + slack : exact - slack);
      long directed = descending ? ~there : there;
      return upwards ? Math.max(word, directed) : Math.min(word, directed);
    }
    BigInteger units =
        value(distance) instanceof Period period
            ? BigInteger.valueOf(period.toTotalMonths()).multiply(longestMonth(type))
            : units(type, distance).setScale(0, RoundingMode.CEILING).toBigInteger();
    BigInteger from = BigInteger.valueOf(word);
    return (upwards ? from.add(units) : from.subtract(units))
        .max(LONG_MIN)
        .min(LONG_MAX)
        .longValue();
  }

  private static double value(long ordered) {
    return Double.longBitsToDouble(ordered ^ ordered >> 63 & Long.MAX_VALUE);
  }

  /** In units of a type; a month away is never further. */
  private static BigInteger longestMonth(Type type) {
    long days = 31 + DAYS_CUT_OFF;
    return switch (type) {
      case Type.Date t -> BigInteger.valueOf(days);
      case Type.Timestamp t -> seconds(days).multiply(perSecond(t.precision()));
      case Type.ZonedTimestamp t -> seconds(days).multiply(perSecond(t.precision()));
      default -> BigInteger.ONE;
    };
  }

  private static BigInteger seconds(long days) {
    return BigInteger.valueOf(days * 86_400);
  }

  private static BigInteger perSecond(int precision) {
    return BigInteger.valueOf(TimeUnits.perSecond(precision));
  }

  /** The distance in units of the column. */
  private static BigDecimal units(Type type, Literal distance) {
    Object value = value(distance);
    BigDecimal amount =
        switch (value) {
          case Duration duration -> BigDecimal.valueOf(TimeUnits.micros(duration));
          case BigDecimal decimal -> decimal;
          case Double number -> finite(number);
          case Float number -> finite(number);
          case Number number -> BigDecimal.valueOf(number.longValue());
          default -> throw ExecErrors.unsupportedRange(type);
        };
    if (!(value instanceof Duration)) {
      return type instanceof Type.Decimal decimal
          ? amount.scaleByPowerOfTen(decimal.scale())
          : amount;
    }
    return switch (type) {
      case Type.TimeInterval t -> amount;
      case Type.Date t ->
          amount.divide(BigDecimal.valueOf(MICROS_PER_DAY), 13, RoundingMode.HALF_UP);
      case Type.Time t -> amount.multiply(perMicro(TimeUnits.timePerSecond(t.precision())));
      case Type.Timestamp t -> amount.multiply(perMicro(TimeUnits.perSecond(t.precision())));
      case Type.ZonedTimestamp t -> amount.multiply(perMicro(TimeUnits.perSecond(t.precision())));
      default -> throw ExecErrors.unsupportedRange(type);
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
