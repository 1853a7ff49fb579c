package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Sums of times and intervals, and multiples of intervals. */
final class TimeArithmetic {
  private TimeArithmetic() {}

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
    long units = units(((Scalar) arguments[1]).low(), Temporals.perSecond(type), subtracts);
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
  static long units(long micros, long perSecond, boolean negated) {
    long signed = negated ? Math.negateExact(micros) : micros;
    return perSecond >= Temporals.MICROS_PER_SECOND
        ? Math.multiplyExact(signed, perSecond / Temporals.MICROS_PER_SECOND)
        : Math.floorDiv(signed, Temporals.MICROS_PER_SECOND / perSecond);
  }

  private static long addOne(Type left, Type right, long x, long y, boolean subtracts) {
    try {
      return switch (left) {
        case Type.Date t -> checkedInt(addToDate(right, x, subtracts ? Math.negateExact(y) : y));
        case Type.Time t -> {
          long perDay = Temporals.perSecond(left) * Temporals.SECONDS_PER_DAY;
          long rest = Math.floorMod(subtracts ? Math.negateExact(y) : y, Temporals.MICROS_PER_DAY);
          yield Math.floorMod(
              x + rest * (Temporals.perSecond(left) / Temporals.MICROS_PER_SECOND), perDay);
        }
        case Type.Timestamp t -> addToTimestamp(left, right, x, y, subtracts);
        case Type.ZonedTimestamp t -> addToTimestamp(left, right, x, y, subtracts);
        case Type.MonthInterval t -> checkedInt(subtracts ? x - y : x + y);
        default -> subtracts ? Math.subtractExact(x, y) : Math.addExact(x, y);
      };
    } catch (ArithmeticException e) {
      throw ExpressionErrors.datetimeOverflow(
          Temporals.print(left, x)
              + (subtracts ? " - " : " + ")
              + "INTERVAL "
              + Temporals.print(right, y),
          left);
    }
  }

  private static long addToDate(Type interval, long days, long amount) {
    if (interval instanceof Type.MonthInterval) {
      return Calendar.addMonths(days, amount);
    }
    if (amount % Temporals.MICROS_PER_DAY != 0) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.ADD,
          "a DATE takes whole days, not INTERVAL "
              + Temporals.print(interval, amount)
              + "; cast it to TIMESTAMP");
    }
    return days + amount / Temporals.MICROS_PER_DAY;
  }

  private static long addToTimestamp(Type type, Type interval, long x, long y, boolean subtracts) {
    if (interval instanceof Type.TimeInterval) {
      return Math.addExact(x, units(y, Temporals.perSecond(type), subtracts));
    }
    long perDay = Temporals.perSecond(type) * Temporals.SECONDS_PER_DAY;
    long days = Calendar.addMonths(Math.floorDiv(x, perDay), subtracts ? -y : y);
    return Math.addExact(Math.multiplyExact(days, perDay), Math.floorMod(x, perDay));
  }

  static long checkedInt(long value) {
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
            throw Arithmetic.byZero(function, "INTERVAL " + Temporals.print(interval, x));
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
        "INTERVAL " + Temporals.print(interval, x) + Arithmetic.symbol(function) + factor,
        interval);
  }
}
