package dev.tidemill.planner.sql;

import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.jspecify.annotations.Nullable;

/**
 * A comma in FROM binds less than JOIN: {@code a, b RIGHT JOIN c ON …} is {@code a} and the join of
 * {@code b} and {@code c}, while the parser takes what stands to the left of JOIN for its left
 * side. It makes a difference where the right side's rows may stay alone, and where names say what
 * is joined; other joins stay as they are, so that their ON may name the tables before the comma.
 */
final class CommaJoins {
  private CommaJoins() {}

  static void bindLess(SqlSelect select) {
    SqlNode from = select.getFrom();
    if (from instanceof SqlJoin join) {
      select.setFrom(bindLess(join));
    }
  }

  private static SqlNode bindLess(SqlJoin join) {
    if (join.getLeft() instanceof SqlJoin left) {
      join.setLeft(bindLess(left));
    }
    if (join.getJoinType() == JoinType.COMMA
        || !isSensitive(join)
        || !(join.getLeft() instanceof SqlJoin left)) {
      return join;
    }
    SqlJoin comma = lastComma(left);
    if (comma == null) {
      return join;
    }
    SqlJoin above = join;
    while (above.getLeft() != comma && above.getLeft() instanceof SqlJoin next) {
      above = next;
    }
    above.setLeft(comma.getRight());
    comma.setRight(join);
    return comma;
  }

  private static boolean isSensitive(SqlJoin join) {
    return join.getJoinType() == JoinType.RIGHT
        || join.getJoinType() == JoinType.FULL
        || join.isNatural()
        || join.getConditionType() == JoinConditionType.USING;
  }

  /** The comma nearest to the right end of FROM, down the left sides. */
  private static @Nullable SqlJoin lastComma(SqlJoin join) {
    if (join.getJoinType() == JoinType.COMMA) {
      return join;
    }
    return join.getLeft() instanceof SqlJoin left ? lastComma(left) : null;
  }
}
