package dev.tidemill.exec.expression;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
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
      case EXPM1 -> unary(function, Math::expm1);
      case LOG1P -> unary(function, Math::log1p);
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
      case ASINH -> unary(function, MathFunctions::asinh);
      case ACOSH -> unary(function, x -> Math.log(x + Math.sqrt(x * x - 1)));
      case ATANH -> unary(function, x -> (Math.log1p(x) - Math.log1p(-x)) / 2);
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

  private static double asinh(double x) {
    double size = Math.abs(x);
    double small = size + size * size / (1 + Math.sqrt(size * size + 1));
    return Math.copySign(
        size < 1 ? Math.log1p(small) : Math.log(size + Math.sqrt(size * size + 1)), x);
  }

  static long gcd(RowArguments arguments) {
    return gcd(ScalarFunction.GCD, arguments.integer(0), arguments.integer(1));
  }

  private static long gcd(ScalarFunction function, long a, long b) {
    long x = a;
    long y = b;
    while (y != 0) {
      long rest = x % y;
      x = y;
      y = rest;
    }
    return size(function, a, b, x);
  }

  private static long size(ScalarFunction function, long a, long b, long value) {
    if (value == Long.MIN_VALUE) {
      throw overflow(function, a + ", " + b);
    }
    return Math.abs(value);
  }

  static long lcm(RowArguments arguments) {
    long a = arguments.integer(0);
    long b = arguments.integer(1);
    if (a == 0 || b == 0) {
      return 0;
    }
    try {
      long product = Math.multiplyExact(a / gcd(ScalarFunction.LCM, a, b), b);
      return size(ScalarFunction.LCM, a, b, product);
    } catch (ArithmeticException e) {
      throw overflow(ScalarFunction.LCM, a + ", " + b);
    }
  }

  static long factorial(RowArguments arguments) {
    long n = arguments.integer(0);
    if (n < 0) {
      throw ExpressionErrors.undefined(ScalarFunction.FACTORIAL, Long.toString(n));
    }
    if (n > 20) {
      throw overflow(ScalarFunction.FACTORIAL, Long.toString(n));
    }
    long result = 1;
    for (long i = 2; i <= n; i++) {
      result *= i;
    }
    return result;
  }

  private static TidemillException overflow(ScalarFunction function, String arguments) {
    return ExpressionErrors.numericOverflow(function + "(" + arguments + ")", Type.BIGINT);
  }

  /** {@code WIDTH_BUCKET(x, low, high, buckets)}. */
  static long widthBucket(RowArguments arguments) {
    double x = arguments.real(0);
    double low = arguments.real(1);
    double high = arguments.real(2);
    long buckets = arguments.integer(3);
    if (buckets <= 0
        || buckets == Long.MAX_VALUE
        || low == high
        || Double.isNaN(x)
        || !Double.isFinite(low)
        || !Double.isFinite(high)) {
      throw ExpressionErrors.undefined(
          ScalarFunction.WIDTH_BUCKET, x + ", " + low + ", " + high + ", " + buckets);
    }
    boolean upwards = low < high;
    if (upwards ? x < low : x > low) {
      return 0;
    }
    if (upwards ? x >= high : x <= high) {
      return buckets + 1;
    }
    double part = upwards ? (x - low) / (high - low) : (low - x) / (low - high);
    return Math.min(buckets, (long) (part * buckets) + 1);
  }
}
