package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.MatchValue;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Node;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.jspecify.annotations.Nullable;

/**
 * What stands for MATCH_RECOGNIZE in the query that is made of it, see {@link MatchRecognize}: a
 * mark that no one writes round an expression over a row, which says of which row.
 */
final class MatchMarker extends SqlSpecialOperator {
  /** What a mark means. */
  sealed interface Meaning {}

  /** The operand's value in the row at a place. */
  record OfRow(MatchValue.Place place) implements Meaning {}

  /** CLASSIFIER of the row at a place. */
  record Classifier(MatchValue.Place place) implements Meaning {}

  /** MATCH_NUMBER(). */
  record Number() implements Meaning {}

  /** The operand, an aggregate OVER all rows, over those of some variables. */
  record OfRows(List<Integer> variables, boolean whole) implements Meaning {}

  /**
   * The pattern. Operands are the keys of the partition, those of the order and the conditions of
   * the variables.
   *
   * @param order by key whether it is descending and NULLs come first
   * @param within where WITHIN is written, which needs a time to be ordered by, or null
   */
  record Whole(
      Node.Pattern pattern, int partition, List<Direction> order, @Nullable SourcePosition within)
      implements Meaning {}

  /** How a key is ordered. */
  record Direction(boolean descending, boolean nullsFirst) {}

  private final Meaning meaning;

  MatchMarker(Meaning meaning) {
    // Calcite tells operators apart by their names.
    super(
        "$" + meaning,
        SqlKind.OTHER_FUNCTION,
        0,
        true,
        binding -> type(meaning, binding),
        null,
        OperandTypes.VARIADIC);
    this.meaning = meaning;
  }

  Meaning meaning() {
    return meaning;
  }

  private static RelDataType type(Meaning meaning, SqlOperatorBinding binding) {
    RelDataTypeFactory factory = binding.getTypeFactory();
    return switch (meaning) {
      case OfRow m -> factory.createTypeWithNullability(binding.getOperandType(0), true);
      case OfRows m -> binding.getOperandType(0);
      case Classifier m -> RelTypes.toRel(factory, Type.VARCHAR, true);
      case Number m -> RelTypes.toRel(factory, Type.BIGINT, true);
      case Whole m -> factory.createSqlType(SqlTypeName.BOOLEAN);
    };
  }

  @Override
  public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
    for (int i = 0; i < call.operandCount(); i++) {
      RelDataType type = validator.deriveType(scope, call.operand(i));
      if (meaning instanceof Whole whole
          && whole.within() != null
          && i == whole.partition()
          && !SqlTypeUtil.isDatetime(type)) {
        throw PlannerErrors.invalid(
            "WITHIN needs ORDER BY a time first, and "
                + TidemillValidator.text(call.operand(i))
                + " is "
                + type.getSqlTypeName()
                + " (a condition such as n < FIRST(n) + 5 in DEFINE says it of numbers)",
            whole.within());
      }
    }
    return type(meaning, new SqlCallBinding(validator, scope, call));
  }
}
