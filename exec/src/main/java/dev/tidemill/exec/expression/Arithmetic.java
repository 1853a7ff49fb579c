package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigInteger;

/**
 * ADD, SUBTRACT, MULTIPLY, DIVIDE and MODULO of integers, REAL and DOUBLE: which loop, and who is
 * to blame.
 */
final class Arithmetic {
  private Arithmetic() {}

  /** The operation as it reads between its operands. */
  static String symbol(ScalarFunction function) {
    return switch (function) {
      case ADD -> " + ";
      case SUBTRACT -> " - ";
      case MULTIPLY -> " * ";
      case DIVIDE -> " / ";
      default -> " % ";
    };
  }

  static long address(Value value) {
    return ((FixedColumn) ((Vector) value).column()).address();
  }

  /** The integer in a row. */
  static long longAt(Value value, int row) {
    return switch (value) {
      case Scalar scalar -> scalar.low();
      case Vector vector -> ((FixedColumn) vector.column()).longAt(row);
    };
  }

  static double doubleAt(Value value, int row) {
    return switch (value) {
      case Scalar scalar -> scalar.real();
      case Vector vector -> ((FixedColumn) vector.column()).doubleAt(row);
    };
  }

  static boolean isNull(Value value, int row) {
    return switch (value) {
      case Scalar scalar -> scalar.isNull();
      case Vector vector -> vector.column().isNull(row);
    };
  }

  static Kernel integers(ScalarFunction function, Type.Int type) {
    return (evaluation, rows, arguments) -> {
      Value a = arguments[0];
      Value b = arguments[1];
      boolean commutes = function == ScalarFunction.ADD || function == ScalarFunction.MULTIPLY;
      if (a instanceof Scalar && commutes) {
        Value swapped = a;
        a = b;
        b = swapped;
      }
      boolean divides = function == ScalarFunction.DIVIDE || function == ScalarFunction.MODULO;
      if (divides) {
        a = new Vector(evaluation.fullColumn(a));
        b = new Vector(evaluation.fullColumn(b));
      }
      int width = type.bits() / 8;
      Buffer values = evaluation.allocate((long) evaluation.length * width);
      boolean wrong = compute(function, width, a, b, values.address(), evaluation.length);
      if (wrong) {
        findOffender(function, type, rows, arguments[0], arguments[1]);
      }
      return evaluation.fixed(type, width, values, evaluation.validity(arguments));
    };
  }

  private static boolean compute(
      ScalarFunction function, int width, Value a, Value b, long out, int length) {
    return switch (function) {
      case ADD ->
          b instanceof Scalar s
              ? add(width, address(a), s, out, length)
              : add(width, a, b, out, length);
      case SUBTRACT ->
          b instanceof Scalar s
              ? subtract(width, address(a), s, out, length)
              : a instanceof Scalar s
                  ? subtract(width, s, address(b), out, length)
                  : subtract(width, a, b, out, length);
      case MULTIPLY ->
          b instanceof Scalar s
              ? multiply(width, address(a), s, out, length)
              : multiply(width, a, b, out, length);
      case DIVIDE -> divide(width, address(a), address(b), out, length);
      case MODULO -> modulo(width, address(a), address(b), out, length);
      default -> throw new IllegalStateException("not arithmetic: " + function);
    };
  }

  private static boolean add(int width, Value a, Value b, long out, int length) {
    return switch (width) {
      case 1 -> IntegerKernels.addByte(address(a), address(b), out, length);
      case 2 -> IntegerKernels.addShort(address(a), address(b), out, length);
      case 4 -> IntegerKernels.addInt(address(a), address(b), out, length);
      default -> IntegerKernels.addLong(address(a), address(b), out, length);
    };
  }

  private static boolean add(int width, long a, Scalar b, long out, int length) {
    return switch (width) {
      case 1 -> IntegerKernels.addByteScalar(a, b.low(), out, length);
      case 2 -> IntegerKernels.addShortScalar(a, b.low(), out, length);
      case 4 -> IntegerKernels.addIntScalar(a, b.low(), out, length);
      default -> IntegerKernels.addLongScalar(a, b.low(), out, length);
    };
  }

  private static boolean subtract(int width, Value a, Value b, long out, int length) {
    return switch (width) {
      case 1 -> IntegerKernels.subtractByte(address(a), address(b), out, length);
      case 2 -> IntegerKernels.subtractShort(address(a), address(b), out, length);
      case 4 -> IntegerKernels.subtractInt(address(a), address(b), out, length);
      default -> IntegerKernels.subtractLong(address(a), address(b), out, length);
    };
  }

  private static boolean subtract(int width, long a, Scalar b, long out, int length) {
    return switch (width) {
      case 1 -> IntegerKernels.subtractByteScalar(a, b.low(), out, length);
      case 2 -> IntegerKernels.subtractShortScalar(a, b.low(), out, length);
      case 4 -> IntegerKernels.subtractIntScalar(a, b.low(), out, length);
      default -> IntegerKernels.subtractLongScalar(a, b.low(), out, length);
    };
  }

  private static boolean subtract(int width, Scalar a, long b, long out, int length) {
    return switch (width) {
      case 1 -> IntegerKernels.subtractByteFromScalar(a.low(), b, out, length);
      case 2 -> IntegerKernels.subtractShortFromScalar(a.low(), b, out, length);
      case 4 -> IntegerKernels.subtractIntFromScalar(a.low(), b, out, length);
      default -> IntegerKernels.subtractLongFromScalar(a.low(), b, out, length);
    };
  }

  private static boolean multiply(int width, Value a, Value b, long out, int length) {
    return switch (width) {
      case 1 -> IntegerKernels.multiplyByte(address(a), address(b), out, length);
      case 2 -> IntegerKernels.multiplyShort(address(a), address(b), out, length);
      case 4 -> IntegerKernels.multiplyInt(address(a), address(b), out, length);
      default -> IntegerKernels.multiplyLong(address(a), address(b), out, length);
    };
  }

  private static boolean multiply(int width, long a, Scalar b, long out, int length) {
    return switch (width) {
      case 1 -> IntegerKernels.multiplyByteScalar(a, b.low(), out, length);
      case 2 -> IntegerKernels.multiplyShortScalar(a, b.low(), out, length);
      case 4 -> IntegerKernels.multiplyIntScalar(a, b.low(), out, length);
      default -> IntegerKernels.multiplyLongScalar(a, b.low(), out, length);
    };
  }

  private static boolean divide(int width, long a, long b, long out, int length) {
    return switch (width) {
      case 1 -> IntegerKernels.divideByte(a, b, out, length);
      case 2 -> IntegerKernels.divideShort(a, b, out, length);
      case 4 -> IntegerKernels.divideInt(a, b, out, length);
      default -> IntegerKernels.divideLong(a, b, out, length);
    };
  }

  private static boolean modulo(int width, long a, long b, long out, int length) {
    return switch (width) {
      case 1 -> IntegerKernels.moduloByte(a, b, out, length);
      case 2 -> IntegerKernels.moduloShort(a, b, out, length);
      case 4 -> IntegerKernels.moduloInt(a, b, out, length);
      default -> IntegerKernels.moduloLong(a, b, out, length);
    };
  }

  /**
   * Throws for the first of {@code rows} whose result is wrong, if it is one of these and not NULL.
   */
  private static void findOffender(
      ScalarFunction function, Type.Int type, Rows rows, Value a, Value b) {
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (isNull(a, row) || isNull(b, row)) {
        continue;
      }
      long x = longAt(a, row);
      long y = longAt(b, row);
      boolean divides = function == ScalarFunction.DIVIDE || function == ScalarFunction.MODULO;
      if (divides && y == 0) {
        throw byZero(function, x);
      }
      if (exact(function, x, y).bitLength() >= type.bits()) {
        throw ExpressionErrors.numericOverflow(x + symbol(function) + y, type);
      }
    }
  }

  private static BigInteger exact(ScalarFunction function, long x, long y) {
    BigInteger a = BigInteger.valueOf(x);
    BigInteger b = BigInteger.valueOf(y);
    return switch (function) {
      case ADD -> a.add(b);
      case SUBTRACT -> a.subtract(b);
      case MULTIPLY -> a.multiply(b);
      case DIVIDE -> a.divide(b);
      default -> a.remainder(b);
    };
  }

  static TidemillException byZero(ScalarFunction function, Object dividend) {
    return function == ScalarFunction.DIVIDE
        ? ExpressionErrors.divisionByZero(dividend)
        : ExpressionErrors.moduloByZero(dividend);
  }

  static Kernel reals(ScalarFunction function) {
    return (evaluation, rows, arguments) -> {
      Value a = arguments[0];
      Value b = arguments[1];
      if (function == ScalarFunction.DIVIDE || function == ScalarFunction.MODULO) {
        checkZero(function, rows, a, b);
      }
      int length = evaluation.length;
      Buffer values = evaluation.allocate(length * 4L);
      long out = values.address();
      if (b instanceof Scalar s) {
        float scalar = (float) s.real();
        switch (function) {
          case ADD -> FloatKernels.addFloatScalar(address(a), scalar, out, length);
          case SUBTRACT -> FloatKernels.subtractFloatScalar(address(a), scalar, out, length);
          case MULTIPLY -> FloatKernels.multiplyFloatScalar(address(a), scalar, out, length);
          case DIVIDE -> FloatKernels.divideFloatScalar(address(a), scalar, out, length);
          default -> FloatKernels.moduloFloatScalar(address(a), scalar, out, length);
        }
      } else {
        long left = ((FixedColumn) evaluation.fullColumn(a)).address();
        switch (function) {
          case ADD -> FloatKernels.addFloat(left, address(b), out, length);
          case SUBTRACT -> FloatKernels.subtractFloat(left, address(b), out, length);
          case MULTIPLY -> FloatKernels.multiplyFloat(left, address(b), out, length);
          case DIVIDE -> FloatKernels.divideFloat(left, address(b), out, length);
          default -> FloatKernels.moduloFloat(left, address(b), out, length);
        }
      }
      return evaluation.fixed(Type.REAL, 4, values, evaluation.validity(arguments));
    };
  }

  static Kernel doubles(ScalarFunction function) {
    return (evaluation, rows, arguments) -> {
      Value a = arguments[0];
      Value b = arguments[1];
      if (function == ScalarFunction.DIVIDE || function == ScalarFunction.MODULO) {
        checkZero(function, rows, a, b);
      }
      int length = evaluation.length;
      Buffer values = evaluation.allocate(length * 8L);
      long out = values.address();
      if (b instanceof Scalar s) {
        switch (function) {
          case ADD -> FloatKernels.addDoubleScalar(address(a), s.real(), out, length);
          case SUBTRACT -> FloatKernels.subtractDoubleScalar(address(a), s.real(), out, length);
          case MULTIPLY -> FloatKernels.multiplyDoubleScalar(address(a), s.real(), out, length);
          case DIVIDE -> FloatKernels.divideDoubleScalar(address(a), s.real(), out, length);
          default -> FloatKernels.moduloDoubleScalar(address(a), s.real(), out, length);
        }
      } else if (a instanceof Scalar s) {
        switch (function) {
          case ADD -> FloatKernels.addDoubleScalar(address(b), s.real(), out, length);
          case SUBTRACT -> FloatKernels.subtractDoubleFromScalar(s.real(), address(b), out, length);
          case MULTIPLY -> FloatKernels.multiplyDoubleScalar(address(b), s.real(), out, length);
          case DIVIDE -> FloatKernels.divideDoubleFromScalar(s.real(), address(b), out, length);
          default ->
              FloatKernels.moduloDouble(
                  ((FixedColumn) evaluation.fullColumn(a)).address(), address(b), out, length);
        }
      } else {
        switch (function) {
          case ADD -> FloatKernels.addDouble(address(a), address(b), out, length);
          case SUBTRACT -> FloatKernels.subtractDouble(address(a), address(b), out, length);
          case MULTIPLY -> FloatKernels.multiplyDouble(address(a), address(b), out, length);
          case DIVIDE -> FloatKernels.divideDouble(address(a), address(b), out, length);
          default -> FloatKernels.moduloDouble(address(a), address(b), out, length);
        }
      }
      return evaluation.fixed(Type.DOUBLE, 8, values, evaluation.validity(arguments));
    };
  }

  private static void checkZero(ScalarFunction function, Rows rows, Value a, Value b) {
    boolean any =
        switch (b) {
          case Scalar scalar -> scalar.real() == 0;
          case Vector vector when vector.type() instanceof Type.Real ->
              FloatKernels.anyZeroFloat(address(b), vector.column().length());
          case Vector vector -> FloatKernels.anyZeroDouble(address(b), vector.column().length());
        };
    if (!any) {
      return;
    }
    for (int i = 0; i < rows.count; i++) {
      int row = rows.row(i);
      if (!isNull(a, row) && !isNull(b, row) && doubleAt(b, row) == 0) {
        throw byZero(function, doubleAt(a, row));
      }
    }
  }
}
