package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.util.List;
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
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * UNNEST among the columns of SELECT as a table of FROM; what is grouped becomes a subquery before.
 *
 * <pre>
 *   SELECT k, UNNEST(l) AS x FROM t           SELECT k, $u.x FROM t, UNNEST(l) AS $u(x)
 *   SELECT k, UNNEST(LIST(x)) FROM t GROUP BY k
 *     SELECT $rows.k, UNNEST($rows.l) FROM (SELECT k, LIST(x) AS l FROM t GROUP BY k) AS $rows
 * </pre>
 */
final class UnnestItems extends SqlShuttle {
  private static final String NAME = "UNNEST";
  private static final String ROWS = "$rows";
  private static final String TABLE = "$unnest";
  private static final String ELEMENT = "$element";

  private @Nullable SqlCall unnest;

  private UnnestItems() {}

  /** Whether a call is UNNEST where an expression stands. */
  static boolean isOne(SqlNode node) {
    return node instanceof SqlCall call
        && call.getOperator() instanceof SqlUnresolvedFunction
        && call.getOperator().getName().equalsIgnoreCase(NAME);
  }

  /**
   * Moves UNNEST to FROM.
   *
   * @return the table there, or null where there is none
   */
  static @Nullable SqlNode open(SqlSelect select, FromColumns columns) {
    SqlNodeList items = select.getSelectList();
    if (items.stream().noneMatch(UnnestItems::has)) {
      return null;
    }
    if (isGrouped(select)) {
      separate(select);
      items = select.getSelectList();
    }
    stars(select, columns);
    UnnestItems opened = new UnnestItems();
    for (int i = 0; i < items.size(); i++) {
      items.set(i, item(items.get(i), opened));
    }
    SqlCall call = opened.unnest;
    if (call == null) {
      return null;
    }
    SqlParserPos position = call.getParserPosition();
    SqlNode list = call.operand(0);
    SqlNode table =
        SqlStdOperatorTable.AS.createCall(
            position,
            SqlStdOperatorTable.UNNEST.createCall(position, list),
            new SqlIdentifier(TABLE, position),
            new SqlIdentifier(ELEMENT, position));
    SqlNode from = select.getFrom();
    select.setFrom(
        from == null
            ? table
            : new SqlJoin(
                position,
                from,
                SqlLiteral.createBoolean(false, position),
                JoinType.COMMA.symbol(position),
                table,
                JoinConditionType.NONE.symbol(position),
                null));
    return table;
  }

  private static SqlNode item(SqlNode item, UnnestItems opened) {
    SqlNode changed = item.accept(opened);
    return changed == null ? item : changed;
  }

  /** A star means the columns of FROM as it was. */
  private static void stars(SqlSelect select, FromColumns columns) {
    SqlNodeList items = select.getSelectList();
    for (int i = 0; i < items.size(); i++) {
      SqlNode from = select.getFrom();
      if (items.get(i) instanceof SqlIdentifier star
          && star.isStar()
          && star.names.size() == 1
          && from != null) {
        List<SqlNode> all = columns.star(from, new SqlNodeList(star.getParserPosition()));
        if (all == null) {
          throw PlannerErrors.unsupported(
              "UNNEST_STAR",
              "UNNEST beside a * whose columns are not told by name (t.* is that of a table)",
              Positions.of(star.getParserPosition()));
        }
        items.remove(i);
        items.addAll(i, all);
        i += all.size() - 1;
      }
    }
  }

  private static boolean isGrouped(SqlSelect select) {
    return select.getGroup() != null
        || select.getHaving() != null
        || select.getQualify() != null
        || select.getSelectList().stream().anyMatch(UnnestItems::isAggregated);
  }

  private static boolean isAggregated(@Nullable SqlNode node) {
    return switch (node) {
      case SqlNodeList list -> list.stream().anyMatch(UnnestItems::isAggregated);
      case SqlCall call ->
          !call.isA(SqlKind.QUERY)
              && (call.getKind() == SqlKind.OVER
                  || AggregateSpellings.isOne(call)
                  || Functions.INSTANCE.isAggregate(call.getOperator().getName())
                  || call.getOperandList().stream().anyMatch(UnnestItems::isAggregated));
      case null, default -> false;
    };
  }

  /** Puts all but UNNEST into a subquery. */
  private static void separate(SqlSelect select) {
    SqlNodeList inner = new SqlNodeList(select.getSelectList().getParserPosition());
    SqlNodeList outer = new SqlNodeList(select.getSelectList().getParserPosition());
    for (SqlNode item : select.getSelectList()) {
      SqlParserPos position = item.getParserPosition();
      SqlNode value = item;
      SqlNode name = null;
      if (item instanceof SqlCall as && as.getKind() == SqlKind.AS) {
        value = as.operand(0);
        name = as.operand(1);
      } else if (item instanceof SqlIdentifier id && !id.isStar()) {
        name = new SqlIdentifier(id.names.getLast(), position);
      }
      boolean unnests = isOne(value);
      if (name == null || !unnests && has(value)) {
        throw PlannerErrors.unsupported(
            "UNNEST_GROUPED",
            "UNNEST in an expression, or beside a *, where rows are grouped (group them in a subquery)",
            Positions.of(position));
      }
      SqlIdentifier number = new SqlIdentifier("$" + inner.size(), position);
      inner.add(
          SqlStdOperatorTable.AS.createCall(
              position, unnests ? only((SqlCall) value) : value, number));
      SqlIdentifier column = new SqlIdentifier(List.of(ROWS, number.getSimple()), position);
      outer.add(
          SqlStdOperatorTable.AS.createCall(
              position,
              unnests ? Spellings.call(NAME, value.getParserPosition(), List.of(column)) : column,
              name));
    }
    SqlParserPos position = select.getParserPosition();
    SqlSelect rows =
        new SqlSelect(
            position,
            null,
            inner,
            select.getFrom(),
            select.getWhere(),
            select.getGroup(),
            select.getHaving(),
            select.getWindowList(),
            select.getQualify(),
            null,
            null,
            null,
            null);
    select.setSelectList(outer);
    select.setFrom(
        SqlStdOperatorTable.AS.createCall(position, rows, new SqlIdentifier(ROWS, position)));
    select.setWhere(null);
    select.setGroupBy(null);
    select.setHaving(null);
    select.setQualify(null);
  }

  private static boolean has(@Nullable SqlNode node) {
    return switch (node) {
      case SqlNodeList list -> list.stream().anyMatch(UnnestItems::has);
      case SqlCall call ->
          isOne(call)
              || !call.isA(SqlKind.QUERY)
                  && call.getOperandList().stream().anyMatch(UnnestItems::has);
      case null, default -> false;
    };
  }

  private static SqlNode only(SqlCall call) {
    if (call.operandCount() != 1 || has(call.operand(0))) {
      throw PlannerErrors.unsupported(
          "UNNEST_ITEM",
          "UNNEST of several values, or of what UNNEST gives, among the columns of SELECT (in FROM it works)",
          Positions.of(call.getParserPosition()));
    }
    return call.operand(0);
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call.isA(SqlKind.QUERY)) {
      return call;
    }
    if (!isOne(call)) {
      return super.visit(call);
    }
    only(call);
    if (unnest != null) {
      throw PlannerErrors.unsupported(
          "UNNEST_TWICE",
          "more than one UNNEST among the columns of SELECT (LIST_ZIP(a, b) goes through two ARRAYs)",
          Positions.of(call.getParserPosition()));
    }
    unnest = call;
    return new SqlIdentifier(List.of(TABLE, ELEMENT), call.getParserPosition());
  }
}
