package dev.tidemill.planner.sql;

import static dev.tidemill.planner.logical.Expressions.call;
import static org.apache.calcite.sql.type.OperandTypes.family;
import static org.apache.calcite.sql.type.SqlTypeFamily.CHARACTER;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlBasicFunction;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlBasicAggFunction;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlReturnTypeInference;

/** The functions while they are listed, family by family. */
final class FunctionList {
  private final Map<SqlOperator, Functions.Translation> translations = new IdentityHashMap<>();
  private final Map<SqlKind, SqlOperator> arithmetic = new EnumMap<>(SqlKind.class);
  private final List<SqlOperator> operators = new ArrayList<>();

  List<SqlOperator> operators() {
    return operators;
  }

  Map<SqlOperator, Functions.Translation> translations() {
    return translations;
  }

  Map<SqlKind, SqlOperator> arithmetic() {
    return arithmetic;
  }

  /** An operator that the translator knows by its kind. */
  void operator(SqlOperator operator) {
    operators.add(operator);
  }

  /** An operator that stands for Calcite's own of its kind. */
  void arithmetic(SqlOperator operator) {
    operators.add(operator);
    arithmetic.put(operator.getKind(), operator);
  }

  void aggregate(
      String name, SqlKind kind, SqlReturnTypeInference type, SqlOperandTypeChecker operands) {
    operators.add(SqlBasicAggFunction.create(name, kind, type, operands));
  }

  void add(
      String name,
      SqlReturnTypeInference type,
      SqlOperandTypeChecker operands,
      Functions.Translation translation) {
    existing(
        SqlBasicFunction.create(name, type, operands, SqlFunctionCategory.SYSTEM), translation);
  }

  void addWithoutParentheses(SqlOperator operator, Functions.Translation translation) {
    existing(operator, translation);
    add(operator.getName(), ReturnTypes.DOUBLE, OperandTypes.NILADIC, translation);
  }

  /** A function that is called without parentheses. */
  void now(String name, Type type, ScalarFunction function) {
    SqlReturnTypeInference result = b -> RelTypes.toRel(b.getTypeFactory(), type, false);
    existing(
        new SqlFunction(
            name,
            SqlKind.OTHER_FUNCTION,
            result,
            null,
            OperandTypes.NILADIC,
            SqlFunctionCategory.TIMEDATE) {
          @Override
          public SqlSyntax getSyntax() {
            return SqlSyntax.FUNCTION_ID;
          }
        },
        (a, t, p) -> call(function, type));
  }

  void existing(SqlOperator operator, Functions.Translation translation) {
    if (!operators.contains(operator)) {
      operators.add(operator);
    }
    translations.put(operator, translation);
  }

  void text(String name, ScalarFunction function) {
    add(name, ResultTypes.TEXT, family(CHARACTER), Translations.all(function, Type.VARCHAR));
  }
}
