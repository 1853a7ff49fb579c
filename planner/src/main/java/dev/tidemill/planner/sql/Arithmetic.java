package dev.tidemill.planner.sql;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.planner.logical.CommonType;
import dev.tidemill.planner.logical.DecimalRules;
import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlIntervalQualifier;
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
  /** Of the second of an INTERVAL DAY TO SECOND. */
  private static final int INTERVAL_DIGITS = 6;

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
    if (SqlTypeUtil.isInterval(left) && SqlTypeUtil.isInterval(right)) {
      // Whatever their fields, so that hours and seconds can be added.
      return binding.getTypeFactory().leastRestrictive(List.of(left, right));
    }
    if (SqlTypeUtil.isDatetime(left) && SqlTypeUtil.isInterval(right)) {
      return shifted(left, binding, 1, nullable);
    }
    if (SqlTypeUtil.isInterval(left) && SqlTypeUtil.isDatetime(right)) {
      return shifted(right, binding, 0, nullable);
    }
    return switch (kind) {
      case TIMES -> ReturnTypes.PRODUCT_NULLABLE.inferReturnType(binding);
      case DIVIDE -> ReturnTypes.QUOTIENT_NULLABLE.inferReturnType(binding);
      default -> ReturnTypes.NULLABLE_SUM.inferReturnType(binding);
    };
  }

  /**
   * The type of a time and an interval: with as many digits of the second as either has, a literal
   * as many as it is written with. A DATE and hours, minutes or seconds are a TIMESTAMP.
   */
  static RelDataType shifted(
      RelDataType time, SqlOperatorBinding binding, int interval, boolean nullable) {
    int digits = digits(binding, interval);
    Type own = RelTypes.fromRel(time);
    Type result =
        switch (own) {
          case Type.Date t when hasHours(binding.getOperandType(interval)) ->
              new Type.Timestamp(digits);
          case Type.Timestamp t when t.precision() < digits -> new Type.Timestamp(digits);
          case Type.ZonedTimestamp t when t.precision() < digits -> new Type.ZonedTimestamp(digits);
          case Type.Time t when t.precision() < digits -> new Type.Time(digits);
          case null, default -> null;
        };
    return result == null
        ? binding.getTypeFactory().createTypeWithNullability(time, nullable)
        : RelTypes.toRel(binding.getTypeFactory(), result, nullable);
  }

  private static boolean hasHours(RelDataType interval) {
    SqlIntervalQualifier qualifier = interval.getIntervalQualifier();
    return qualifier != null && !qualifier.isYearMonth() && qualifier.getUnit() != TimeUnit.DAY;
  }

  private static int digits(SqlOperatorBinding binding, int interval) {
    RelDataType type = binding.getOperandType(interval);
    SqlIntervalQualifier qualifier = type.getIntervalQualifier();
    if (qualifier == null || qualifier.getUnit() != TimeUnit.SECOND) {
      return 0;
    }
    BigDecimal millis =
        binding.isOperandLiteral(interval, false)
            ? binding.getOperandLiteralValue(interval, BigDecimal.class)
            : null;
    return millis == null
        ? INTERVAL_DIGITS
        : Math.max(0, millis.movePointLeft(3).stripTrailingZeros().scale());
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
    if ((kind == SqlKind.PLUS || kind == SqlKind.MINUS) && isDateAndDays(a, b)
        || kind == SqlKind.PLUS && isDateAndDays(b, a)) {
      return Type.DATE;
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

  /** A DATE and an integer, which is a number of days. */
  static boolean isDateAndDays(Type a, Type b) {
    return a instanceof Type.Date && b instanceof Type.Int;
  }

  private static boolean isDateOrTimestamp(Type type) {
    return type instanceof Type.Date
        || type instanceof Type.Timestamp
        || type instanceof Type.ZonedTimestamp;
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
