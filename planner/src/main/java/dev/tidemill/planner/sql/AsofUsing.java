package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.SqlAsofJoin;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * An ASOF join by columns that both sides have: equal ones, and without MATCH_CONDITION the last
 * are the times. It is a join USING them until {@code *} and the columns' names are written out,
 * and then one with ON.
 *
 * <pre>
 *   SELECT * FROM a ASOF JOIN b USING (k, ts)
 *   SELECT a.k, a.ts, a.x, b.y FROM a JOIN b ON a.k = b.k AND asof(a.ts &gt;= b.ts)
 * </pre>
 */
final class AsofUsing extends SqlJoin {
  /** What MATCH_CONDITION says, or null. */
  private final @Nullable SqlNode match;

  private AsofUsing(SqlAsofJoin join, SqlParserPos position) {
    super(
        position,
        join.getLeft(),
        join.isNaturalNode(),
        AsofMatch.ordinary(join.getJoinType()).symbol(position),
        join.getRight(),
        JoinConditionType.USING.symbol(position),
        join.getCondition());
    this.match = join.getMatchCondition() instanceof SqlLiteral ? null : join.getMatchCondition();
  }

  static AsofUsing of(SqlAsofJoin join) {
    return new AsofUsing(join, join.getParserPosition());
  }

  @Nullable SqlNode match() {
    return match;
  }

  private static boolean isIn(@Nullable SqlNode from) {
    return from instanceof SqlJoin join
        && (join instanceof AsofUsing || isIn(join.getLeft()) || isIn(join.getRight()));
  }

  /**
   * Writes out {@code *} over such joins; the columns that their sides share stay without table.
   */
  static void openStars(SqlSelect select, FromColumns columns) {
    SqlNode from = select.getFrom();
    if (from == null || !isIn(from)) {
      return;
    }
    SqlNodeList items = select.getSelectList();
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof SqlIdentifier star && star.isStar() && star.names.size() == 1) {
        SqlParserPos position = star.getParserPosition();
        List<SqlNode> all = columns.star(from, new SqlNodeList(position));
        if (all == null) {
          throw PlannerErrors.unsupported(
              "ASOF_JOIN_STAR",
              "* over an ASOF JOIN with USING whose columns are not told by name (name them, or write ON)",
              Positions.of(position));
        }
        items.remove(i);
        items.addAll(i, all);
        i += all.size() - 1;
      }
    }
  }

  /** Makes joins with ON of those in FROM. */
  static void open(SqlSelect select, FromColumns columns) {
    if (isIn(select.getFrom())) {
      select.setFrom(opened(Objects.requireNonNull(select.getFrom()), columns));
    }
  }

  private static SqlNode opened(SqlNode from, FromColumns columns) {
    if (!(from instanceof SqlJoin join)) {
      return from;
    }
    SqlNode opened = join instanceof AsofUsing asof ? asof.ordinary(columns) : join;
    SqlJoin result = (SqlJoin) opened;
    result.setLeft(opened(join.getLeft(), columns));
    result.setRight(opened(join.getRight(), columns));
    return result;
  }

  private SqlNode ordinary(FromColumns columns) {
    SqlNodeList names = (SqlNodeList) Objects.requireNonNull(getCondition());
    SqlNode condition = SqlLiteral.createBoolean(true, names.getParserPosition());
    SqlNode compared = match;
    for (int i = 0; i < names.size(); i++) {
      SqlIdentifier name = (SqlIdentifier) names.get(i);
      SqlParserPos position = name.getParserPosition();
      SqlNode left = column(getLeft(), name, columns);
      SqlNode right = column(getRight(), name, columns);
      if (match == null && i == names.size() - 1) {
        compared =
            SqlStdOperatorTable.GREATER_THAN_OR_EQUAL.createCall(position, List.of(left, right));
      } else {
        SqlNode equal = SqlStdOperatorTable.EQUALS.createCall(position, List.of(left, right));
        condition = SqlStdOperatorTable.AND.createCall(position, List.of(condition, equal));
      }
    }
    return AsofMatch.ordinary(this, condition, Objects.requireNonNull(compared));
  }

  private static SqlNode column(SqlNode side, SqlIdentifier name, FromColumns columns) {
    SqlNode column = CommonColumns.meaning(side, name.getSimple(), columns);
    if (column == null) {
      throw PlannerErrors.unsupported(
          "ASOF_JOIN_USING",
          "USING (" + name + ") of an ASOF JOIN here (ON a.x = b.x says the same)",
          Positions.of(name.getParserPosition()));
    }
    return CommonColumns.placed(column, name.getParserPosition());
  }
}
