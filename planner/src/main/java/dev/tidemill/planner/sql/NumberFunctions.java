package dev.tidemill.planner.sql;

import static dev.tidemill.planner.logical.Expressions.call;
import static org.apache.calcite.sql.type.OperandTypes.family;
import static org.apache.calcite.sql.type.SqlTypeFamily.INTEGER;
import static org.apache.calcite.sql.type.SqlTypeFamily.NUMERIC;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Casts;
import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlTypeName;

/** Numbers: rounding, powers, angles, bits, chance. */
final class NumberFunctions {
  private NumberFunctions() {}

  static void addTo(FunctionList functions) {
    functions.add(
        "ABS",
        ResultTypes.FIRST,
        OperandTypes.NUMERIC_OR_INTERVAL,
        Translations.same(ScalarFunction.ABS));
    functions.add(
        "SIGN", ResultTypes.FIRST, family(NUMERIC), Translations.same(ScalarFunction.SIGN));
    functions.add(
        "ROUND",
        NumberFunctions::roundType,
        ResultTypes.optional(1, NUMERIC, INTEGER),
        NumberFunctions::rounded);
    for (String name : List.of("ROUND_EVEN", "ROUNDBANKERS", "BROUND")) {
      functions.add(
          name,
          NumberFunctions::roundType,
          ResultTypes.optional(1, NUMERIC, INTEGER),
          (a, t, p) -> rounded(ScalarFunction.ROUND_EVEN, a, t));
    }
    functions.add(
        "TRUNCATE",
        NumberFunctions::roundType,
        ResultTypes.optional(1, NUMERIC, INTEGER),
        (a, t, p) -> rounded(ScalarFunction.TRUNCATE, a, t));
    functions.add(
        "TRUNC",
        NumberFunctions::roundType,
        ResultTypes.optional(1, NUMERIC, INTEGER),
        (a, t, p) -> rounded(ScalarFunction.TRUNCATE, a, t));
    for (ScalarFunction function :
        List.of(
            ScalarFunction.SQRT,
            ScalarFunction.CBRT,
            ScalarFunction.EXP,
            ScalarFunction.EXPM1,
            ScalarFunction.LN,
            ScalarFunction.LOG1P,
            ScalarFunction.LOG10,
            ScalarFunction.LOG2,
            ScalarFunction.SIN,
            ScalarFunction.COS,
            ScalarFunction.TAN,
            ScalarFunction.COT,
            ScalarFunction.ASIN,
            ScalarFunction.ACOS,
            ScalarFunction.ATAN,
            ScalarFunction.SINH,
            ScalarFunction.COSH,
            ScalarFunction.TANH,
            ScalarFunction.ASINH,
            ScalarFunction.ACOSH,
            ScalarFunction.ATANH,
            ScalarFunction.DEGREES,
            ScalarFunction.RADIANS)) {
      functions.add(
          function.name(),
          ResultTypes.FLOATING,
          family(NUMERIC),
          Translations.all(function, Type.DOUBLE));
    }
    functions.add(
        "LOG",
        ResultTypes.FLOATING,
        family(NUMERIC).or(family(NUMERIC, NUMERIC)),
        (a, t, p) ->
            Translations.all(a.size() == 1 ? ScalarFunction.LOG10 : ScalarFunction.LOG, Type.DOUBLE)
                .translate(a, t, p));
    functions.add(
        "POWER",
        ResultTypes.FLOATING,
        family(NUMERIC, NUMERIC),
        Translations.all(ScalarFunction.POWER, Type.DOUBLE));
    functions.add(
        "POW",
        ResultTypes.FLOATING,
        family(NUMERIC, NUMERIC),
        Translations.all(ScalarFunction.POWER, Type.DOUBLE));
    functions.add(
        "ATAN2",
        ResultTypes.FLOATING,
        family(NUMERIC, NUMERIC),
        Translations.all(ScalarFunction.ATAN2, Type.DOUBLE));
    functions.addWithoutParentheses(
        SqlStdOperatorTable.PI, (a, t, p) -> call(ScalarFunction.PI, Type.DOUBLE));
    functions.add(
        "RAND",
        ReturnTypes.DOUBLE,
        OperandTypes.NILADIC,
        (a, t, p) -> call(ScalarFunction.RANDOM, Type.DOUBLE));
    functions.add(
        "RANDOM",
        ReturnTypes.DOUBLE,
        OperandTypes.NILADIC,
        (a, t, p) -> call(ScalarFunction.RANDOM, Type.DOUBLE));
    functions.add(
        "UUID",
        ReturnTypes.VARCHAR,
        OperandTypes.NILADIC,
        (a, t, p) -> call(ScalarFunction.UUID, Type.VARCHAR));
    bits(functions);
    for (ScalarFunction function : List.of(ScalarFunction.GCD, ScalarFunction.LCM)) {
      functions.add(
          function.name(),
          ResultTypes.LONG,
          family(INTEGER, INTEGER),
          Translations.all(function, Type.BIGINT));
    }
    functions.add(
        "FACTORIAL",
        ResultTypes.LONG,
        family(INTEGER),
        Translations.all(ScalarFunction.FACTORIAL, Type.BIGINT));
    functions.add(
        "WIDTH_BUCKET",
        ResultTypes.LONG,
        family(NUMERIC, NUMERIC, NUMERIC, INTEGER),
        Translations.as(
            ScalarFunction.WIDTH_BUCKET, Type.DOUBLE, Type.DOUBLE, Type.DOUBLE, Type.BIGINT));
    functions.add(
        "ISNAN",
        ResultTypes.TRUTH,
        family(NUMERIC),
        Translations.all(ScalarFunction.IS_NAN, Type.DOUBLE));
    functions.add(
        "ISINF",
        ResultTypes.TRUTH,
        family(NUMERIC),
        Translations.all(ScalarFunction.IS_INFINITE, Type.DOUBLE));
    functions.add(
        "E",
        ReturnTypes.DOUBLE,
        OperandTypes.NILADIC,
        (a, t, p) -> new Literal(Type.DOUBLE, Math.E));
    functions.add(
        "GREATEST",
        ReturnTypes.LEAST_RESTRICTIVE.andThen(ResultTypes::nullableIfAll),
        OperandTypes.repeat(SqlOperandCountRanges.from(1), OperandTypes.ANY),
        Translations.common(ScalarFunction.GREATEST));
    functions.add(
        "LEAST",
        ReturnTypes.LEAST_RESTRICTIVE.andThen(ResultTypes::nullableIfAll),
        OperandTypes.repeat(SqlOperandCountRanges.from(1), OperandTypes.ANY),
        Translations.common(ScalarFunction.LEAST));
    functions.operator(SqlStdOperatorTable.FLOOR);
    functions.operator(SqlStdOperatorTable.CEIL);
    functions.existing(
        SqlStdOperatorTable.FLOOR,
        (a, t, p) -> floorOrCeil(ScalarFunction.FLOOR, ScalarFunction.DATE_TRUNC, a, t, p));
    functions.existing(
        SqlStdOperatorTable.CEIL,
        (a, t, p) -> floorOrCeil(ScalarFunction.CEIL, ScalarFunction.DATE_CEIL, a, t, p));
    functions.add(
        "CEILING",
        ResultTypes.FIRST,
        family(NUMERIC),
        (a, t, p) -> floorOrCeil(ScalarFunction.CEIL, ScalarFunction.DATE_CEIL, a, t, p));
  }

  private static void bits(FunctionList functions) {
    for (String name : List.of("BITAND", "BITOR", "BITXOR")) {
      functions.add(
          name,
          ReturnTypes.LEAST_RESTRICTIVE,
          family(INTEGER, INTEGER),
          Translations.bits(ScalarFunction.valueOf("BIT_" + name.substring(3))));
    }
    functions.existing(
        SqlStdOperatorTable.BITAND_OPERATOR, Translations.bits(ScalarFunction.BIT_AND));
    functions.existing(
        SqlStdOperatorTable.BITXOR_OPERATOR, Translations.bits(ScalarFunction.BIT_XOR));
    functions.add(
        "BITNOT", ResultTypes.FIRST, family(INTEGER), Translations.same(ScalarFunction.BIT_NOT));
    for (String name : List.of("BIT_COUNT", "BITCOUNT")) {
      functions.add(
          name, ResultTypes.INT, family(INTEGER), Translations.as(ScalarFunction.BIT_COUNT));
    }
    shift(functions, "SHIFTLEFT", ScalarFunction.BIT_SHIFT_LEFT);
    shift(functions, "SHIFTRIGHT", ScalarFunction.BIT_SHIFT_RIGHT);
    functions.existing(SqlStdOperatorTable.BIT_LEFT_SHIFT, shifted(ScalarFunction.BIT_SHIFT_LEFT));
  }

  private static void shift(FunctionList functions, String name, ScalarFunction function) {
    functions.add(name, ResultTypes.FIRST, family(INTEGER, INTEGER), shifted(function));
  }

  private static Functions.Translation shifted(ScalarFunction function) {
    return (arguments, type, position) ->
        call(
            function,
            type,
            Casts.to(type, arguments.get(0)),
            Casts.to(Type.INTEGER, arguments.get(1)));
  }

  private static Expression rounded(List<Expression> arguments, Type type, SqlParserPos position) {
    return rounded(ScalarFunction.ROUND, arguments, type);
  }

  private static Expression rounded(
      ScalarFunction function, List<Expression> arguments, Type type) {
    Expression value = arguments.get(0);
    return arguments.size() == 1
        ? call(function, type, value)
        : call(function, type, value, Casts.to(Type.INTEGER, arguments.get(1)));
  }

  private static Expression floorOrCeil(
      ScalarFunction number,
      ScalarFunction time,
      List<Expression> arguments,
      Type type,
      SqlParserPos position) {
    return arguments.size() == 1
        ? call(number, type, arguments.get(0))
        : call(
            time,
            type,
            TimeUnits.unit(arguments.get(1), position),
            Casts.to(type, arguments.get(0)));
  }

  private static RelDataType roundType(SqlOperatorBinding binding) {
    RelDataTypeFactory factory = binding.getTypeFactory();
    RelDataType type = binding.getOperandType(0);
    boolean nullable = ResultTypes.anyNullable(binding);
    if (type.getSqlTypeName() == SqlTypeName.DECIMAL) {
      int scale = type.getScale();
      boolean constant = binding.getOperandCount() == 1 || binding.isOperandLiteral(1, false);
      if (constant) {
        BigDecimal digits =
            binding.getOperandCount() == 1
                ? BigDecimal.ZERO
                : binding.getOperandLiteralValue(1, BigDecimal.class);
        scale =
            digits == null
                ? scale
                : Math.clamp(
                    digits.min(BigDecimal.valueOf(scale)).max(BigDecimal.ZERO).intValue(),
                    0,
                    scale);
      }
      int integerDigits =
          Math.min(Type.MAX_DECIMAL_PRECISION - scale, type.getPrecision() - type.getScale() + 1);
      return RelTypes.toRel(
          factory, new Type.Decimal(Math.max(1, integerDigits + scale), scale), nullable);
    }
    return factory.createTypeWithNullability(type, nullable);
  }
}
