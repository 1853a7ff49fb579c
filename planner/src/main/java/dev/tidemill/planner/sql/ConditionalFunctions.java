package dev.tidemill.planner.sql;

import static org.apache.calcite.sql.type.SqlTypeFamily.ANY;
import static org.apache.calcite.sql.type.SqlTypeFamily.BOOLEAN;

import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Expressions;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.jspecify.annotations.Nullable;

/** Choices between values. */
final class ConditionalFunctions {
  private ConditionalFunctions() {}

  static void addTo(FunctionList functions) {
    SqlReturnTypeInference branches = ConditionalFunctions::branches;
    functions.add(
        "IF",
        branches,
        OperandTypes.family(BOOLEAN, ANY, ANY),
        (a, t, p) ->
            new Case(
                List.of(new Case.When(a.get(0), Casts.to(t, a.get(1)))), Casts.to(t, a.get(2)), t));
    for (String name : List.of("IFNULL", "NVL")) {
      functions.add(
          name,
          ConditionalFunctions::firstNotNull,
          OperandTypes.family(ANY, ANY),
          (a, t, p) ->
              new Case(
                  List.of(new Case.When(Expressions.isNotNull(a.get(0)), Casts.to(t, a.get(0)))),
                  Casts.to(t, a.get(1)),
                  t));
    }
    functions.add(
        "CARDINALITY",
        ResultTypes.INT,
        OperandTypes.COLLECTION_OR_MAP,
        Translations.as(ScalarFunction.CARDINALITY));
  }

  private static @Nullable RelDataType branches(SqlOperatorBinding binding) {
    return binding
        .getTypeFactory()
        .leastRestrictive(List.of(binding.getOperandType(1), binding.getOperandType(2)));
  }

  private static @Nullable RelDataType firstNotNull(SqlOperatorBinding binding) {
    RelDataType type =
        binding
            .getTypeFactory()
            .leastRestrictive(List.of(binding.getOperandType(0), binding.getOperandType(1)));
    return type == null
        ? null
        : binding
            .getTypeFactory()
            .createTypeWithNullability(
                type,
                binding.getOperandType(0).isNullable() && binding.getOperandType(1).isNullable());
  }
}
