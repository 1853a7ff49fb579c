package dev.tidemill.exec.expression;

import dev.tidemill.plan.function.ScalarFunction;

/**
 * The functions of DOUBLE, row by row. What is not defined is an error, and so is a result beyond
 * all DOUBLEs.
 */
final class MathFunctions {
  private MathFunctions() {}

  private interface Unary {
    double apply(double x);
  }

  private interface Binary {
    double apply(double x, double y);
  }

  static Kernel of(ScalarFunction function) {
    return switch (function) {
      case SQRT -> unary(function, Math::sqrt);
      case CBRT -> unary(function, Math::cbrt);
      case EXP -> unary(function, Math::exp);
      case LN -> unary(function, Math::log);
      case LOG10 -> unary(function, Math::log10);
      case LOG2 -> unary(function, MathFunctions::log2);
      case LOG -> binary(function, MathFunctions::log);
      case POWER -> binary(function, Math::pow);
      case SIN -> unary(function, Math::sin);
      case COS -> unary(function, Math::cos);
      case TAN -> unary(function, Math::tan);
      case COT -> unary(function, x -> 1 / Math.tan(x));
      case ASIN -> unary(function, Math::asin);
      case ACOS -> unary(function, Math::acos);
      case ATAN -> unary(function, Math::atan);
      case ATAN2 -> binary(function, Math::atan2);
      case SINH -> unary(function, Math::sinh);
      case COSH -> unary(function, Math::cosh);
      case TANH -> unary(function, Math::tanh);
      case DEGREES -> unary(function, Math::toDegrees);
      case RADIANS -> unary(function, Math::toRadians);
      default -> throw new IllegalStateException("no function of DOUBLE: " + function);
    };
  }

  private static Kernel unary(ScalarFunction function, Unary unary) {
    return RowKernels.real(
        arguments -> {
          double x = arguments.real(0);
          double result = unary.apply(x);
          if (!Double.isFinite(result) && Double.isFinite(x)) {
            throw ExpressionErrors.undefined(function, Double.toString(x));
          }
          if (Double.isNaN(result) && !Double.isNaN(x)) {
            throw ExpressionErrors.undefined(function, Double.toString(x));
          }
          return result;
        });
  }

  private static Kernel binary(ScalarFunction function, Binary binary) {
    return RowKernels.real(
        arguments -> {
          double x = arguments.real(0);
          double y = arguments.real(1);
          double result = binary.apply(x, y);
          boolean finite = Double.isFinite(x) && Double.isFinite(y);
          boolean numbers = !Double.isNaN(x) && !Double.isNaN(y);
          if ((finite && !Double.isFinite(result)) || (numbers && Double.isNaN(result))) {
            throw ExpressionErrors.undefined(function, x + ", " + y);
          }
          return result;
        });
  }

  /** Exact for powers of two. */
  private static double log2(double x) {
    int exponent = Math.getExponent(x);
    if (exponent >= Double.MIN_EXPONENT
        && exponent <= Double.MAX_EXPONENT
        && x == Math.scalb(1.0, exponent)) {
      return exponent;
    }
    return Math.log(x) / Math.log(2);
  }

  private static double log(double base, double x) {
    return base == 10 ? Math.log10(x) : base == 2 ? log2(x) : Math.log(x) / Math.log(base);
  }
}
