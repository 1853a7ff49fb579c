package dev.tidemill.planner.sql;

import static org.apache.calcite.sql.type.OperandTypes.family;
import static org.apache.calcite.sql.type.SqlTypeFamily.DATETIME;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlBasicFunction;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlMonotonicBinaryOperator;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** + - * / % and MOD with our result types. */
final class ArithmeticOperators {
  private ArithmeticOperators() {}

  static void addTo(FunctionList functions) {
    functions.arithmetic(
        sum("+", SqlKind.PLUS, OperandTypes.or(OperandTypes.PLUS_OPERATOR, new DateAndDays(true))));
    functions.arithmetic(
        sum(
            "-",
            SqlKind.MINUS,
            OperandTypes.or(
                OperandTypes.MINUS_OPERATOR, family(DATETIME, DATETIME), new DateAndDays(false))));
    functions.arithmetic(product("*", SqlKind.TIMES, OperandTypes.MULTIPLY_OPERATOR));
    functions.arithmetic(product("/", SqlKind.DIVIDE, OperandTypes.DIVISION_OPERATOR));
    functions.arithmetic(product("%", SqlKind.MOD, OperandTypes.NUMERIC_NUMERIC));
    functions.operator(
        SqlBasicFunction.create(
            "MOD",
            SqlKind.MOD,
            b -> Arithmetic.type(SqlKind.MOD, b),
            OperandTypes.NUMERIC_NUMERIC));
  }

  /**
   * A DATE and an integer, and nothing that could be cast to them.
   *
   * @param turned whether the integer may come first
   */
  private record DateAndDays(boolean turned) implements SqlOperandTypeChecker {
    @Override
    public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
      RelDataType left = binding.getOperandType(0);
      RelDataType right = binding.getOperandType(1);
      if (areDateAndDays(left, right) || turned && areDateAndDays(right, left)) {
        return true;
      }
      if (throwOnFailure) {
        throw binding.newValidationSignatureError();
      }
      return false;
    }

    private static boolean areDateAndDays(RelDataType date, RelDataType days) {
      return SqlTypeUtil.isDate(date) && SqlTypeUtil.isIntType(days);
    }

    @Override
    public SqlOperandCountRange getOperandCountRange() {
      return SqlOperandCountRanges.of(2);
    }

    @Override
    public String getAllowedSignatures(SqlOperator operator, String name) {
      return "DATE " + name + " INTEGER";
    }
  }

  private static SqlOperator sum(String name, SqlKind kind, SqlOperandTypeChecker operands) {
    return new SqlMonotonicBinaryOperator(
        name, kind, 40, true, b -> Arithmetic.type(kind, b), InferTypes.FIRST_KNOWN, operands);
  }

  /**
   * Calcite's monotonic operators know nothing of / and %, and of * they want to know whether a
   * constant is negative, which they cannot tell of the CAST of another literal than a number.
   */
  private static SqlOperator product(String name, SqlKind kind, SqlOperandTypeChecker operands) {
    return new SqlBinaryOperator(
        name, kind, 60, true, b -> Arithmetic.type(kind, b), InferTypes.FIRST_KNOWN, operands);
  }
}
