package dev.tidemill.planner.sql;

import static org.apache.calcite.sql.type.OperandTypes.family;
import static org.apache.calcite.sql.type.SqlTypeFamily.NUMERIC;

import dev.tidemill.sql.parser.statement.FromLast;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.fun.SqlAnyValueAggFunction;
import org.apache.calcite.sql.fun.SqlAvgAggFunction;
import org.apache.calcite.sql.fun.SqlBasicAggFunction;
import org.apache.calcite.sql.fun.SqlBitOpAggFunction;
import org.apache.calcite.sql.fun.SqlMinMaxAggFunction;
import org.apache.calcite.sql.fun.SqlSumAggFunction;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;
import org.jspecify.annotations.Nullable;

/** Functions of the rows of a group. */
final class AggregateFunctions {
  private AggregateFunctions() {}

  static void addTo(FunctionList functions) {
    SqlReturnTypeInference floating = ReturnTypes.DOUBLE.andThen(SqlTypeTransforms.FORCE_NULLABLE);
    // Always nullable: Calcite forgets that a FILTER may leave a group without rows. Plans say it
    // exactly.
    functions.operator(
        new SqlSumAggFunction(new TidemillTypeFactory().createSqlType(SqlTypeName.BIGINT)) {
          @Override
          public SqlOperandTypeChecker getOperandTypeChecker() {
            return OperandTypes.NUMERIC_OR_INTERVAL;
          }

          @Override
          public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
            return isTruth(binding)
                || getOperandTypeChecker().checkOperandTypes(binding, throwOnFailure);
          }

          @Override
          public RelDataType inferReturnType(SqlOperatorBinding binding) {
            return nullable(
                binding,
                isTruth(binding)
                    ? binding.getTypeFactory().createSqlType(SqlTypeName.BIGINT)
                    : super.inferReturnType(binding));
          }
        });
    functions.operator(
        new SqlAvgAggFunction(SqlKind.AVG) {
          @Override
          public SqlOperandTypeChecker getOperandTypeChecker() {
            return OperandTypes.NUMERIC_OR_INTERVAL;
          }

          @Override
          public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
            return binding.getOperandCount() == 1 && TimeFunctions.isTime(binding.getOperandType(0))
                || getOperandTypeChecker().checkOperandTypes(binding, throwOnFailure);
          }

          @Override
          public RelDataType inferReturnType(SqlOperatorBinding binding) {
            if (TimeFunctions.isTime(binding.getOperandType(0))) {
              return RelTypes.toRel(binding.getTypeFactory(), TimeFunctions.MEAN, true);
            }
            RelDataType type = super.inferReturnType(binding);
            return nullable(
                binding,
                type.getSqlTypeName() == SqlTypeName.NULL
                    ? binding.getTypeFactory().createSqlType(SqlTypeName.DOUBLE)
                    : type);
          }
        });
    for (SqlKind kind : List.of(SqlKind.MIN, SqlKind.MAX)) {
      functions.operator(
          new SqlMinMaxAggFunction(kind) {
            @Override
            public RelDataType inferReturnType(SqlOperatorBinding binding) {
              return nullable(binding, super.inferReturnType(binding));
            }
          });
    }
    for (String name : List.of("EVERY", "BOOL_AND", "SOME", "BOOL_OR")) {
      SqlKind kind = name.equals("EVERY") || name.equals("BOOL_AND") ? SqlKind.MIN : SqlKind.MAX;
      functions.operator(
          new SqlMinMaxAggFunction(name, kind, OperandTypes.BOOLEAN) {
            @Override
            public RelDataType inferReturnType(SqlOperatorBinding binding) {
              return nullable(binding, super.inferReturnType(binding));
            }
          });
    }
    for (SqlKind kind : List.of(SqlKind.BIT_AND, SqlKind.BIT_OR, SqlKind.BIT_XOR)) {
      functions.operator(
          new SqlBitOpAggFunction(kind) {
            @Override
            public RelDataType inferReturnType(SqlOperatorBinding binding) {
              return nullable(binding, super.inferReturnType(binding));
            }

            @Override
            public @Nullable SqlOperandTypeChecker getOperandTypeChecker() {
              return OperandTypes.INTEGER;
            }

            @Override
            public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
              return OperandTypes.INTEGER.checkOperandTypes(binding, throwOnFailure);
            }
          });
    }
    functions.operator(
        new SqlAnyValueAggFunction(SqlKind.ANY_VALUE) {
          @Override
          public RelDataType inferReturnType(SqlOperatorBinding binding) {
            return nullable(binding, super.inferReturnType(binding));
          }
        });
    SqlReturnTypeInference first = ReturnTypes.ARG0.andThen(SqlTypeTransforms.FORCE_NULLABLE);
    SqlReturnTypeInference text = ReturnTypes.VARCHAR.andThen(SqlTypeTransforms.FORCE_NULLABLE);
    for (String name : List.of("SKEWNESS", "KURTOSIS", "KURTOSIS_POP", "PRODUCT")) {
      functions.aggregate(name, SqlKind.OTHER_FUNCTION, floating, family(NUMERIC));
    }
    for (String name : List.of("COVAR_POP", "COVAR_SAMP")) {
      functions.aggregate(name, SqlKind.OTHER_FUNCTION, floating, family(NUMERIC, NUMERIC));
    }
    functions.aggregate(
        "QUANTILE_CONT",
        SqlKind.OTHER_FUNCTION,
        floating,
        ResultTypes.optional(2, NUMERIC, NUMERIC, SqlTypeFamily.BOOLEAN));
    functions.aggregate(
        "QUANTILE_DISC",
        SqlKind.OTHER_FUNCTION,
        first,
        ResultTypes.optional(2, SqlTypeFamily.ANY, NUMERIC, SqlTypeFamily.BOOLEAN));
    functions.aggregate(
        "APPROX_QUANTILE", SqlKind.OTHER_FUNCTION, first, family(SqlTypeFamily.ANY, NUMERIC));
    functions.aggregate(
        "APPROX_COUNT_DISTINCT", SqlKind.OTHER_FUNCTION, ReturnTypes.BIGINT, OperandTypes.ANY);
    functions.aggregate(
        "HISTOGRAM", SqlKind.OTHER_FUNCTION, AggregateFunctions::histogram, OperandTypes.ANY);
    functions.aggregate("MODE", SqlKind.OTHER_FUNCTION, first, OperandTypes.ANY);
    for (String name : List.of("ARG_MIN", "ARG_MAX")) {
      functions.aggregate(
          name, SqlKind.OTHER_FUNCTION, first, family(SqlTypeFamily.ANY, SqlTypeFamily.ANY));
    }
    functions.aggregate(
        "ARRAY_AGG", SqlKind.OTHER_FUNCTION, AggregateFunctions::list, OperandTypes.ONE_OR_MORE);
    functions.aggregate(
        "MAP_AGG",
        SqlKind.OTHER_FUNCTION,
        AggregateFunctions::map,
        family(SqlTypeFamily.ANY, SqlTypeFamily.ANY));
    functions.aggregate("LISTAGG", SqlKind.OTHER_FUNCTION, text, OperandTypes.ONE_OR_MORE);
    functions.operator(
        SqlBasicAggFunction.create(
                FromLast.NAME,
                SqlKind.OTHER_FUNCTION,
                ReturnTypes.ARG0.andThen(SqlTypeTransforms.FORCE_NULLABLE),
                family(SqlTypeFamily.ANY, NUMERIC))
            .withAllowsNullTreatment(true));
    functions.aggregate("STDDEV_POP", SqlKind.STDDEV_POP, floating, family(NUMERIC));
    functions.aggregate("STDDEV_SAMP", SqlKind.STDDEV_SAMP, floating, family(NUMERIC));
    functions.aggregate("STDDEV", SqlKind.STDDEV_SAMP, floating, family(NUMERIC));
    functions.aggregate("VAR_POP", SqlKind.VAR_POP, floating, family(NUMERIC));
    functions.aggregate("VAR_SAMP", SqlKind.VAR_SAMP, floating, family(NUMERIC));
    functions.aggregate("VARIANCE", SqlKind.VAR_SAMP, floating, family(NUMERIC));
  }

  /** SUM of BOOLEAN counts what is TRUE. */
  private static boolean isTruth(SqlOperatorBinding binding) {
    return binding.getOperandCount() == 1
        && binding.getOperandType(0).getSqlTypeName() == SqlTypeName.BOOLEAN;
  }

  private static RelDataType list(SqlOperatorBinding binding) {
    RelDataTypeFactory factory = binding.getTypeFactory();
    RelDataType element = nullable(binding, binding.getOperandType(0));
    return factory.createTypeWithNullability(factory.createArrayType(element, -1), true);
  }

  private static RelDataType histogram(SqlOperatorBinding binding) {
    RelDataTypeFactory factory = binding.getTypeFactory();
    RelDataType key =
        factory.createTypeWithNullability(nullable(binding, binding.getOperandType(0)), false);
    RelDataType count = factory.createSqlType(SqlTypeName.BIGINT);
    return factory.createTypeWithNullability(factory.createMapType(key, count), true);
  }

  /** Of the operands value and key. */
  private static RelDataType map(SqlOperatorBinding binding) {
    RelDataTypeFactory factory = binding.getTypeFactory();
    RelDataType value = nullable(binding, binding.getOperandType(0));
    RelDataType key =
        factory.createTypeWithNullability(nullable(binding, binding.getOperandType(1)), false);
    return factory.createTypeWithNullability(factory.createMapType(key, value), true);
  }

  /** Of a NULL without a type an INTEGER. */
  private static RelDataType nullable(SqlOperatorBinding binding, RelDataType type) {
    RelDataTypeFactory factory = binding.getTypeFactory();
    return factory.createTypeWithNullability(
        type.getSqlTypeName() == SqlTypeName.NULL
            ? factory.createSqlType(SqlTypeName.INTEGER)
            : type,
        true);
  }
}
