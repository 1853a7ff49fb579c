package dev.tidemill.planner.sql;

import static dev.tidemill.planner.logical.Expressions.call;
import static org.apache.calcite.sql.type.SqlTypeFamily.ANY;
import static org.apache.calcite.sql.type.SqlTypeFamily.BOOLEAN;
import static org.apache.calcite.sql.type.SqlTypeFamily.CHARACTER;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.Expressions;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
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
        "NVL2",
        ConditionalFunctions::branches,
        OperandTypes.family(ANY, ANY, ANY),
        (a, t, p) ->
            new Case(
                List.of(new Case.When(Expressions.isNotNull(a.get(0)), Casts.to(t, a.get(1)))),
                Casts.to(t, a.get(2)),
                t));
    functions.add(
        "DECODE",
        ConditionalFunctions::decodedType,
        OperandTypes.repeat(SqlOperandCountRanges.from(3), OperandTypes.ANY),
        ConditionalFunctions::decode);
    functions.add(
        "TRY",
        ReturnTypes.ARG0_FORCE_NULLABLE,
        OperandTypes.ANY,
        (a, t, p) -> call(ScalarFunction.TRY, a.get(0).type(), a.get(0)));
    functions.add(
        "ELT",
        ConditionalFunctions::chosenType,
        OperandTypes.repeat(SqlOperandCountRanges.from(2), OperandTypes.ANY),
        ConditionalFunctions::chosen);
    for (String name : List.of("RAISE_ERROR", "ERROR")) {
      functions.add(
          name,
          b -> RelTypes.toRel(b.getTypeFactory(), Type.NULL, true),
          OperandTypes.family(CHARACTER),
          (a, t, p) -> call(ScalarFunction.RAISE_ERROR, Type.VARCHAR, a.get(0)));
    }
    functions.add(
        "TYPEOF",
        ReturnTypes.VARCHAR,
        OperandTypes.ANY,
        (a, t, p) -> Translations.text(a.get(0).type().toString()));
  }

  private static @Nullable RelDataType chosenType(SqlOperatorBinding binding) {
    RelDataType type =
        binding
            .getTypeFactory()
            .leastRestrictive(binding.collectOperandTypes().subList(1, binding.getOperandCount()));
    return type == null ? null : binding.getTypeFactory().createTypeWithNullability(type, true);
  }

  /** ELT(number, a, b, …): the one of that number, from 1. */
  private static Expression chosen(List<Expression> arguments, Type type, SqlParserPos position) {
    List<Case.When> branches = new ArrayList<>();
    for (int i = 1; i < arguments.size(); i++) {
      Expression same =
          RexTranslator.compare(
              ScalarFunction.EQUAL,
              arguments.get(0),
              new Literal(Type.INTEGER, (long) i),
              Positions.of(position));
      branches.add(new Case.When(same, Casts.to(type, arguments.get(i))));
    }
    return new Case(branches, Literal.nullOf(type), type);
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

  /** The common type of the results, nullable unless there is a default that is not. */
  private static @Nullable RelDataType decodedType(SqlOperatorBinding binding) {
    int count = binding.getOperandCount();
    List<RelDataType> results = new ArrayList<>();
    for (int i = 2; i < count; i += 2) {
      results.add(binding.getOperandType(i));
    }
    boolean hasDefault = count % 2 == 0;
    if (hasDefault) {
      results.add(binding.getOperandType(count - 1));
    }
    RelDataType type = binding.getTypeFactory().leastRestrictive(results);
    return type == null || hasDefault
        ? type
        : binding.getTypeFactory().createTypeWithNullability(type, true);
  }

  /** DECODE(value, search, result, … [, default]): NULL is found as NULL. */
  private static Expression decode(List<Expression> arguments, Type type, SqlParserPos position) {
    List<Case.When> branches = new ArrayList<>();
    int last = arguments.size() - 1;
    for (int i = 1; i < last; i += 2) {
      Expression same =
          RexTranslator.compare(
              ScalarFunction.IS_NOT_DISTINCT,
              arguments.get(0),
              arguments.get(i),
              Positions.of(position));
      branches.add(new Case.When(same, Casts.to(type, arguments.get(i + 1))));
    }
    Expression otherwise =
        last % 2 == 1 ? Casts.to(type, arguments.get(last)) : Literal.nullOf(type);
    return new Case(branches, otherwise, type);
  }
}
