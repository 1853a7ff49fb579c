package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.error.ParserErrors;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlAsofJoin;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * ASOF joins, whose times are compared in MATCH_CONDITION or, by the one comparison that there is
 * among equalities, in ON:
 *
 * <pre>
 *   a ASOF JOIN b MATCH_CONDITION a.ts &gt;= b.ts ON a.k = b.k
 *   a ASOF JOIN b ON a.k = b.k AND a.ts &gt;= b.ts
 * </pre>
 */
public final class AsofJoins {
  private AsofJoins() {}

  public static boolean isAsof(SqlLiteral joinType) {
    JoinType type = joinType.getValueAs(JoinType.class);
    return type == JoinType.ASOF || type == JoinType.LEFT_ASOF;
  }

  /**
   * The join.
   *
   * @param match what MATCH_CONDITION says, or null where ON says it
   * @param condition what ON says, or null without one
   */
  public static SqlAsofJoin of(
      SqlNode left,
      SqlLiteral natural,
      SqlLiteral joinType,
      SqlNode right,
      @Nullable SqlNode condition,
      @Nullable SqlNode match) {
    SqlParserPos position = joinType.getParserPosition();
    if (natural.booleanValue()) {
      throw ParserErrors.naturalAsof(position(position));
    }
    List<SqlNode> equalities = new ArrayList<>();
    List<SqlNode> comparisons = new ArrayList<>();
    if (match == null) {
      split(condition, equalities, comparisons);
      if (comparisons.size() != 1) {
        throw ParserErrors.asofWithoutMatch(comparisons.size(), position(position));
      }
    } else {
      comparisons.add(match);
      if (condition != null) {
        equalities.add(condition);
      }
    }
    return new SqlAsofJoin(
        position,
        left,
        natural,
        joinType,
        right,
        JoinConditionType.ON.symbol(position),
        all(equalities, position),
        comparisons.get(0));
  }

  private static void split(
      @Nullable SqlNode condition, List<SqlNode> others, List<SqlNode> comparisons) {
    switch (condition) {
      case SqlCall call when call.getKind() == SqlKind.AND ->
          call.getOperandList().forEach(part -> split(part, others, comparisons));
      case SqlCall call when isComparison(call.getKind()) -> comparisons.add(call);
      case null -> {}
      default -> others.add(condition);
    }
  }

  private static boolean isComparison(SqlKind kind) {
    return kind == SqlKind.GREATER_THAN
        || kind == SqlKind.GREATER_THAN_OR_EQUAL
        || kind == SqlKind.LESS_THAN
        || kind == SqlKind.LESS_THAN_OR_EQUAL;
  }

  private static SqlNode all(List<SqlNode> conditions, SqlParserPos position) {
    SqlNode all = null;
    for (SqlNode condition : conditions) {
      all = all == null ? condition : SqlStdOperatorTable.AND.createCall(position, all, condition);
    }
    return all == null ? SqlLiteral.createBoolean(true, position) : all;
  }

  private static SourcePosition position(SqlParserPos position) {
    return new SourcePosition(
        Math.max(1, position.getLineNum()), Math.max(1, position.getColumnNum()));
  }
}
