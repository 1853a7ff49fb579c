package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;

/** EXTRACT, DATE_TRUNC and DATE_CEIL: times and intervals by units. */
final class TimeParts {
  private TimeParts() {}

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
    if (!Temporals.isTemporal(type) && !Temporals.isInterval(type)) {
      throw unsupported(call);
    }
    if (Temporals.isInterval(type)) {
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
      CastKernels.floorDivide(column.address(), Temporals.perSecond(type), out, length);
    } else if (unit.isBelowDay()) {
      extractTime(unit, Temporals.perSecond(type), column.address(), out, length);
    } else {
      CastKernels.floorDivide(
          column.address(), Temporals.perSecond(type) * Temporals.SECONDS_PER_DAY, out, length);
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
      case HOUR ->
          divideRest(from, perSecond * Temporals.SECONDS_PER_DAY, perSecond * 3600, out, length);
      case MINUTE -> divideRest(from, perSecond * 3600, perSecond * 60, out, length);
      case SECOND -> divideRest(from, perSecond * 60, perSecond, out, length);
      default -> {
        long wanted = Temporals.NANOS_PER_SECOND / unit.nanos;
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
      case EPOCH -> micros / Temporals.MICROS_PER_SECOND;
      case DAY -> micros / Temporals.MICROS_PER_DAY;
      case HOUR -> micros % Temporals.MICROS_PER_DAY / 3_600_000_000L;
      case MINUTE -> micros % 3_600_000_000L / 60_000_000;
      case SECOND -> micros % 60_000_000 / Temporals.MICROS_PER_SECOND;
      default -> {
        long rest = micros % 60_000_000;
        yield unit.nanos >= 1000 ? rest / (unit.nanos / 1000) : rest * (1000 / unit.nanos);
      }
    };
  }

  static TidemillException unsupported(Call call) {
    return ExpressionErrors.unsupported(
        call.function(), call.arguments().stream().map(a -> a.type()).toList());
  }

  /** As {@link #unit}, of a call that counts such units of times of the type or cuts to them. */
  static TimeUnit period(Call call, Type type) {
    TimeUnit unit = unit(call);
    if (!Temporals.isTemporal(type)) {
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
    if (Temporals.isInterval(type) && call.function() == ScalarFunction.DATE_TRUNC) {
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
                    call.function() + "(" + unit + ", " + Temporals.print(type, x) + ")", type);
              }
            });
    boolean isMultiple = !up && width == 8 && (unit.isBelowDay() || unit == TimeUnit.DAY);
    return isMultiple
        ? floorTo(
            type, unit.nanos / (Temporals.NANOS_PER_SECOND / Temporals.perSecond(type)), rowByRow)
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
      return unit.isBelowDay() ? x : TimeArithmetic.checkedInt(Calendar.truncate(unit, x));
    }
    long perSecond = Temporals.perSecond(type);
    if (unit.isBelowDay()) {
      long size = unit.nanos / (Temporals.NANOS_PER_SECOND / perSecond);
      return size <= 1 ? x : Math.subtractExact(x, Math.floorMod(x, size));
    }
    long perDay = perSecond * Temporals.SECONDS_PER_DAY;
    return Math.multiplyExact(Calendar.truncate(unit, Math.floorDiv(x, perDay)), perDay);
  }

  private static long ceil(TimeUnit unit, Type type, long x) {
    long start = floor(unit, type, x);
    if (start == x) {
      return x;
    }
    if (type instanceof Type.Date) {
      return TimeArithmetic.checkedInt(Calendar.next(unit, start));
    }
    long perSecond = Temporals.perSecond(type);
    long perDay = perSecond * Temporals.SECONDS_PER_DAY;
    long end =
        unit.isBelowDay()
            ? Math.addExact(start, unit.nanos / (Temporals.NANOS_PER_SECOND / perSecond))
            : Math.multiplyExact(Calendar.next(unit, Math.floorDiv(start, perDay)), perDay);
    if (type instanceof Type.Time && end >= perDay) {
      throw new ArithmeticException("behind the end of the day");
    }
    return end;
  }
}
