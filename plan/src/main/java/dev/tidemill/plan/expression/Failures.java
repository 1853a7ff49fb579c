package dev.tidemill.plan.expression;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.math.BigDecimal;

/** Which expressions can be errors. What is not named here is taken to be able to. */
final class Failures {
  private Failures() {}

  static boolean mayFail(Expression expression) {
    boolean here =
        switch (expression) {
          case ColumnReference e -> false;
          case Literal e -> false;
          case Parameter e -> false;
          case Call e ->
              switch (e.function()) {
                case EQUAL,
                    NOT_EQUAL,
                    LESS,
                    LESS_OR_EQUAL,
                    GREATER,
                    GREATER_OR_EQUAL,
                    IS_DISTINCT,
                    IS_NOT_DISTINCT,
                    IS_NULL,
                    IS_NOT_NULL,
                    IS_TRUE,
                    IS_NOT_TRUE,
                    IS_FALSE,
                    IS_NOT_FALSE,
                    NOT,
                    UPPER,
                    LOWER,
                    CHAR_LENGTH,
                    CONCAT,
                    LIKE,
                    ILIKE,
                    STARTS_WITH,
                    ENDS_WITH,
                    CONTAINS,
                    EXTRACT,
                    TRIM,
                    GREATEST,
                    LEAST,
                    TRY,
                    IS_NAN,
                    JSON_VALID,
                    ARRAY,
                    ROW,
                    ITEM,
                    CARDINALITY,
                    ARRAY_CONTAINS,
                    ARRAY_POSITION ->
                    false;
                case ADD, SUBTRACT, MULTIPLY, DIVIDE -> !isExact(e);
                default -> true;
              };
          case UserCall e -> true;
          case Cast e -> !e.nullOnFailure() && !widens(e.operand().type(), e.type());
          case Case e -> false;
          case And e -> false;
          case Or e -> false;
          case InList e -> false;
          case FieldAccess e -> false;
          case LambdaCall e -> false;
          case LambdaParameter e -> false;
        };
    if (expression instanceof Call call && call.function() == ScalarFunction.TRY) {
      return false;
    }
    return here || expression.operands().stream().anyMatch(Expression::mayFail);
  }

  /** Whether arithmetic of decimals has a result that holds whatever comes of its operands. */
  private static boolean isExact(Call call) {
    if (!(call.type() instanceof Type.Decimal result)
        || !(call.arguments().get(0).type() instanceof Type.Decimal left)
        || !(call.arguments().get(1).type() instanceof Type.Decimal right)) {
      return false;
    }
    int a = left.precision() - left.scale();
    int b = right.precision() - right.scale();
    int scale = Math.max(left.scale(), right.scale());
    int digits =
        switch (call.function()) {
          case MULTIPLY -> a + b + (result.scale() < left.scale() + right.scale() ? 1 : 0);
          // No greater than what is divided.
          case DIVIDE ->
              call.arguments().get(1) instanceof Literal literal
                      && literal.value() instanceof BigDecimal divisor
                      && divisor.abs().compareTo(BigDecimal.ONE) >= 0
                  ? a + (result.scale() < left.scale() ? 1 : 0)
                  : Integer.MAX_VALUE;
          default -> Math.max(a, b) + 1 + (result.scale() < scale ? 1 : 0);
        };
    return digits <= result.precision() - result.scale();
  }

  /** Whether every value of {@code from} is one of {@code to}. */
  private static boolean widens(Type from, Type to) {
    return switch (to) {
      case Type.Int t -> from instanceof Type.Int f && f.bits() <= t.bits();
      case Type.DoubleType t ->
          from instanceof Type.Int || from instanceof Type.Real || from instanceof Type.Decimal;
      case Type.Decimal t ->
          from instanceof Type.Decimal f
                  && f.scale() <= t.scale()
                  && f.precision() - f.scale() <= t.precision() - t.scale()
              || from instanceof Type.Int i && digits(i) <= t.precision() - t.scale();
      case Type.Varchar t -> from instanceof Type.Varchar f && f.maxLength() <= t.maxLength();
      default -> from.equals(to) || from instanceof Type.Null;
    };
  }

  private static int digits(Type.Int type) {
    return switch (type.bits()) {
      case 8 -> 3;
      case 16 -> 5;
      case 32 -> 10;
      default -> 19;
    };
  }
}
