package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.statement.Pivots;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlMatchRecognize;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * PIVOT as the aggregates it is short for, UNPIVOT as UNNEST, and MATCH_RECOGNIZE as {@link
 * MatchRecognize} says.
 *
 * <pre>
 *   t PIVOT (SUM(v) FOR c IN ('a', 'b'))
 *     (SELECT k, SUM(v) FILTER (WHERE c = 'a') AS a, SUM(v) FILTER (WHERE c = 'b') AS b FROM t GROUP BY k)
 *   t UNPIVOT (v FOR n IN (a, b))
 *     (SELECT k, $u.n, $u.v FROM t, UNNEST(ARRAY[ROW('a', a), ROW('b', b)]) AS $u(n, v) WHERE $u.v IS NOT NULL)
 * </pre>
 */
final class PivotedTables {
  private static final String SOURCE = "$pivot";
  private static final String ROWS = "$unpivot";

  private final FromColumns columns;
  private final SqlOperatorTable functions;

  private PivotedTables(FromColumns columns, SqlOperatorTable functions) {
    this.columns = columns;
    this.functions = functions;
  }

  /** Puts subqueries in the place of PIVOT, UNPIVOT and MATCH_RECOGNIZE. */
  static @Nullable SqlNode opened(
      @Nullable SqlNode from, FromColumns columns, SqlOperatorTable functions) {
    return from == null ? null : new PivotedTables(columns, functions).table(from);
  }

  private SqlNode table(SqlNode from) {
    if (from instanceof SqlJoin join) {
      join.setLeft(table(join.getLeft()));
      join.setRight(table(join.getRight()));
      return join;
    }
    if (from instanceof SqlCall as && as.getKind() == SqlKind.AS) {
      SqlNode opened = query(as.operand(0));
      if (opened == null) {
        return from;
      }
      List<SqlNode> operands = new ArrayList<>(as.getOperandList());
      operands.set(0, opened);
      return as.getOperator().createCall(as.getParserPosition(), operands);
    }
    SqlNode opened = query(from);
    SqlParserPos position = from.getParserPosition();
    return opened == null
        ? from
        : SqlStdOperatorTable.AS.createCall(
            position, opened, new SqlIdentifier(SOURCE + position.getColumnNum(), position));
  }

  private @Nullable SqlNode query(SqlNode node) {
    if (node instanceof SqlMatchRecognize match) {
      return MatchRecognize.query(match, source(match.getTableRef()), columns, functions);
    }
    Pivots.Pivot pivot = Pivots.pivot(node);
    if (pivot != null) {
      return pivoted(pivot, node.getParserPosition());
    }
    Pivots.Unpivot unpivot = Pivots.unpivot(node);
    return unpivot == null ? null : unpivoted(unpivot, node.getParserPosition());
  }

  /** The table with a name. */
  private SqlNode source(SqlNode table) {
    SqlNode opened = table(table);
    SqlParserPos position = table.getParserPosition();
    return opened.isA(SqlKind.QUERY)
        ? SqlStdOperatorTable.AS.createCall(position, opened, new SqlIdentifier(SOURCE, position))
        : opened;
  }

  /** All columns but those that are called by one of the names. */
  private List<SqlNode> others(SqlNode source, Set<String> names, String what) {
    SqlParserPos position = source.getParserPosition();
    List<SqlNode> all = columns.star(source, new SqlNodeList(position));
    if (all == null) {
      throw PlannerErrors.unsupported(
          "PIVOT_UNKNOWN_COLUMNS",
          what + " of a table whose columns are not told by name (a subquery that names them does)",
          Positions.of(position));
    }
    return all.stream()
        .filter(c -> !names.contains(lower(Util.last(((SqlIdentifier) c).names))))
        .toList();
  }

  private SqlNode pivoted(Pivots.Pivot pivot, SqlParserPos position) {
    if (pivot.values().isEmpty()) {
      throw PlannerErrors.unsupported(
          "PIVOT_WITHOUT_VALUES",
          "PIVOT ON without values where columns have to be known before there are rows (say which"
              + " become columns, as in ON "
              + pivot.columns().get(0)
              + " IN ('a', 'b'))",
          Positions.of(pivot.columns().get(0).getParserPosition()));
    }
    SqlNode source = source(pivot.table());
    List<SqlNode> groups = new ArrayList<>();
    if (pivot.groups().isEmpty()) {
      Set<String> used = new HashSet<>();
      names(pivot.aggregates(), used);
      names(pivot.columns(), used);
      groups.addAll(others(source, used, "PIVOT"));
    } else {
      pivot.groups().forEach(groups::add);
    }
    SqlNodeList items = new SqlNodeList(groups, position);
    boolean several = pivot.aggregates().size() > 1;
    for (SqlNode entry : pivot.values()) {
      SqlNodeList values = (SqlNodeList) SqlUtil.stripAs(entry);
      if (values.size() != pivot.columns().size()) {
        throw PlannerErrors.invalid(
            "PIVOT wants as many values as columns", Positions.of(entry.getParserPosition()));
      }
      String name = entry.getKind() == SqlKind.AS ? alias(entry) : text(values);
      for (SqlNode node : pivot.aggregates()) {
        boolean isNamed = node.getKind() == SqlKind.AS;
        String column =
            isNamed
                ? name + "_" + alias(node)
                : several ? name + "_" + ColumnNames.text(node) : name;
        items.add(
            SqlStdOperatorTable.AS.createCall(
                node.getParserPosition(),
                filtered(SqlUtil.stripAs(node), condition(pivot.columns(), values)),
                new SqlIdentifier(column, entry.getParserPosition())));
      }
    }
    SqlNodeList keys = new SqlNodeList(position);
    groups.forEach(group -> keys.add(SqlCompiler.copy(group)));
    return select(items, source, null, keys.isEmpty() ? null : keys, position);
  }

  private static SqlNode condition(SqlNodeList columns, SqlNodeList values) {
    SqlNode condition = null;
    for (int i = 0; i < columns.size(); i++) {
      SqlNode value = values.get(i);
      SqlParserPos position = value.getParserPosition();
      SqlNode column = SqlCompiler.copy(columns.get(i));
      SqlNode equal =
          SqlUtil.isNullLiteral(value, false)
              ? SqlStdOperatorTable.IS_NULL.createCall(position, column)
              : SqlStdOperatorTable.EQUALS.createCall(position, column, SqlCompiler.copy(value));
      condition =
          condition == null
              ? equal
              : SqlStdOperatorTable.AND.createCall(position, condition, equal);
    }
    return Objects.requireNonNull(condition);
  }

  private static SqlNode filtered(SqlNode aggregate, SqlNode condition) {
    SqlParserPos position = aggregate.getParserPosition();
    SqlNode copy = SqlCompiler.copy(aggregate);
    return copy instanceof SqlCall filter && filter.getKind() == SqlKind.FILTER
        ? SqlStdOperatorTable.FILTER.createCall(
            position,
            filter.operand(0),
            SqlStdOperatorTable.AND.createCall(position, filter.operand(1), condition))
        : SqlStdOperatorTable.FILTER.createCall(position, copy, condition);
  }

  private SqlNode unpivoted(Pivots.Unpivot unpivot, SqlParserPos position) {
    SqlNode source = source(unpivot.table());
    if (unpivot.name().size() != 1) {
      throw PlannerErrors.unsupported(
          "UNPIVOT_NAMES", "UNPIVOT with more than one column of names", Positions.of(position));
    }
    List<SqlNode> entries = entries(unpivot, source);
    Set<String> used = new HashSet<>();
    List<SqlNode> rows = new ArrayList<>();
    for (SqlNode entry : entries) {
      SqlNode stripped = SqlUtil.stripAs(entry);
      SqlNodeList values = stripped instanceof SqlNodeList list ? list : SqlNodeList.of(stripped);
      if (values.size() != unpivot.value().size()) {
        throw PlannerErrors.invalid(
            "UNPIVOT wants as many columns as values", Positions.of(entry.getParserPosition()));
      }
      names(values, used);
      List<SqlNode> row = new ArrayList<>();
      row.add(label(entry, values));
      values.forEach(row::add);
      rows.add(SqlStdOperatorTable.ROW.createCall(entry.getParserPosition(), row));
    }
    List<SqlNode> names = new ArrayList<>();
    names.add(unpivot.name().get(0));
    unpivot.value().forEach(names::add);
    List<SqlNode> table = new ArrayList<>();
    table.add(
        SqlStdOperatorTable.UNNEST.createCall(
            position, SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(position, rows)));
    table.add(new SqlIdentifier(ROWS, position));
    table.addAll(names);
    List<SqlNode> items = new ArrayList<>(others(source, used, "UNPIVOT"));
    SqlNode isThere = null;
    for (SqlNode name : names) {
      SqlIdentifier column =
          new SqlIdentifier(List.of(ROWS, ((SqlIdentifier) name).getSimple()), position);
      items.add(column);
      if (name != names.get(0)) {
        SqlNode one = SqlStdOperatorTable.IS_NOT_NULL.createCall(position, column);
        isThere = isThere == null ? one : SqlStdOperatorTable.OR.createCall(position, isThere, one);
      }
    }
    SqlNode from =
        new SqlJoin(
            position,
            source,
            SqlLiteral.createBoolean(false, position),
            JoinType.COMMA.symbol(position),
            SqlStdOperatorTable.AS.createCall(position, table),
            JoinConditionType.NONE.symbol(position),
            null);
    return select(
        new SqlNodeList(items, position),
        from,
        unpivot.includesNulls() ? null : isThere,
        null,
        position);
  }

  /** The columns that become rows, with COLUMNS written out. */
  private List<SqlNode> entries(Pivots.Unpivot unpivot, SqlNode source) {
    SqlSelect select =
        select(
            new SqlNodeList(unpivot.columns(), unpivot.columns().getParserPosition()),
            source,
            null,
            null,
            source.getParserPosition());
    StarColumns.open(select, columns);
    List<SqlNode> entries = new ArrayList<>();
    for (SqlNode entry : select.getSelectList()) {
      if (entry instanceof SqlIdentifier star && star.isStar()) {
        entries.addAll(others(source, Set.of(), "UNPIVOT"));
      } else {
        entries.add(entry);
      }
    }
    return entries;
  }

  private static SqlNode label(SqlNode entry, SqlNodeList values) {
    SqlParserPos position = entry.getParserPosition();
    if (entry instanceof SqlCall as && as.getKind() == SqlKind.AS) {
      SqlNode label = as.operand(1);
      if (label instanceof SqlNodeList list && list.size() == 1) {
        return list.get(0);
      }
      if (label instanceof SqlIdentifier name) {
        return SqlLiteral.createCharString(name.getSimple(), position);
      }
      return label;
    }
    List<String> names = new ArrayList<>();
    for (SqlNode value : values) {
      if (!(value instanceof SqlIdentifier name)) {
        throw PlannerErrors.invalid(
            "UNPIVOT takes columns, or expressions with a name", Positions.of(position));
      }
      names.add(Util.last(name.names));
    }
    return SqlLiteral.createCharString(String.join("_", names), position);
  }

  private static SqlSelect select(
      SqlNodeList items,
      SqlNode from,
      @Nullable SqlNode where,
      @Nullable SqlNodeList groups,
      SqlParserPos position) {
    return new SqlSelect(
        position, null, items, from, where, groups, null, null, null, null, null, null, null);
  }

  private static void names(@Nullable SqlNode node, Set<String> names) {
    switch (node) {
      case SqlNodeList list -> list.forEach(n -> names(n, names));
      case SqlIdentifier id -> {
        if (!id.isStar()) {
          names.add(lower(Util.last(id.names)));
        }
      }
      case SqlCall as when as.getKind() == SqlKind.AS -> names(as.operand(0), names);
      case SqlCall call -> call.getOperandList().forEach(n -> names(n, names));
      case null, default -> {}
    }
  }

  private static String alias(SqlNode node) {
    return ((SqlIdentifier) ((SqlCall) node).operand(1)).getSimple();
  }

  private static String text(SqlNodeList values) {
    List<String> texts = new ArrayList<>();
    for (SqlNode value : values) {
      texts.add(
          value instanceof SqlLiteral literal && literal.getTypeName().getName().equals("CHAR")
              ? String.valueOf(literal.toValue())
              : ColumnNames.text(value));
    }
    String text = String.join("_", texts);
    return text.isEmpty() ? "''" : text;
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
