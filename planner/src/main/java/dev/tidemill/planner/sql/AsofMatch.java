package dev.tidemill.planner.sql;

import java.util.List;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlAsofJoin;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;

/**
 * What tells an ASOF join from others for as long as Calcite has it: a mark round the comparison of
 * the times, within the condition of an ordinary join. Calcite's own ASOF joins take no more than
 * equalities of plain columns in ON, one at least. Where ON compares the times, the mark is round
 * all of it: which of the comparisons is that of the times shows when columns are known.
 *
 * <pre>
 *   a LEFT ASOF JOIN b MATCH_CONDITION a.ts &gt;= b.ts ON a.k = b.k
 *   a LEFT JOIN b ON a.k = b.k AND asof(a.ts &gt;= b.ts)
 *
 *   a ASOF JOIN b ON a.k = b.k AND a.ts &gt;= b.ts
 *   a JOIN b ON asof(a.k = b.k AND a.ts &gt;= b.ts)
 * </pre>
 */
final class AsofMatch extends SqlSpecialOperator {
  /** Named as it stands in an error where the mark is not in a join's condition any more. */
  static final AsofMatch INSTANCE = new AsofMatch("ASOF JOIN of a LATERAL table");

  private AsofMatch(String name) {
    super(
        name,
        SqlKind.OTHER_FUNCTION,
        0,
        true,
        ReturnTypes.BOOLEAN_NULLABLE,
        null,
        OperandTypes.BOOLEAN);
  }

  @Override
  public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
    return validator.deriveType(scope, call.operand(0));
  }

  /** Makes ordinary joins with marks of the ASOF joins of FROM. */
  static void mark(SqlSelect select) {
    if (select.getFrom() != null) {
      select.setFrom(marked(select.getFrom()));
    }
  }

  private static SqlNode marked(SqlNode from) {
    if (!(from instanceof SqlJoin join)) {
      return from;
    }
    join.setLeft(marked(join.getLeft()));
    join.setRight(marked(join.getRight()));
    if (!(join instanceof SqlAsofJoin asof)) {
      return join;
    }
    return asof.getConditionType() == JoinConditionType.USING
        ? AsofUsing.of(asof)
        : ordinary(asof, Objects.requireNonNull(asof.getCondition()), asof.getMatchCondition());
  }

  /**
   * An ordinary join of the sides of an ASOF join.
   *
   * @param condition beside the comparison of the times
   * @param match what has that in it
   */
  static SqlJoin ordinary(SqlJoin asof, SqlNode condition, SqlNode match) {
    SqlParserPos position = asof.getParserPosition();
    SqlCall mark = INSTANCE.createCall(match.getParserPosition(), List.of(match));
    return new SqlJoin(
        position,
        asof.getLeft(),
        asof.isNaturalNode(),
        ordinary(asof.getJoinType()).symbol(position),
        asof.getRight(),
        JoinConditionType.ON.symbol(position),
        SqlStdOperatorTable.AND.createCall(position, List.of(condition, mark)));
  }

  static JoinType ordinary(JoinType type) {
    return type == JoinType.LEFT_ASOF || type == JoinType.LEFT ? JoinType.LEFT : JoinType.INNER;
  }
}
