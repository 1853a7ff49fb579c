package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.planner.logical.CommonType;
import dev.tidemill.planner.logical.DecimalRules;
import java.math.BigDecimal;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * Result types of + - * / %. Integers give the wider integer type, also for a quotient; REAL with
 * REAL gives REAL, any other mix with REAL or DOUBLE gives DOUBLE; decimals follow {@link
 * DecimalRules}, an integer literal counting as wide as it is written; DATE - DATE is a BIGINT of
 * days.
 */
final class Arithmetic {
  private Arithmetic() {}

  static @Nullable RelDataType type(SqlKind kind, SqlOperatorBinding binding) {
    RelDataType left = binding.getOperandType(0);
    RelDataType right = binding.getOperandType(1);
    boolean nullable = left.isNullable() || right.isNullable();
    Type a = RelTypes.fromRel(left);
    Type b = RelTypes.fromRel(right);
    Type result =
        a == null || b == null
            ? null
            : type(kind, beside(b, binding, 0, a), beside(a, binding, 1, b));
    if (result != null) {
      return RelTypes.toRel(binding.getTypeFactory(), result, nullable);
    }
    return standard(kind, binding, left, right, nullable);
  }

  private static @Nullable RelDataType standard(
      SqlKind kind,
      SqlOperatorBinding binding,
      RelDataType left,
      RelDataType right,
      boolean nullable) {
    if (SqlTypeUtil.isDatetime(left) && SqlTypeUtil.isInterval(right)) {
      return binding.getTypeFactory().createTypeWithNullability(left, nullable);
    }
    if (SqlTypeUtil.isInterval(left) && SqlTypeUtil.isDatetime(right)) {
      return binding.getTypeFactory().createTypeWithNullability(right, nullable);
    }
    return switch (kind) {
      case TIMES -> ReturnTypes.PRODUCT_NULLABLE.inferReturnType(binding);
      case DIVIDE -> ReturnTypes.QUOTIENT_NULLABLE.inferReturnType(binding);
      default -> ReturnTypes.NULLABLE_SUM.inferReturnType(binding);
    };
  }

  /** The operand's type; an integer literal beside a decimal is a decimal of its digits. */
  private static Type beside(Type other, SqlOperatorBinding binding, int index, Type type) {
    if (other instanceof Type.Decimal
        && type instanceof Type.Int
        && binding.isOperandLiteral(index, false)) {
      BigDecimal value = binding.getOperandLiteralValue(index, BigDecimal.class);
      if (value != null) {
        return new Type.Decimal(Math.max(1, value.precision() - value.scale()), 0);
      }
    }
    return type;
  }

  /** The result's type for numbers and dates, or null for other types. */
  static @Nullable Type type(SqlKind kind, Type a, Type b) {
    if (a instanceof Type.Null || b instanceof Type.Null) {
      Type other = a instanceof Type.Null ? b : a;
      return isNumber(other) ? type(kind, other, other) : null;
    }
    if (kind == SqlKind.MINUS && a instanceof Type.Date && b instanceof Type.Date) {
      return Type.BIGINT;
    }
    if (kind == SqlKind.MINUS && isDateOrTimestamp(a) && isDateOrTimestamp(b)
        || kind == SqlKind.MINUS && a instanceof Type.Time && b instanceof Type.Time) {
      return new Type.TimeInterval();
    }
    if (!isNumber(a) || !isNumber(b)) {
      return null;
    }
    if (a instanceof Type.Int x && b instanceof Type.Int y) {
      return x.bits() >= y.bits() ? x : y;
    }
    if (a instanceof Type.Real && b instanceof Type.Real) {
      return Type.REAL;
    }
    if (!isExact(a) || !isExact(b)) {
      return Type.DOUBLE;
    }
    Type.Decimal x = decimal(a);
    Type.Decimal y = decimal(b);
    return switch (kind) {
      case PLUS, MINUS -> DecimalRules.sum(x, y);
      case TIMES -> DecimalRules.product(x, y);
      case DIVIDE -> DecimalRules.quotient(x, y);
      default -> DecimalRules.remainder(x, y);
    };
  }

  private static boolean isDateOrTimestamp(Type type) {
    return type instanceof Type.Date || type instanceof Type.Timestamp;
  }

  private static boolean isNumber(Type type) {
    return CommonType.isNumber(type);
  }

  private static boolean isExact(Type type) {
    return type instanceof Type.Int || type instanceof Type.Decimal;
  }

  private static Type.Decimal decimal(Type type) {
    return switch (type) {
      case Type.Decimal t -> t;
      case Type.Int t -> DecimalRules.ofInteger(t);
      default -> throw new IllegalArgumentException(type.toString());
    };
  }
}
