package dev.tidemill.planner.sql;

import static org.apache.calcite.sql.type.OperandTypes.family;

import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;

/** Types of results and operands that many functions share. */
final class ResultTypes {
  static final SqlReturnTypeInference TEXT = ReturnTypes.VARCHAR_NULLABLE;
  static final SqlReturnTypeInference SOME_TEXT = ReturnTypes.VARCHAR_FORCE_NULLABLE;
  static final SqlReturnTypeInference INT = ReturnTypes.INTEGER_NULLABLE;
  static final SqlReturnTypeInference LONG = ReturnTypes.BIGINT_NULLABLE;
  static final SqlReturnTypeInference FLOATING = ReturnTypes.DOUBLE_NULLABLE;
  static final SqlReturnTypeInference TRUTH = ReturnTypes.BOOLEAN_NULLABLE;
  static final SqlReturnTypeInference FIRST = ReturnTypes.ARG0_NULLABLE;
  static final SqlReturnTypeInference SECOND = ReturnTypes.ARG1_NULLABLE;

  /** TIMESTAMP(6) WITH LOCAL TIME ZONE. */
  static final SqlReturnTypeInference INSTANT =
      b -> RelTypes.toRel(b.getTypeFactory(), new Type.ZonedTimestamp(6), anyNullable(b));

  private ResultTypes() {}

  static boolean anyNullable(SqlOperatorBinding binding) {
    return IntStream.range(0, binding.getOperandCount())
        .anyMatch(i -> binding.getOperandType(i).isNullable());
  }

  static RelDataType nullableIfAny(SqlOperatorBinding binding, RelDataType type) {
    boolean nullable = anyNullable(binding);
    return binding.getTypeFactory().createTypeWithNullability(type, nullable);
  }

  static RelDataType nullableIfAll(SqlOperatorBinding binding, RelDataType type) {
    boolean nullable =
        IntStream.range(0, binding.getOperandCount())
            .allMatch(i -> binding.getOperandType(i).isNullable());
    return binding.getTypeFactory().createTypeWithNullability(type, nullable);
  }

  static SqlReturnTypeInference timestamp(int precision) {
    return binding ->
        RelTypes.toRel(
            binding.getTypeFactory(), new Type.Timestamp(precision), anyNullable(binding));
  }

  /** The last {@code families.length - required} operands may be left out. */
  static SqlOperandTypeChecker optional(int required, SqlTypeFamily... families) {
    return family(List.of(families), i -> i >= required);
  }
}
