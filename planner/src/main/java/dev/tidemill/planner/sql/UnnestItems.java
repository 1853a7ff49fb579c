package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.util.ArrayList;
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
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * UNNEST among the columns of SELECT as a table of FROM; several go on side by side, as far as the
 * longest. What is grouped becomes a subquery before.
 *
 * <pre>
 *   SELECT k, UNNEST(l), UNNEST(m) FROM t   SELECT k, $u.x, $u.y FROM t, UNNEST(LIST_ZIP(l, m)) AS $u(x, y)
 *   SELECT k, UNNEST(LIST(x)) FROM t GROUP BY k
 *     SELECT $rows.k, UNNEST($rows.l) FROM (SELECT k, LIST(x) AS l FROM t GROUP BY k) AS $rows
 * </pre>
 */
final class UnnestItems extends SqlShuttle {
  private static final String NAME = "UNNEST";
  private static final String ROWS = "$rows";
  private static final String TABLE = "$unnest";
  private static final String ELEMENT = "$element";

  /** Functions whose values are counted through, of which no ARRAY is made. */
  private static final Set<String> SERIES = Set.of("RANGE", "GENERATE_SERIES");

  private final List<SqlCall> calls = new ArrayList<>();

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
    if (opened.calls.isEmpty()) {
      return null;
    }
    SqlParserPos position = opened.calls.get(0).getParserPosition();
    List<SqlNode> lists = opened.calls.stream().map(call -> (SqlNode) call.operand(0)).toList();
    // Of elements that are ROWs UNNEST would make several columns.
    SqlNode list = isSeries(lists) ? lists.get(0) : Spellings.call("LIST_ZIP", position, lists);
    List<SqlNode> named = new ArrayList<>();
    named.add(SqlStdOperatorTable.UNNEST.createCall(position, list));
    named.add(new SqlIdentifier(TABLE, position));
    for (int i = 0; i < lists.size(); i++) {
      named.add(new SqlIdentifier(ELEMENT + i, position));
    }
    SqlNode table = SqlStdOperatorTable.AS.createCall(position, named);
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

  private static boolean isSeries(List<SqlNode> lists) {
    return lists.size() == 1
        && lists.get(0) instanceof SqlCall call
        && SERIES.contains(call.getOperator().getName().toUpperCase(Locale.ROOT));
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
    calls.add(call);
    return new SqlIdentifier(
        List.of(TABLE, ELEMENT + (calls.size() - 1)), call.getParserPosition());
  }
}
