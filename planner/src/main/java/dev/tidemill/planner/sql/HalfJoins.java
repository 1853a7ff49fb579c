package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.statement.Selects;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlTableRef;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * SEMI and ANTI joins, which give the rows of their left side that have a match or have none, as
 * EXISTS in WHERE.
 *
 * <pre>
 *   SELECT * FROM a SEMI JOIN b ON x = y JOIN c ON …
 *   SELECT * FROM a JOIN c ON … WHERE EXISTS (SELECT 1 FROM b WHERE a.x = b.y)
 * </pre>
 */
final class HalfJoins {
  private final FromColumns columns;
  private final List<SqlNode> conditions = new ArrayList<>();

  private HalfJoins(FromColumns columns) {
    this.columns = columns;
  }

  /** Moves them to WHERE. */
  static void open(SqlSelect select, FromColumns columns) {
    SqlNode from = select.getFrom();
    if (from == null || !has(from)) {
      return;
    }
    HalfJoins joins = new HalfJoins(columns);
    select.setFrom(joins.without(from));
    SqlNode where = null;
    for (SqlNode condition : joins.conditions) {
      where = where == null ? condition : and(where, condition);
    }
    SqlNode written = select.getWhere();
    select.setWhere(written == null || where == null ? where : and(where, written));
  }

  private static SqlNode and(SqlNode left, SqlNode right) {
    return SqlStdOperatorTable.AND.createCall(left.getParserPosition(), left, right);
  }

  private static boolean isOne(SqlJoin join) {
    return join.getJoinType() == JoinType.LEFT_SEMI_JOIN
        || join.getJoinType() == JoinType.LEFT_ANTI_JOIN;
  }

  private static boolean has(SqlNode from) {
    return from instanceof SqlJoin join
        && (isOne(join) || has(join.getLeft()) || has(join.getRight()));
  }

  private SqlNode without(SqlNode from) {
    if (!(from instanceof SqlJoin join)) {
      return from;
    }
    join.setLeft(without(join.getLeft()));
    boolean turned = join.getJoinType() == JoinType.RIGHT || join.getJoinType() == JoinType.FULL;
    if (has(join.getRight()) || turned && !conditions.isEmpty()) {
      throw PlannerErrors.unsupported(
          "HALF_JOIN_PLACE",
          "a SEMI or ANTI JOIN on a side of another join that is not its left one, or before RIGHT or"
              + " FULL JOIN (in a subquery it works)",
          Positions.of(join.getParserPosition()));
    }
    if (!isOne(join)) {
      return join;
    }
    conditions.add(exists(join));
    return join.getLeft();
  }

  private SqlNode exists(SqlJoin join) {
    SqlParserPos position = join.getParserPosition();
    String kind = join.getJoinType() == JoinType.LEFT_SEMI_JOIN ? "SEMI JOIN" : "ANTI JOIN";
    SqlNode condition = join.getCondition();
    if (join.isNatural() || condition == null) {
      throw PlannerErrors.unsupported(
          "HALF_JOIN_CONDITION", kind + " without ON or USING", Positions.of(position));
    }
    distinctTables(join);
    SqlNode matches =
        join.getConditionType() == JoinConditionType.USING
            ? equal(join, (SqlNodeList) condition)
            : qualified(join, condition, kind);
    SqlNode exists =
        SqlStdOperatorTable.EXISTS.createCall(
            position,
            Selects.of(
                SqlNodeList.of(SqlLiteral.createExactNumeric("1", position)),
                join.getRight(),
                matches,
                position));
    return join.getJoinType() == JoinType.LEFT_SEMI_JOIN
        ? exists
        : SqlStdOperatorTable.NOT.createCall(position, exists);
  }

  /** Within EXISTS the table of the right side would hide one of the left that is called so. */
  private void distinctTables(SqlJoin join) {
    Set<String> left = new HashSet<>();
    tables(join.getLeft(), left);
    Set<String> right = new HashSet<>();
    tables(join.getRight(), right);
    right.retainAll(left);
    if (!right.isEmpty()) {
      throw PlannerErrors.invalid(
          "both sides of the join are called "
              + right.iterator().next()
              + ": give one another name",
          Positions.of(join.getParserPosition()));
    }
  }

  private static void tables(SqlNode from, Set<String> names) {
    switch (from) {
      case SqlJoin join -> {
        tables(join.getLeft(), names);
        tables(join.getRight(), names);
      }
      case SqlIdentifier table -> names.add(Util.last(table.names).toLowerCase(Locale.ROOT));
      case SqlTableRef table -> tables(table.getOperandList().get(0), names);
      case SqlCall as when as.getKind() == SqlKind.AS ->
          names.add(((SqlIdentifier) as.operand(1)).getSimple().toLowerCase(Locale.ROOT));
      default -> {}
    }
  }

  private SqlNode equal(SqlJoin join, SqlNodeList names) {
    SqlNode condition = null;
    for (SqlNode name : names) {
      SqlIdentifier column = (SqlIdentifier) name;
      SqlNode left = only(join.getLeft(), column);
      SqlNode right = only(join.getRight(), column);
      if (left == null || right == null) {
        throw PlannerErrors.unsupported(
            "HALF_JOIN_USING",
            "USING (" + name + ") of a SEMI or ANTI JOIN here (ON a.x = b.x says the same)",
            Positions.of(name.getParserPosition()));
      }
      SqlNode equal =
          SqlStdOperatorTable.EQUALS.createCall(column.getParserPosition(), left, right);
      condition = condition == null ? equal : and(condition, equal);
    }
    return condition == null
        ? SqlLiteral.createBoolean(true, names.getParserPosition())
        : condition;
  }

  /** The condition with tables before the columns, as within EXISTS names mean other things. */
  private SqlNode qualified(SqlJoin join, SqlNode condition, String kind) {
    SqlNode qualified =
        condition.accept(
            new SqlShuttle() {
              @Override
              public @Nullable SqlNode visit(SqlIdentifier id) {
                return id.isSimple() && !id.isStar() ? column(join, id, kind) : id;
              }

              @Override
              public @Nullable SqlNode visit(SqlCall call) {
                if (call.isA(SqlKind.QUERY)) {
                  throw PlannerErrors.unsupported(
                      "HALF_JOIN_SUBQUERY",
                      "a subquery in ON of a " + kind + " (WHERE EXISTS (…) says the same)",
                      Positions.of(call.getParserPosition()));
                }
                return super.visit(call);
              }
            });
    return qualified == null ? condition : qualified;
  }

  private SqlNode column(SqlJoin join, SqlIdentifier id, String kind) {
    if (!columns.isKnown(join.getLeft()) || !columns.isKnown(join.getRight())) {
      throw PlannerErrors.unsupported(
          "HALF_JOIN_COLUMNS",
          "the column " + id + " without a table in ON of a " + kind + " here",
          Positions.of(id.getParserPosition()));
    }
    boolean left = columns.has(join.getLeft(), id);
    boolean right = columns.has(join.getRight(), id);
    if (left && right) {
      throw PlannerErrors.invalid(
          "column " + id + " is ambiguous: both sides of the " + kind + " have it",
          Positions.of(id.getParserPosition()));
    }
    SqlNode found = left ? only(join.getLeft(), id) : right ? only(join.getRight(), id) : null;
    return found == null ? id : found;
  }

  /** The one column of a side that has the name, or null. */
  private @Nullable SqlNode only(SqlNode side, SqlIdentifier name) {
    List<SqlNode> all = columns.star(side, new SqlNodeList(name.getParserPosition()));
    SqlNode found = null;
    for (SqlNode column : all == null ? List.<SqlNode>of() : all) {
      SqlIdentifier id = (SqlIdentifier) column;
      if (Util.last(id.names).equalsIgnoreCase(name.getSimple())) {
        if (found != null) {
          throw PlannerErrors.invalid(
              "column " + name + " is ambiguous", Positions.of(name.getParserPosition()));
        }
        found = new SqlIdentifier(id.names, name.getParserPosition());
      }
    }
    return found;
  }
}
