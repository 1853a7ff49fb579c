package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.format.TimeZones;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.Period;
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
import org.jspecify.annotations.Nullable;

/** The functions of dates, times, timestamps and intervals. */
final class Temporals {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long SECONDS_PER_DAY = 86_400;
  private static final long MICROS_PER_SECOND = TimeUnits.INTERVAL_PER_SECOND;
  private static final long MICROS_PER_DAY = 86_400_000_000L;

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

  // ADD and SUBTRACT of intervals.

  /** {@code (temporal, interval)} or {@code (interval, interval)} for ADD and SUBTRACT. */
  static Kernel add(ScalarFunction function, Type left, Type right) {
    boolean subtracts = function == ScalarFunction.SUBTRACT;
    return (evaluation, rows, arguments) -> {
      if (isScaled(left, right, arguments)) {
        Value result = addSame(evaluation, left, arguments, subtracts);
        if (result != null) {
          return result;
        }
      }
      int width = ((FixedColumn) evaluation.column(arguments[0])).width();
      Buffer values = evaluation.allocateZeroed(Math.max(1, (long) evaluation.length * width));
      for (int i = 0; i < rows.count; i++) {
        int row = rows.row(i);
        if (Arithmetic.isNull(arguments[0], row) || Arithmetic.isNull(arguments[1], row)) {
          continue;
        }
        long x = Arithmetic.longAt(arguments[0], row);
        long y = Arithmetic.longAt(arguments[1], row);
        long sum = addOne(left, right, x, y, subtracts);
        if (width == 4) {
          Memory.putInt(values.address() + ((long) row << 2), (int) sum);
        } else {
          Memory.putLong(values.address() + ((long) row << 3), sum);
        }
      }
      return evaluation.fixed(left, width, values, evaluation.validity(arguments));
    };
  }

  /**
   * Whether the sum is one of integers: a timestamp and the same whole number of its units in every
   * row.
   */
  private static boolean isScaled(Type left, Type right, Value[] arguments) {
    return Conversions.isTimestamp(left)
        && right instanceof Type.TimeInterval
        && arguments[0] instanceof Vector
        && arguments[1] instanceof Scalar scalar
        && Math.abs(scalar.low()) < Long.MAX_VALUE / 1000;
  }

  /** Null where something overflows. */
  private static @Nullable Value addSame(
      Evaluation evaluation, Type type, Value[] arguments, boolean subtracts) {
    long units = units(((Scalar) arguments[1]).low(), perSecond(type), subtracts);
    Buffer values = evaluation.allocate(Math.max(1, evaluation.length) * 8L);
    boolean overflow =
        IntegerKernels.addLongScalar(
            Arithmetic.address(arguments[0]), units, values.address(), evaluation.length);
    if (overflow) {
      evaluation.discard(values);
      return null;
    }
    return evaluation.fixed(type, 8, values, evaluation.validity(arguments));
  }

  /** Microseconds, or minus them, as units of {@code perSecond}, towards the past. */
  private static long units(long micros, long perSecond, boolean negated) {
    long signed = negated ? Math.negateExact(micros) : micros;
    return perSecond >= MICROS_PER_SECOND
        ? Math.multiplyExact(signed, perSecond / MICROS_PER_SECOND)
        : Math.floorDiv(signed, MICROS_PER_SECOND / perSecond);
  }

  private static long addOne(Type left, Type right, long x, long y, boolean subtracts) {
    try {
      return switch (left) {
        case Type.Date t -> checkedInt(addToDate(right, x, subtracts ? Math.negateExact(y) : y));
        case Type.Time t -> {
          long perDay = perSecond(left) * SECONDS_PER_DAY;
          long rest = Math.floorMod(subtracts ? Math.negateExact(y) : y, MICROS_PER_DAY);
          yield Math.floorMod(x + rest * (perSecond(left) / MICROS_PER_SECOND), perDay);
        }
        case Type.Timestamp t -> addToTimestamp(left, right, x, y, subtracts);
        case Type.ZonedTimestamp t -> addToTimestamp(left, right, x, y, subtracts);
        case Type.MonthInterval t -> checkedInt(subtracts ? x - y : x + y);
        default -> subtracts ? Math.subtractExact(x, y) : Math.addExact(x, y);
      };
    } catch (ArithmeticException e) {
      throw ExpressionErrors.datetimeOverflow(
          print(left, x) + (subtracts ? " - " : " + ") + "INTERVAL " + print(right, y), left);
    }
  }

  private static long addToDate(Type interval, long days, long amount) {
    if (interval instanceof Type.MonthInterval) {
      return Calendar.addMonths(days, amount);
    }
    if (amount % MICROS_PER_DAY != 0) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.ADD,
          "a DATE takes whole days, not INTERVAL "
              + print(interval, amount)
              + "; cast it to TIMESTAMP");
    }
    return days + amount / MICROS_PER_DAY;
  }

  private static long addToTimestamp(Type type, Type interval, long x, long y, boolean subtracts) {
    if (interval instanceof Type.TimeInterval) {
      return Math.addExact(x, units(y, perSecond(type), subtracts));
    }
    long perDay = perSecond(type) * SECONDS_PER_DAY;
    long days = Calendar.addMonths(Math.floorDiv(x, perDay), subtracts ? -y : y);
    return Math.addExact(Math.multiplyExact(days, perDay), Math.floorMod(x, perDay));
  }

  private static long checkedInt(long value) {
    return Math.toIntExact(value);
  }

  /** An interval times or over a BIGINT or DOUBLE; a fraction is rounded half to even. */
  static Kernel scale(ScalarFunction function, Type interval, Type by) {
    int width = interval instanceof Type.MonthInterval ? 4 : 8;
    boolean divides = function == ScalarFunction.DIVIDE;
    return RowKernels.integer(
        interval,
        width,
        arguments -> {
          long x = arguments.integer(0);
          Object factor =
              by instanceof Type.DoubleType
                  ? (Object) arguments.real(1)
                  : (Object) arguments.integer(1);
          if (divides && ((Number) factor).doubleValue() == 0) {
            throw Arithmetic.byZero(function, "INTERVAL " + print(interval, x));
          }
          if (!Double.isFinite(((Number) factor).doubleValue())) {
            throw scaleOverflow(function, interval, x, factor);
          }
          BigDecimal exactFactor = new BigDecimal(factor.toString());
          BigDecimal exact =
              divides
                  ? BigDecimal.valueOf(x)
                      .divide(
                          exactFactor,
                          0,
                          by instanceof Type.DoubleType
                              ? RoundingMode.HALF_EVEN
                              : RoundingMode.DOWN)
                  : BigDecimal.valueOf(x).multiply(exactFactor).setScale(0, RoundingMode.HALF_EVEN);
          if (exact.unscaledValue().bitLength() >= width * 8) {
            throw scaleOverflow(function, interval, x, factor);
          }
          return exact.longValue();
        });
  }

  private static TidemillException scaleOverflow(
      ScalarFunction function, Type interval, long x, Object factor) {
    return ExpressionErrors.datetimeOverflow(
        "INTERVAL " + print(interval, x) + Arithmetic.symbol(function) + factor, interval);
  }

  // EXTRACT, DATE_TRUNC, DATE_CEIL, DATE_DIFF.

  /** The unit that is the call's first argument. */
  private static TimeUnit unit(Call call) {
    if (call.arguments().getFirst() instanceof Literal literal
        && literal.value() instanceof String name) {
      TimeUnit unit = TimeUnit.named(name);
      if (unit != null) {
        return unit;
      }
    }
    throw ExpressionErrors.invalidArgument(
        call.function(), call.arguments().getFirst() + " is no unit of time");
  }

  static Kernel extract(Call call) {
    TimeUnit unit = unit(call);
    Type type = call.arguments().get(1).type();
    if (!isTemporal(type) && !isInterval(type)) {
      throw unsupported(call);
    }
    if (isInterval(type)) {
      return extractFromInterval(call, unit, type);
    }
    if (type instanceof Type.Time && !unit.isBelowDay() && unit != TimeUnit.EPOCH) {
      throw ExpressionErrors.invalidArgument(call.function(), "no " + unit + " in a " + type);
    }
    return (evaluation, rows, arguments) -> {
      FixedColumn column = (FixedColumn) evaluation.fullColumn(arguments[1]);
      Buffer values = evaluation.allocate(Math.max(1, evaluation.length) * 8L);
      extract(unit, type, column, values.address(), evaluation.length);
      return evaluation.fixed(Type.BIGINT, 8, values, evaluation.validity(column));
    };
  }

  private static void extract(TimeUnit unit, Type type, FixedColumn column, long out, int length) {
    if (type instanceof Type.Date) {
      CastKernels.widenInts(column.address(), out, length);
      extractFromDays(unit, out, length);
    } else if (unit == TimeUnit.EPOCH) {
      CastKernels.floorDivide(column.address(), perSecond(type), out, length);
    } else if (unit.isBelowDay()) {
      extractTime(unit, perSecond(type), column.address(), out, length);
    } else {
      CastKernels.floorDivide(column.address(), perSecond(type) * SECONDS_PER_DAY, out, length);
      extractFromDays(unit, out, length);
    }
  }

  private static void extractFromDays(TimeUnit unit, long out, int length) {
    switch (unit) {
      case YEAR -> Calendar.years(out, length);
      case MONTH -> Calendar.months(out, length);
      case DAY -> Calendar.days(out, length);
      default -> Calendar.extract(unit, out, length);
    }
  }

  /** HOUR and MINUTE of what is above, SECOND and its fractions of the minute. */
  private static void extractTime(TimeUnit unit, long perSecond, long from, long out, int length) {
    switch (unit) {
      case HOUR -> divideRest(from, perSecond * SECONDS_PER_DAY, perSecond * 3600, out, length);
      case MINUTE -> divideRest(from, perSecond * 3600, perSecond * 60, out, length);
      case SECOND -> divideRest(from, perSecond * 60, perSecond, out, length);
      default -> {
        long wanted = NANOS_PER_SECOND / unit.nanos;
        if (wanted <= perSecond) {
          divideRest(from, perSecond * 60, perSecond / wanted, out, length);
        } else {
          CastKernels.floorRest(from, perSecond * 60, out, length);
          IntegerKernels.multiplyLongScalar(out, wanted / perSecond, out, length);
        }
      }
    }
  }

  /** {@code (x mod modulus) / divisor}. */
  private static void divideRest(long from, long modulus, long divisor, long out, int length) {
    for (int i = 0; i < length; i++) {
      long rest = Math.floorMod(Memory.getLong(from + ((long) i << 3)), modulus);
      Memory.putLong(out + ((long) i << 3), rest / divisor);
    }
  }

  private static Kernel extractFromInterval(Call call, TimeUnit unit, Type type) {
    boolean ofMonths = type instanceof Type.MonthInterval;
    boolean known =
        ofMonths
            ? unit.months > 0
            : unit == TimeUnit.EPOCH || unit == TimeUnit.DAY || unit.isBelowDay();
    if (!known) {
      throw ExpressionErrors.invalidArgument(call.function(), "no " + unit + " in an " + type);
    }
    return RowKernels.integer(
        Type.BIGINT,
        8,
        arguments -> {
          long x = arguments.integer(1);
          return ofMonths ? extractFromMonths(unit, x) : extractFromMicros(unit, x);
        });
  }

  private static long extractFromMonths(TimeUnit unit, long months) {
    return switch (unit) {
      case MONTH -> months % 12;
      case QUARTER -> months % 12 / 3 + 1;
      default -> months / unit.months;
    };
  }

  private static long extractFromMicros(TimeUnit unit, long micros) {
    return switch (unit) {
      case EPOCH -> micros / MICROS_PER_SECOND;
      case DAY -> micros / MICROS_PER_DAY;
      case HOUR -> micros % MICROS_PER_DAY / 3_600_000_000L;
      case MINUTE -> micros % 3_600_000_000L / 60_000_000;
      case SECOND -> micros % 60_000_000 / MICROS_PER_SECOND;
      default -> {
        long rest = micros % 60_000_000;
        yield unit.nanos >= 1000 ? rest / (unit.nanos / 1000) : rest * (1000 / unit.nanos);
      }
    };
  }

  private static TidemillException unsupported(Call call) {
    return ExpressionErrors.unsupported(
        call.function(), call.arguments().stream().map(a -> a.type()).toList());
  }

  private static TimeUnit period(Call call, Type type) {
    TimeUnit unit = unit(call);
    if (!isTemporal(type)) {
      throw unsupported(call);
    }
    if (!unit.isPeriod()
        || (type instanceof Type.Time && !unit.isBelowDay() && unit != TimeUnit.DAY)) {
      throw ExpressionErrors.invalidArgument(call.function(), unit + " does not go with " + type);
    }
    return unit;
  }

  /** DATE_TRUNC or DATE_CEIL. */
  static Kernel truncate(Call call) {
    Type type = call.arguments().get(1).type();
    if (isInterval(type) && call.function() == ScalarFunction.DATE_TRUNC) {
      return truncateInterval(call, type);
    }
    TimeUnit unit = period(call, type);
    boolean up = call.function() == ScalarFunction.DATE_CEIL;
    int width = type instanceof Type.Date ? 4 : 8;
    Kernel rowByRow =
        RowKernels.integer(
            type,
            width,
            arguments -> {
              long x = arguments.integer(1);
              try {
                return up ? ceil(unit, type, x) : floor(unit, type, x);
              } catch (ArithmeticException e) {
                throw ExpressionErrors.datetimeOverflow(
                    call.function() + "(" + unit + ", " + print(type, x) + ")", type);
              }
            });
    boolean isMultiple = !up && width == 8 && (unit.isBelowDay() || unit == TimeUnit.DAY);
    return isMultiple
        ? floorTo(type, unit.nanos / (NANOS_PER_SECOND / perSecond(type)), rowByRow)
        : rowByRow;
  }

  /** Towards zero. */
  private static Kernel truncateInterval(Call call, Type type) {
    TimeUnit unit = unit(call);
    boolean ofMonths = type instanceof Type.MonthInterval;
    boolean known = ofMonths ? unit.months > 0 : unit == TimeUnit.DAY || unit.isBelowDay();
    if (!known) {
      throw ExpressionErrors.invalidArgument(call.function(), unit + " does not go with " + type);
    }
    long size = ofMonths ? unit.months : Math.max(1, unit.nanos / 1000);
    return RowKernels.integer(
        type,
        ofMonths ? 4 : 8,
        arguments -> {
          long x = arguments.integer(1);
          return x - x % size;
        });
  }

  /** Down to multiples of {@code size}; {@code rowByRow} where that wraps around. */
  private static Kernel floorTo(Type type, long size, Kernel rowByRow) {
    return (evaluation, rows, arguments) -> {
      FixedColumn column = (FixedColumn) evaluation.fullColumn(arguments[1]);
      if (size <= 1) {
        return new Vector(column);
      }
      Buffer values = evaluation.allocate(Math.max(1, evaluation.length) * 8L);
      if (CastKernels.floorTo(column.address(), size, values.address(), evaluation.length)) {
        evaluation.discard(values);
        return rowByRow.apply(evaluation, rows, arguments);
      }
      return evaluation.fixed(type, 8, values, evaluation.validity(column));
    };
  }

  private static long floor(TimeUnit unit, Type type, long x) {
    if (type instanceof Type.Date) {
      return unit.isBelowDay() ? x : checkedInt(Calendar.truncate(unit, x));
    }
    long perSecond = perSecond(type);
    if (unit.isBelowDay()) {
      long size = unit.nanos / (NANOS_PER_SECOND / perSecond);
      return size <= 1 ? x : Math.subtractExact(x, Math.floorMod(x, size));
    }
    long perDay = perSecond * SECONDS_PER_DAY;
    return Math.multiplyExact(Calendar.truncate(unit, Math.floorDiv(x, perDay)), perDay);
  }

  private static long ceil(TimeUnit unit, Type type, long x) {
    long start = floor(unit, type, x);
    if (start == x) {
      return x;
    }
    if (type instanceof Type.Date) {
      return checkedInt(Calendar.next(unit, start));
    }
    long perSecond = perSecond(type);
    long perDay = perSecond * SECONDS_PER_DAY;
    long end =
        unit.isBelowDay()
            ? Math.addExact(start, unit.nanos / (NANOS_PER_SECOND / perSecond))
            : Math.multiplyExact(Calendar.next(unit, Math.floorDiv(start, perDay)), perDay);
    if (type instanceof Type.Time && end >= perDay) {
      throw new ArithmeticException("behind the end of the day");
    }
    return end;
  }

  /** {@code DATE_DIFF(unit, from, to)}: whole units, towards zero. */
  static Kernel difference(Call call) {
    Type type = call.arguments().get(1).type();
    TimeUnit unit = period(call, type);
    return RowKernels.integer(
        Type.BIGINT,
        8,
        arguments -> {
          long from = arguments.integer(1);
          long to = arguments.integer(2);
          try {
            return difference(unit, type, from, to);
          } catch (ArithmeticException e) {
            throw ExpressionErrors.datetimeOverflow(
                call.function()
                    + "("
                    + unit
                    + ", "
                    + print(type, from)
                    + ", "
                    + print(type, to)
                    + ")",
                Type.BIGINT);
          }
        });
  }

  private static long difference(TimeUnit unit, Type type, long from, long to) {
    long perDay = type instanceof Type.Date ? 1 : perSecond(type) * SECONDS_PER_DAY;
    if (unit.months > 0) {
      return monthsBetween(from, to, perDay) / unit.months;
    }
    if (unit == TimeUnit.ISOYEAR) {
      return monthsBetween(from, to, perDay) / TimeUnit.YEAR.months;
    }
    long nanosPerUnit = TimeUnit.DAY.nanos / perDay;
    long between = Math.subtractExact(to, from);
    return unit.nanos >= nanosPerUnit
        ? between / (unit.nanos / nanosPerUnit)
        : Math.multiplyExact(between, nanosPerUnit / unit.nanos);
  }

  /**
   * Whole months as java.time counts them: a month is full when its day number is reached again.
   */
  private static long monthsBetween(long from, long to, long perDay) {
    long fromDay = Math.floorDiv(from, perDay);
    long toDay = Math.floorDiv(to, perDay);
    int ofDay = Long.compare(Math.floorMod(to, perDay), Math.floorMod(from, perDay));
    if (toDay > fromDay && ofDay < 0) {
      toDay--;
    } else if (toDay < fromDay && ofDay > 0) {
      toDay++;
    }
    long a = Calendar.packedDate(fromDay);
    long b = Calendar.packedDate(toDay);
    long months =
        (Calendar.year(b) - Calendar.year(a)) * 12 + Calendar.month(b) - Calendar.month(a);
    return (months * 32 + Calendar.day(b) - Calendar.day(a)) / 32;
  }

  /** {@code TIME_BETWEEN(to, from)}. */
  static Kernel between(Call call) {
    Type type = call.arguments().getFirst().type();
    if (!isTemporal(type)) {
      throw unsupported(call);
    }
    if (type instanceof Type.Date) {
      return RowKernels.integer(call.type(), 8, arguments -> days(call.type(), arguments));
    }
    long perSecond = perSecond(type);
    return RowKernels.integer(
        call.type(),
        8,
        arguments -> {
          long to = arguments.integer(0);
          long from = arguments.integer(1);
          try {
            long between = Math.subtractExact(to, from);
            return perSecond >= MICROS_PER_SECOND
                ? between / (perSecond / MICROS_PER_SECOND)
                : Math.multiplyExact(between, MICROS_PER_SECOND / perSecond);
          } catch (ArithmeticException e) {
            throw ExpressionErrors.datetimeOverflow(
                print(type, to) + " - " + print(type, from), call.type());
          }
        });
  }

  private static long days(Type type, RowArguments arguments) {
    long days = arguments.integer(0) - arguments.integer(1);
    if (!(type instanceof Type.TimeInterval)) {
      return days;
    }
    try {
      return Math.multiplyExact(days, MICROS_PER_DAY);
    } catch (ArithmeticException e) {
      throw ExpressionErrors.datetimeOverflow(
          print(Type.DATE, arguments.integer(0)) + " - " + print(Type.DATE, arguments.integer(1)),
          type);
    }
  }

  // The rest.

  private static long dayOf(Type type, long value) {
    return type instanceof Type.Date
        ? value
        : Math.floorDiv(value, perSecond(type) * SECONDS_PER_DAY);
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

  /** The end of the last day that java.time counts from 1970, and before it about the first. */
  private static final long MOST_SECONDS = 365_241_780_471L * 86_400;

  /** FROM_EPOCH_SECONDS, FROM_EPOCH_MILLIS and FROM_EPOCH_MICROS. */
  static Kernel fromEpoch(Call call, long perSecondOfArgument) {
    long perSecond = perSecond(call.type());
    long most = Math.min(MOST_SECONDS, Long.MAX_VALUE / perSecond - 1);
    return RowKernels.integer(
        call.type(),
        8,
        arguments -> {
          long x = arguments.integer(0);
          if (Math.abs(x / perSecondOfArgument) >= most) {
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
    long perSecond = perSecond(call.type());
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
            throw ExpressionErrors.undefined(
                call.function(), "…, " + hour + ", " + minute + ", " + seconds);
          }
          long whole = days * SECONDS_PER_DAY + hour * 3600 + minute * 60;
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
    long perSecond = perSecond(type);
    long perDay = perSecond * SECONDS_PER_DAY;
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
    long perSecond = perSecond(type);
    long perDay = perSecond * SECONDS_PER_DAY;
    boolean ofMonths = interval instanceof Type.MonthInterval;
    long origin = Calendar.days(2000, 1, ofMonths ? 1 : 3);
    return RowKernels.integer(
        type,
        8,
        arguments -> {
          long width = arguments.integer(0);
          long x = arguments.integer(1);
          long size = ofMonths ? width : units(width, perSecond, false);
          if (size <= 0) {
            throw ExpressionErrors.invalidArgument(
                ScalarFunction.TIME_BUCKET,
                "buckets of INTERVAL " + print(interval, width) + " are too small for " + type);
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
            throw ExpressionErrors.datetimeOverflow("TIME_BUCKET(…, " + print(type, x) + ")", type);
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
    long perSecond = perSecond(from);
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
                      print(from, value)
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
