package dev.tidemill.planner.sql;

import dev.tidemill.sql.parser.statement.Selects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Columns of the query around one that has groups, beside its aggregates: they are the same for all
 * rows, which Calcite does not see.
 *
 * <pre>
 *   (SELECT b.g FROM b GROUP BY b.g HAVING MAX(b.v) &gt; a.v)
 *     (SELECT b.g FROM b GROUP BY b.g, a.v HAVING MAX(b.v) &gt; a.v)
 *   (SELECT SUM(b.v) + a.v FROM b HAVING COUNT(*) &gt; a.g)
 *     (SELECT $groups.$0 + a.v FROM (SELECT SUM(b.v) AS $0, COUNT(*) AS $1 FROM b) AS $groups WHERE $groups.$1 &gt; a.g)
 * </pre>
 */
final class OuterColumns {
  private static final String GROUPS = "$groups";

  private final SqlSelect select;
  private final Set<String> own;
  private final Map<String, SqlNode> aliases = new HashMap<>();
  private final Map<String, SqlIdentifier> outer = new HashMap<>();
  private boolean hasOwn;

  private OuterColumns(SqlSelect select, Set<String> own) {
    this.select = select;
    this.own = own;
  }

  /**
   * Makes such columns groups, or takes the aggregates into a query of their own.
   *
   * @param order ORDER BY behind the query
   */
  static void open(SqlSelect select, @Nullable SqlNodeList order, FromColumns columns) {
    SqlNode from = select.getFrom();
    if (from == null
        || select.getQualify() != null
        || !select.getWindowList().isEmpty()
        || select.getSelectList().stream().anyMatch(OuterColumns::hasWindow)
        || !isGrouped(select)) {
      return;
    }
    Set<String> own = columns.qualifiers(from);
    if (own != null) {
      new OuterColumns(select, own).open(order);
    }
  }

  private void open(@Nullable SqlNodeList order) {
    List<SqlNode> places = new ArrayList<>();
    for (SqlNode item : select.getSelectList()) {
      places.add(SqlUtil.stripAs(item));
      if (item instanceof SqlCall as
          && as.getKind() == SqlKind.AS
          && as.operand(1) instanceof SqlIdentifier alias) {
        aliases.put(lower(alias.getSimple()), as.operand(0));
      }
    }
    if (select.getHaving() != null) {
      places.add(select.getHaving());
    }
    if (order != null) {
      places.addAll(order);
    }
    places.forEach(place -> plainColumns(place, this::sort));
    if (outer.isEmpty()) {
      return;
    }
    SqlNodeList groups = select.getGroup();
    if (groups != null && !groups.isEmpty()) {
      addTo(groups);
    } else if (!hasOwn) {
      separate(order);
    }
  }

  private void sort(SqlIdentifier column) {
    String first = lower(column.names.get(0));
    if (column.isStar() || own.contains(first)) {
      hasOwn = true;
    } else if (column.names.size() <= 2
        && !(column.isSimple() && aliases.containsKey(first))
        && !column.names.get(0).startsWith("$")) {
      outer.put(lower(String.join(".", column.names)), column);
    }
  }

  private void addTo(SqlNodeList groups) {
    for (SqlNode group : groups) {
      switch (group.getKind()) {
        case GROUPING_SETS, ROLLUP, CUBE -> {
          return;
        }
        default -> {}
      }
    }
    SqlNodeList all = new SqlNodeList(groups, groups.getParserPosition());
    outer.values().stream()
        .filter(column -> !column.isSimple())
        .forEach(column -> all.add(SqlCompiler.copy(column)));
    select.setGroupBy(all);
  }

  /** One group of all rows, which is there without rows too. */
  private void separate(@Nullable SqlNodeList order) {
    Aggregates aggregates = new Aggregates();
    SqlNodeList items = new SqlNodeList(select.getSelectList().getParserPosition());
    for (SqlNode item : select.getSelectList()) {
      items.add(aggregates.taken(item));
    }
    SqlNode having = select.getHaving() == null ? null : aggregates.taken(select.getHaving());
    if (order != null) {
      order.replaceAll(key -> isNameOrNumber(key) ? key : aggregates.taken(key));
    }
    SqlParserPos position = select.getParserPosition();
    SqlSelect rows = Selects.of(aggregates.items, select.getFrom(), select.getWhere(), position);
    if (aggregates.items.isEmpty()) {
      rows.getSelectList()
          .add(
              SqlStdOperatorTable.AS.createCall(
                  position,
                  SqlStdOperatorTable.COUNT.createCall(position, SqlIdentifier.star(position)),
                  new SqlIdentifier("$0", position)));
    }
    select.setSelectList(items);
    select.setFrom(
        SqlStdOperatorTable.AS.createCall(position, rows, new SqlIdentifier(GROUPS, position)));
    select.setWhere(having);
    select.setHaving(null);
    select.setGroupBy(null);
  }

  private static boolean isNameOrNumber(SqlNode key) {
    return key instanceof SqlIdentifier || key.getKind() == SqlKind.LITERAL;
  }

  private static boolean isGrouped(SqlSelect select) {
    return select.getGroup() != null
        || select.getHaving() != null
        || select.getSelectList().stream().anyMatch(OuterColumns::hasAggregate);
  }

  private static boolean hasAggregate(@Nullable SqlNode node) {
    return node instanceof SqlCall call
        && !call.isA(SqlKind.QUERY)
        && (isAggregate(call)
            || call.getOperandList().stream().anyMatch(OuterColumns::hasAggregate));
  }

  /** Whether the call is an aggregate, with its FILTER and order. */
  static boolean isAggregate(SqlCall call) {
    return switch (call.getKind()) {
      case FILTER, WITHIN_GROUP, WITHIN_DISTINCT, IGNORE_NULLS, RESPECT_NULLS -> true;
      default ->
          AggregateSpellings.isOne(call)
              || Functions.INSTANCE.isAggregate(call.getOperator().getName());
    };
  }

  private static boolean hasWindow(@Nullable SqlNode node) {
    return node instanceof SqlCall call
        && !call.isA(SqlKind.QUERY)
        && (call.getKind() == SqlKind.OVER
            || call.getOperandList().stream().anyMatch(OuterColumns::hasWindow));
  }

  /** Columns outside of aggregates and subqueries. */
  private static void plainColumns(@Nullable SqlNode node, Consumer<SqlIdentifier> each) {
    switch (node) {
      case SqlIdentifier column -> each.accept(column);
      case SqlNodeList list -> list.forEach(n -> plainColumns(n, each));
      case SqlCall call -> {
        if (!call.isA(SqlKind.QUERY) && !isAggregate(call)) {
          call.getOperandList().forEach(n -> plainColumns(n, each));
        }
      }
      case null, default -> {}
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /**
   * Puts columns in the place of aggregates, and what they are called in that of columns of SELECT.
   */
  private final class Aggregates extends SqlShuttle {
    private final SqlNodeList items = new SqlNodeList(SqlParserPos.ZERO);

    SqlNode taken(SqlNode node) {
      SqlNode taken = node.accept(this);
      return taken == null ? node : taken;
    }

    @Override
    public @Nullable SqlNode visit(SqlIdentifier column) {
      SqlNode named = column.isSimple() ? aliases.get(lower(column.getSimple())) : null;
      return named == null || named == column ? column : SqlCompiler.copy(named).accept(this);
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      if (call.getKind() == SqlKind.AS) {
        List<SqlNode> operands = new ArrayList<>(call.getOperandList());
        SqlNode value = call.operand(0);
        operands.set(0, taken(value));
        return call.getOperator().createCall(call.getParserPosition(), operands);
      }
      if (call.isA(SqlKind.QUERY)) {
        return call;
      }
      if (!isAggregate(call)) {
        return super.visit(call);
      }
      SqlParserPos position = call.getParserPosition();
      SqlIdentifier number = new SqlIdentifier("$" + items.size(), position);
      items.add(SqlStdOperatorTable.AS.createCall(position, call, number));
      return new SqlIdentifier(List.of(GROUPS, number.getSimple()), position);
    }
  }
}
