package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.error.ParserErrors;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlAsofJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * ASOF joins, whose times are compared in MATCH_CONDITION, or among other conditions in ON, or are
 * the last column of USING. Where there is no MATCH_CONDITION, all that ON says is in its place,
 * and TRUE beside USING.
 *
 * <pre>
 *   a ASOF JOIN b MATCH_CONDITION a.ts &gt;= b.ts ON a.k = b.k
 *   a ASOF JOIN b ON a.k = b.k AND a.ts &gt;= b.ts
 *   a ASOF JOIN b USING (k, ts)
 *   a ASOF JOIN b MATCH_CONDITION a.ts &gt;= b.ts USING (k)
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
   * @param condition what ON says, or null without one
   * @param match what MATCH_CONDITION says, or null where ON says it
   */
  public static SqlAsofJoin of(
      SqlNode left,
      SqlLiteral natural,
      SqlLiteral joinType,
      SqlNode right,
      @Nullable SqlNode condition,
      @Nullable SqlNode match) {
    SqlParserPos position = joinType.getParserPosition();
    SqlNode all = SqlLiteral.createBoolean(true, position);
    return join(
        left,
        natural,
        joinType,
        right,
        JoinConditionType.ON,
        match == null || condition == null ? all : condition,
        match != null ? match : condition != null ? condition : all);
  }

  /**
   * The join of columns that both sides have.
   *
   * @param match what MATCH_CONDITION says, or null where the last column is the time
   */
  public static SqlAsofJoin using(
      SqlNode left,
      SqlLiteral natural,
      SqlLiteral joinType,
      SqlNode right,
      SqlNodeList columns,
      @Nullable SqlNode match) {
    return join(
        left,
        natural,
        joinType,
        right,
        JoinConditionType.USING,
        columns,
        match == null ? SqlLiteral.createBoolean(true, columns.getParserPosition()) : match);
  }

  private static SqlAsofJoin join(
      SqlNode left,
      SqlLiteral natural,
      SqlLiteral joinType,
      SqlNode right,
      JoinConditionType type,
      SqlNode condition,
      SqlNode match) {
    SqlParserPos position = joinType.getParserPosition();
    if (natural.booleanValue()) {
      throw ParserErrors.naturalAsof(
          new SourcePosition(
              Math.max(1, position.getLineNum()), Math.max(1, position.getColumnNum())));
    }
    return new SqlAsofJoin(
        position, left, natural, joinType, right, type.symbol(position), condition, match);
  }
}
