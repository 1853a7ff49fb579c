package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
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
 * ADD, SUBTRACT, MULTIPLY, DIVIDE and MODULO of DECIMALs of any precision and scale, into the
 * call's DECIMAL, half away from zero. A batch whose operands are 8 bytes wide is computed on
 * scaled int64, and where something overflows these, once more on 128 bits, row by row; a row that
 * needs more than that for an intermediate result goes through BigDecimal, which is also what words
 * the errors.
 */
final class DecimalArithmetic {
  private final ScalarFunction function;
  private final Type.Decimal left;
  private final Type.Decimal right;
  private final Type.Decimal result;

  /** Operands of ADD, SUBTRACT and MODULO are brought to this scale. */
  private final int commonScale;

  /** Whether operands that fit their types may have a result that does not fit its own. */
  private final boolean checksPrecision;

  private DecimalArithmetic(
      ScalarFunction function, Type.Decimal left, Type.Decimal right, Type.Decimal result) {
    this.function = function;
    this.left = left;
    this.right = right;
    this.result = result;
    this.commonScale = Math.max(left.scale(), right.scale());
    this.checksPrecision = result.precision() - result.scale() < integerDigits();
  }

  static Kernel kernel(
      ScalarFunction function, Type.Decimal left, Type.Decimal right, Type.Decimal result) {
    DecimalArithmetic arithmetic = new DecimalArithmetic(function, left, right, result);
    return arithmetic::compute;
  }

  /** Digits before the point that a result can have, rounding included. */
  private int integerDigits() {
    int a = left.precision() - left.scale();
    int b = right.precision() - right.scale();
    return switch (function) {
      case MULTIPLY -> a + b + (result.scale() < left.scale() + right.scale() ? 1 : 0);
      case DIVIDE -> a + right.scale() + 1;
      case MODULO -> Math.min(a, b) + (result.scale() < commonScale ? 1 : 0);
      default -> Math.max(a, b) + 1 + (result.scale() < commonScale ? 1 : 0);
    };
  }

  private Value compute(Evaluation evaluation, Rows rows, Value[] arguments) {
    Value a = arguments[0];
    Value b = arguments[1];
    Buffer narrow = isNarrow(a) && isNarrow(b) ? computeNarrow(evaluation, a, b) : null;
    if (narrow != null) {
      if (checksPrecision && result.precision() <= 18) {
        checkNarrow(narrow.address(), rows, a, b);
      }
      return evaluation.fixed(result, 8, narrow, evaluation.validity(arguments));
    }
    return computeWide(evaluation, rows, a, b, evaluation.validity(arguments));
  }

  private static boolean isNarrow(Value value) {
    return switch (value) {
      case Scalar scalar -> scalar.isNarrow();
      case Vector vector -> ((FixedColumn) vector.column()).width() == 8;
    };
  }

  /** The results as int64, or null where these do not do (or where it divides by zero). */
  private @Nullable Buffer computeNarrow(Evaluation evaluation, Value a, Value b) {
    return switch (function) {
      case MULTIPLY ->
          result.scale() == left.scale() + right.scale() ? combine(evaluation, a, b, 0, 0) : null;
      case DIVIDE -> divideNarrow(evaluation, a, b);
      default ->
          result.scale() == commonScale
              ? combine(evaluation, a, b, commonScale - left.scale(), commonScale - right.scale())
              : null;
    };
  }

  private @Nullable Buffer combine(
      Evaluation evaluation, Value a, Value b, int leftDigits, int rightDigits) {
    Value x = scaledUp(evaluation, a, leftDigits);
    Value y = x == null ? null : scaledUp(evaluation, b, rightDigits);
    if (x == null || y == null) {
      return null;
    }
    int length = evaluation.length;
    Buffer values = evaluation.allocate(length * 8L);
    long out = values.address();
    boolean wrong =
        switch (function) {
          case ADD ->
              y instanceof Scalar s
                  ? IntegerKernels.addLongScalar(address(x), s.low(), out, length)
                  : x instanceof Scalar s
                      ? IntegerKernels.addLongScalar(address(y), s.low(), out, length)
                      : IntegerKernels.addLong(address(x), address(y), out, length);
          case SUBTRACT ->
              y instanceof Scalar s
                  ? IntegerKernels.subtractLongScalar(address(x), s.low(), out, length)
                  : x instanceof Scalar s
                      ? IntegerKernels.subtractLongFromScalar(s.low(), address(y), out, length)
                      : IntegerKernels.subtractLong(address(x), address(y), out, length);
          case MULTIPLY ->
              y instanceof Scalar s
                  ? IntegerKernels.multiplyLongScalar(address(x), s.low(), out, length)
                  : x instanceof Scalar s
                      ? IntegerKernels.multiplyLongScalar(address(y), s.low(), out, length)
                      : IntegerKernels.multiplyLong(address(x), address(y), out, length);
          default ->
              IntegerKernels.moduloLong(full(evaluation, x), full(evaluation, y), out, length);
        };
    if (wrong) {
      evaluation.discard(values);
      return null;
    }
    return values;
  }

  private static long address(Value value) {
    return Arithmetic.address(value);
  }

  private static long full(Evaluation evaluation, Value value) {
    return ((FixedColumn) evaluation.fullColumn(value)).address();
  }

  /**
   * The value times a power of ten, as a DECIMAL without a scale; null where int64 does not hold
   * it.
   */
  private static @Nullable Value scaledUp(Evaluation evaluation, Value value, int digits) {
    if (value instanceof Scalar scalar) {
      BigInteger scaled = BigInteger.valueOf(scalar.low()).multiply(BigInteger.TEN.pow(digits));
      return scaled.bitLength() < 64 ? new Scalar(Type.BIGINT, scaled.longValue()) : null;
    }
    if (digits == 0) {
      return value;
    }
    if (digits > 18) {
      return null;
    }
    Buffer scaled = evaluation.temporary(evaluation.length * 8L);
    boolean overflow =
        IntegerKernels.multiplyLongScalar(
            address(value), Int128.power(digits), scaled.address(), evaluation.length);
    return overflow
        ? null
        : new Vector(
            evaluation.own(
                new FixedColumn(Type.BIGINT, evaluation.length, 8, scaled.retain(), null)));
  }

  private @Nullable Buffer divideNarrow(Evaluation evaluation, Value a, Value b) {
    int digits = result.scale() - left.scale() + right.scale();
    Value dividend = digits < 0 ? null : scaledUp(evaluation, a, digits);
    if (dividend == null) {
      return null;
    }
    Buffer values = evaluation.allocate(evaluation.length * 8L);
    boolean wrong =
        divideHalfUp(
            full(evaluation, dividend), full(evaluation, b), values.address(), evaluation.length);
    if (wrong) {
      evaluation.discard(values);
      return null;
    }
    return values;
  }

  /** {@code a / b}, half away from zero; true where something divides by zero or overflows. */
  private static boolean divideHalfUp(long a, long b, long out, int length) {
    boolean wrong = false;
    for (int i = 0; i < length; i++) {
      long x = Memory.getLong(a + ((long) i << 3));
      long y = Memory.getLong(b + ((long) i << 3));
      wrong |= y == 0 | y == Long.MIN_VALUE | x == Long.MIN_VALUE;
      long divisor = y == 0 ? 1 : y;
      long quotient = x / divisor;
      long rest = Math.abs(x - quotient * divisor);
      if (rest >= Math.abs(divisor) - rest) {
        quotient += (x ^ divisor) < 0 ? -1 : 1;
      }
      Memory.putLong(out + ((long) i << 3), quotient);
    }
    return wrong;
  }

  private void checkNarrow(long values, Rows rows, Value a, Value b) {
    long bound = Int128.power(result.precision());
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      long value = Memory.getLong(values + ((long) row << 3));
      if ((value >= bound || value <= -bound)
          && !Arithmetic.isNull(a, row)
          && !Arithmetic.isNull(b, row)) {
        exact(decimalAt(a, row), decimalAt(b, row));
      }
    }
  }

  private Value computeWide(
      Evaluation evaluation, Rows rows, Value a, Value b, @Nullable Buffer validity) {
    long leftAddress = wide(evaluation, a);
    long rightAddress = wide(evaluation, b);
    int leftStride = a instanceof Scalar ? 0 : 16;
    int rightStride = b instanceof Scalar ? 0 : 16;
    Buffer values = evaluation.allocateZeroed(evaluation.length * 16L);
    Int128 accumulator = new Int128();
    Int128 other = new Int128();
    boolean allNarrow = true;
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (Arithmetic.isNull(a, row) || Arithmetic.isNull(b, row)) {
        continue;
      }
      accumulator.load(leftAddress + (long) row * leftStride);
      other.load(rightAddress + (long) row * rightStride);
      if (!computeRow(accumulator, other) || !accumulator.fits(result.precision())) {
        accumulator.set(exact(decimalAt(a, row), decimalAt(b, row)));
      }
      allNarrow &= accumulator.isNarrow();
      accumulator.store(values.address() + ((long) row << 4));
    }
    if (!allNarrow) {
      return evaluation.fixed(result, 16, values, validity);
    }
    Buffer narrow = evaluation.allocate(evaluation.length * 8L);
    for (int row = 0; row < evaluation.length; row++) {
      Memory.putLong(
          narrow.address() + ((long) row << 3),
          Memory.getLong(values.address() + ((long) row << 4)));
    }
    evaluation.discard(values);
    return evaluation.fixed(result, 8, narrow, validity);
  }

  private static long wide(Evaluation evaluation, Value value) {
    Column column =
        evaluation.own(Columns.widenDecimal(evaluation.column(value), evaluation.memory));
    return ((FixedColumn) column).address();
  }

  /** Whether the accumulator holds the result, rounded; else it may hold anything. */
  private boolean computeRow(Int128 a, Int128 b) {
    return switch (function) {
      case MULTIPLY -> a.multiply(b.low, b.high) && rescale(a, left.scale() + right.scale());
      case DIVIDE -> {
        int digits = result.scale() - left.scale() + right.scale();
        boolean simple = digits >= 0 && b.isNarrow() && b.low != 0 && b.low != Long.MIN_VALUE;
        if (!simple || !a.scaleUp(digits)) {
          yield false;
        }
        a.divide(b.low, true);
        yield true;
      }
      case MODULO -> false;
      default ->
          a.scaleUp(commonScale - left.scale())
              && b.scaleUp(commonScale - right.scale())
              && (function == ScalarFunction.ADD ? a.add(b.low, b.high) : a.subtract(b.low, b.high))
              && rescale(a, commonScale);
    };
  }

  private boolean rescale(Int128 value, int scale) {
    if (scale > result.scale()) {
      value.scaleDown(scale - result.scale());
      return true;
    }
    return value.scaleUp(result.scale() - scale);
  }

  private BigDecimal decimalAt(Value value, int row) {
    return switch (value) {
      case Scalar scalar ->
          new BigDecimal(
              Int128.toBigInteger(scalar.low(), scalar.high()),
              ((Type.Decimal) scalar.type()).scale());
      case Vector vector ->
          new BigDecimal(
              ((FixedColumn) vector.column()).unscaledAt(row),
              ((Type.Decimal) vector.type()).scale());
    };
  }

  /** The unscaled result, by BigDecimal, or the error. */
  private BigInteger exact(BigDecimal a, BigDecimal b) {
    boolean divides = function == ScalarFunction.DIVIDE || function == ScalarFunction.MODULO;
    if (divides && b.signum() == 0) {
      throw Arithmetic.byZero(function, a.toPlainString());
    }
    BigDecimal exact =
        switch (function) {
          case ADD -> a.add(b);
          case SUBTRACT -> a.subtract(b);
          case MULTIPLY -> a.multiply(b);
          case DIVIDE -> a.divide(b, result.scale(), RoundingMode.HALF_UP);
          default -> a.remainder(b);
        };
    BigDecimal rounded = exact.setScale(result.scale(), RoundingMode.HALF_UP);
    if (rounded.precision() > result.precision()) {
      throw ExpressionErrors.numericOverflow(
          a.toPlainString() + Arithmetic.symbol(function) + b.toPlainString(), result);
    }
    return rounded.unscaledValue();
  }
}
