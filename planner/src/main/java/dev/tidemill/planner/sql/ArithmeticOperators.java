package dev.tidemill.planner.sql;

import static org.apache.calcite.sql.type.OperandTypes.family;
import static org.apache.calcite.sql.type.SqlTypeFamily.DATETIME;

import org.apache.calcite.sql.SqlBasicFunction;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlMonotonicBinaryOperator;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;

/** + - * / % and MOD with our result types. */
final class ArithmeticOperators {
  private ArithmeticOperators() {}

  static void addTo(FunctionList functions) {
    functions.arithmetic(binary("+", SqlKind.PLUS, 40, OperandTypes.PLUS_OPERATOR));
    functions.arithmetic(
        binary("-", SqlKind.MINUS, 40, OperandTypes.MINUS_OPERATOR.or(family(DATETIME, DATETIME))));
    functions.arithmetic(binary("*", SqlKind.TIMES, 60, OperandTypes.MULTIPLY_OPERATOR));
    functions.arithmetic(quotient("/", SqlKind.DIVIDE, OperandTypes.DIVISION_OPERATOR));
    functions.arithmetic(quotient("%", SqlKind.MOD, OperandTypes.NUMERIC_NUMERIC));
    functions.operator(
        SqlBasicFunction.create(
            "MOD",
            SqlKind.MOD,
            b -> Arithmetic.type(SqlKind.MOD, b),
            OperandTypes.NUMERIC_NUMERIC));
  }

  private static SqlOperator binary(
      String name, SqlKind kind, int precedence, SqlOperandTypeChecker operands) {
    return new SqlMonotonicBinaryOperator(
        name,
        kind,
        precedence,
        true,
        b -> Arithmetic.type(kind, b),
        InferTypes.FIRST_KNOWN,
        operands);
  }

  /** Of / and % Calcite's monotonic operators know nothing. */
  private static SqlOperator quotient(String name, SqlKind kind, SqlOperandTypeChecker operands) {
    return new SqlBinaryOperator(
        name, kind, 60, true, b -> Arithmetic.type(kind, b), InferTypes.FIRST_KNOWN, operands);
  }
}
