package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * FLOOR, CEIL, ROUND, ROUND_EVEN and TRUNCATE, and the operations of one number: NEGATE, ABS, SIGN.
 * A DOUBLE rounds as the decimal number it prints as.
 */
final class Rounding {
  private final ScalarFunction function;
  private final RoundingMode mode;
  private final Type from;
  private final Type to;

  private Rounding(ScalarFunction function, Type from, Type to) {
    this.function = function;
    this.from = from;
    this.to = to;
    this.mode =
        switch (function) {
          case FLOOR -> RoundingMode.FLOOR;
          case CEIL -> RoundingMode.CEILING;
          case ROUND -> RoundingMode.HALF_UP;
          case ROUND_EVEN -> RoundingMode.HALF_EVEN;
          default -> RoundingMode.DOWN;
        };
  }

  /**
   * A kernel of FLOOR, CEIL, ROUND or TRUNCATE, the last two with digits as a second argument or
   * without.
   */
  static Kernel kernel(ScalarFunction function, Type from, Type to) {
    Rounding rounding = new Rounding(function, from, to);
    return rounding::compute;
  }

  private Value compute(Evaluation evaluation, Rows rows, Value[] arguments) {
    FixedColumn column = (FixedColumn) evaluation.fullColumn(arguments[0]);
    if (arguments.length == 1 || arguments[1] instanceof Scalar) {
      long digits = arguments.length == 1 ? 0 : ((Scalar) arguments[1]).low();
      if (from instanceof Type.Int && from.equals(to) && digits >= 0) {
        return new Vector(column);
      }
      if (from instanceof Type.DoubleType && to instanceof Type.DoubleType && digits == 0) {
        return roundDoubles(evaluation, column);
      }
      if (from instanceof Type.Decimal f && to instanceof Type.Decimal t && column.width() == 8) {
        Value result = roundNarrow(evaluation, column, f, t, digits);
        if (result != null) {
          return result;
        }
      }
    }
    return roundRows(evaluation, rows, column, arguments);
  }

  private Value roundDoubles(Evaluation evaluation, FixedColumn column) {
    Buffer values = evaluation.allocate(Math.max(1, evaluation.length) * 8L);
    for (int i = 0; i < evaluation.length; i++) {
      double x = Memory.getDouble(column.address() + ((long) i << 3));
      double rounded =
          switch (mode) {
            case FLOOR -> Math.floor(x);
            case CEILING -> Math.ceil(x);
            case HALF_UP -> roundHalfUp(x);
            case HALF_EVEN -> Math.rint(x);
            default -> x < 0 ? Math.ceil(x) : Math.floor(x);
          };
      Memory.putDouble(values.address() + ((long) i << 3), rounded);
    }
    return evaluation.fixed(to, 8, values, evaluation.validity(column));
  }

  private static double roundHalfUp(double x) {
    double whole = x < 0 ? Math.ceil(x) : Math.floor(x);
    return Math.abs(x - whole) >= 0.5 ? whole + Math.signum(x) : whole;
  }

  /** On scaled int64; null where something does not fit or digits are out of the common. */
  private @Nullable Value roundNarrow(
      Evaluation evaluation, FixedColumn column, Type.Decimal f, Type.Decimal t, long digits) {
    long kept = Math.min(digits, f.scale());
    long dropped = f.scale() - kept;
    long added = t.scale() - kept;
    boolean fits = t.precision() - t.scale() > f.precision() - f.scale();
    boolean exact =
        t.precision() - t.scale() >= f.precision() - f.scale()
            && (mode == RoundingMode.DOWN || dropped == 0);
    if (dropped > 18 || added < 0 || added > 18 || !(fits || exact)) {
      return null;
    }
    Buffer values = evaluation.allocate(Math.max(1, evaluation.length) * 8L);
    divide(column.address(), Int128.power((int) dropped), values.address(), evaluation.length);
    if (IntegerKernels.multiplyLongScalar(
        values.address(), Int128.power((int) added), values.address(), evaluation.length)) {
      evaluation.discard(values);
      return null;
    }
    return evaluation.fixed(to, 8, values, evaluation.validity(column));
  }

  private void divide(long from, long unit, long to, int length) {
    switch (mode) {
      case FLOOR -> CastKernels.floorDivide(from, unit, to, length);
      case CEILING -> {
        for (int i = 0; i < length; i++) {
          Memory.putLong(
              to + ((long) i << 3), Math.ceilDiv(Memory.getLong(from + ((long) i << 3)), unit));
        }
      }
      case HALF_EVEN -> {
        for (int i = 0; i < length; i++) {
          Memory.putLong(
              to + ((long) i << 3), divideHalfEven(Memory.getLong(from + ((long) i << 3)), unit));
        }
      }
      case HALF_UP -> {
        if (unit == 1) {
          Memory.copy(from, to, length * 8L);
        } else {
          CastKernels.divideHalfUp(from, unit, to, length);
        }
      }
      default -> {
        for (int i = 0; i < length; i++) {
          Memory.putLong(to + ((long) i << 3), Memory.getLong(from + ((long) i << 3)) / unit);
        }
      }
    }
  }

  private static long divideHalfEven(long x, long unit) {
    long quotient = x / unit;
    long rest = Math.abs(x % unit);
    long more = unit - rest;
    boolean up = rest > more || (rest == more && (quotient & 1) != 0);
    return up ? quotient + Long.signum(x) : quotient;
  }

  private Value roundRows(Evaluation evaluation, Rows rows, FixedColumn column, Value[] arguments) {
    return RowByRow.compute(
        evaluation,
        rows,
        to,
        arguments,
        row -> {
          long digits = arguments.length == 1 ? 0 : Arithmetic.longAt(arguments[1], row);
          return round(column, row, Math.clamp(digits, -400, 400));
        });
  }

  private Object round(FixedColumn column, int row, int digits) {
    if (from instanceof Type.Real || from instanceof Type.DoubleType) {
      double value = column.doubleAt(row);
      if (!Double.isFinite(value)) {
        return from instanceof Type.Real ? (Object) (float) value : (Object) value;
      }
      BigDecimal exact =
          from instanceof Type.Real
              ? new BigDecimal(Float.toString((float) value))
              : BigDecimal.valueOf(value);
      BigDecimal rounded = exact.scale() <= digits ? exact : exact.setScale(digits, mode);
      return from instanceof Type.Real
          ? (Object) rounded.floatValue()
          : (Object) rounded.doubleValue();
    }
    BigDecimal exact =
        from instanceof Type.Decimal decimal
            ? new BigDecimal(column.unscaledAt(row), decimal.scale())
            : BigDecimal.valueOf(column.longAt(row));
    BigDecimal rounded = exact.scale() <= digits ? exact : exact.setScale(digits, mode);
    Object result =
        Conversions.convert(rounded, new Type.Decimal(Type.MAX_DECIMAL_PRECISION, 0), to);
    if (result == null) {
      String rest = digits == 0 ? "" : ", " + digits;
      throw ExpressionErrors.numericOverflow(
          function + "(" + exact.toPlainString() + rest + ")", to);
    }
    return result;
  }

  /** A kernel of NEGATE or ABS, of a number or interval, into the same type. */
  static Kernel unary(ScalarFunction function, Type type) {
    return (evaluation, rows, arguments) -> {
      FixedColumn column = (FixedColumn) evaluation.fullColumn(arguments[0]);
      boolean isAbs = function == ScalarFunction.ABS;
      int width = column.width();
      Buffer values = evaluation.allocate(Math.max(1, (long) evaluation.length * width));
      boolean wrong = false;
      if (type instanceof Type.DoubleType) {
        for (int i = 0; i < evaluation.length; i++) {
          double x = Memory.getDouble(column.address() + ((long) i << 3));
          Memory.putDouble(values.address() + ((long) i << 3), isAbs ? Math.abs(x) : -x);
        }
      } else if (type instanceof Type.Real) {
        for (int i = 0; i < evaluation.length; i++) {
          float x = Memory.getFloat(column.address() + ((long) i << 2));
          Memory.putFloat(values.address() + ((long) i << 2), isAbs ? Math.abs(x) : -x);
        }
      } else {
        wrong = width == 16 || negate(column, isAbs, values.address());
      }
      if (wrong) {
        evaluation.discard(values);
        return negateRows(evaluation, rows, function, column, arguments);
      }
      return evaluation.fixed(type, width, values, evaluation.validity(column));
    };
  }

  /** True where the least integer has no counterpart. */
  private static boolean negate(FixedColumn column, boolean isAbs, long out) {
    boolean wrong = false;
    int width = column.width();
    long least = -1L << (width * 8 - 1);
    for (int i = 0; i < column.length(); i++) {
      long x = column.longAt(i);
      wrong |= x == least;
      long result = isAbs ? Math.abs(x) : -x;
      switch (width) {
        case 1 -> Memory.putByte(out + i, (byte) result);
        case 2 -> Memory.putShort(out + ((long) i << 1), (short) result);
        case 4 -> Memory.putInt(out + ((long) i << 2), (int) result);
        default -> Memory.putLong(out + ((long) i << 3), result);
      }
    }
    return wrong;
  }

  private static Value negateRows(
      Evaluation evaluation,
      Rows rows,
      ScalarFunction function,
      FixedColumn column,
      Value[] arguments) {
    Type type = column.type();
    return RowByRow.compute(
        evaluation,
        rows,
        type,
        arguments,
        row -> {
          BigInteger exact =
              type instanceof Type.Decimal
                  ? column.unscaledAt(row)
                  : BigInteger.valueOf(column.longAt(row));
          BigInteger result = function == ScalarFunction.ABS ? exact.abs() : exact.negate();
          if (type instanceof Type.Decimal decimal) {
            return new BigDecimal(result, decimal.scale());
          }
          if (result.bitLength() >= column.width() * 8) {
            throw ExpressionErrors.numericOverflow(
                function == ScalarFunction.ABS ? "ABS(" + exact + ")" : "-(" + exact + ")", type);
          }
          return Temporals.object(type, result.longValue());
        });
  }

  /** A kernel of SIGN: -1, 0 or 1 as {@code to}. */
  static Kernel sign(Type from, Type to) {
    return (evaluation, rows, arguments) -> {
      FixedColumn column = (FixedColumn) evaluation.fullColumn(arguments[0]);
      return RowByRow.compute(
          evaluation,
          rows,
          to,
          arguments,
          row -> {
            if (from instanceof Type.Real || from instanceof Type.DoubleType) {
              double sign = Math.signum(column.doubleAt(row));
              return to instanceof Type.Real ? (Object) (float) sign : (Object) sign;
            }
            long high = column.highAt(row);
            long sign = high < 0 ? -1 : high == 0 && column.longAt(row) == 0 ? 0 : 1;
            Object result = Conversions.convert(sign, Type.BIGINT, to);
            if (result == null) {
              throw ExpressionErrors.numericOverflow("SIGN(…) = " + sign, to);
            }
            return result;
          });
    };
  }
}
