package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.statement.Selects;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.Litmus;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates in a subquery whose arguments are columns of the query around it: by the standard they
 * are that query's, over its groups. It is taken apart: its groups become a query in FROM, and what
 * asks about them goes by the columns of that.
 *
 * <pre>
 *   SELECT e.dept FROM emp AS e GROUP BY e.dept HAVING EXISTS (SELECT 1 FROM dept AS d WHERE d.budget &lt; SUM(e.sal))
 *     SELECT groups.dept FROM (SELECT e.dept AS dept, SUM(e.sal) AS $0 FROM emp AS e GROUP BY e.dept) AS groups
 *       WHERE EXISTS (SELECT 1 FROM dept AS d WHERE d.budget &lt; groups.$0)
 * </pre>
 */
final class OuterAggregates {
  /**
   * What a query can call by name.
   *
   * @param names all that can stand before a point, or null where that cannot be told before
   *     validation
   * @param tables what tables are called, or null
   */
  private record Scope(@Nullable Set<String> names, @Nullable Set<String> tables) {
    private static final Scope UNKNOWN = new Scope(null, null);

    /** Whether a column may be one of the query. */
    boolean has(SqlIdentifier column) {
      Set<String> known = names != null ? names : column.isSimple() ? null : tables;
      return known == null || known.contains(column.names.get(0));
    }
  }

  private final SqlSelect select;
  private final Set<String> own;
  private final FromColumns columns;
  private final Consumer<SqlIdentifier> tables;

  /** What can stand before a point in the queries that one is in. */
  private final Deque<Scope> within = new ArrayDeque<>();

  private final String groups;

  private OuterAggregates(
      SqlSelect select, Set<String> own, FromColumns columns, Consumer<SqlIdentifier> tables) {
    this.select = select;
    this.own = own;
    this.columns = columns;
    this.tables = tables;
    SqlParserPos position = select.getParserPosition();
    this.groups = "groups$" + position.getLineNum() + "_" + position.getColumnNum();
  }

  /**
   * Takes the query apart if a subquery of it has aggregates of its columns.
   *
   * @param order ORDER BY behind the query
   * @param tables looks up a table of FROM, so that its columns are known
   * @return whether FROM is another now
   */
  static boolean open(
      SqlSelect select,
      @Nullable SqlNodeList order,
      FromColumns columns,
      Consumer<SqlIdentifier> tables) {
    SqlNode from = select.getFrom();
    if (from == null || !select.getWindowList().isEmpty()) {
      return false;
    }
    List<SqlNode> places = new ArrayList<>(select.getSelectList());
    places.add(select.getHaving());
    places.add(select.getQualify());
    places.addAll(order == null ? List.of() : order);
    if (places.stream().noneMatch(OuterAggregates::hasQuery)) {
      return false;
    }
    Set<String> own = columns.qualifiers(from);
    if (own == null) {
      return false;
    }
    OuterAggregates aggregates = new OuterAggregates(select, own, columns, tables);
    if (places.stream().noneMatch(aggregates::asks)) {
      return false;
    }
    aggregates.takeApart(order);
    return true;
  }

  private static boolean hasQuery(@Nullable SqlNode node) {
    return switch (node) {
      case SqlNodeList list -> list.stream().anyMatch(OuterAggregates::hasQuery);
      case SqlCall call ->
          call.isA(SqlKind.QUERY)
              || call.getOperandList().stream().anyMatch(OuterAggregates::hasQuery);
      case null, default -> false;
    };
  }

  /** Whether a subquery somewhere in the node has an aggregate of the query's columns. */
  private boolean asks(@Nullable SqlNode node) {
    switch (node) {
      case SqlNodeList list -> {
        return list.stream().anyMatch(this::asks);
      }
      case SqlCall call -> {
        if (!within.isEmpty() && isOuterAggregate(call)) {
          return true;
        }
        boolean entered = enter(call);
        boolean asks = operands(call).stream().anyMatch(this::asks);
        if (entered) {
          within.pop();
        }
        return asks;
      }
      case null, default -> {
        return false;
      }
    }
  }

  /** What of a call may hold aggregates: a function OVER rows is none. */
  private static List<SqlNode> operands(SqlCall call) {
    return call.getKind() == SqlKind.OVER
            && call.operand(0) instanceof SqlCall function
            && function.getKind() != SqlKind.FILTER
        ? function.getOperandList()
        : call.getOperandList();
  }

  private boolean enter(SqlCall call) {
    SqlNode query = call instanceof SqlOrderBy sorted ? sorted.query : call;
    if (query instanceof SqlSelect inner) {
      look(inner.getFrom());
      within.push(
          inner.getFrom() == null
              ? new Scope(Set.of(), Set.of())
              : new Scope(columns.qualifiers(inner.getFrom()), tables(inner.getFrom())));
    } else if (call instanceof SqlOrderBy || call instanceof SqlWith) {
      within.push(Scope.UNKNOWN);
    } else {
      return false;
    }
    return true;
  }

  /** What tables are called, or null where one has no name. */
  private static @Nullable Set<String> tables(SqlNode from) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    return addTables(from, names) ? names : null;
  }

  private static boolean addTables(SqlNode from, Set<String> names) {
    return switch (from) {
      case SqlIdentifier table -> {
        names.add(Util.last(table.names));
        yield true;
      }
      case SqlJoin join -> addTables(join.getLeft(), names) && addTables(join.getRight(), names);
      case SqlCall call when call.getKind() == SqlKind.AS -> {
        names.add(((SqlIdentifier) call.operand(1)).getSimple());
        yield true;
      }
      default -> false;
    };
  }

  /** Has the tables looked up that a query below reads; names of a WITH there are none. */
  private void look(@Nullable SqlNode from) {
    switch (from) {
      case SqlIdentifier table -> {
        if (!within.contains(Scope.UNKNOWN)) {
          tables.accept(table);
        }
      }
      case SqlJoin join -> {
        look(join.getLeft());
        look(join.getRight());
      }
      case SqlCall call when call.getKind() == SqlKind.AS -> look(call.operand(0));
      case null, default -> {}
    }
  }

  private boolean isOuterAggregate(SqlCall call) {
    if (!OuterColumns.isAggregate(call) || hasQuery(call)) {
      return false;
    }
    List<SqlIdentifier> found = new ArrayList<>();
    call.getOperandList().forEach(o -> identifiers(o, found));
    return !found.isEmpty() && found.stream().allMatch(this::isOwn);
  }

  private static void identifiers(@Nullable SqlNode node, List<SqlIdentifier> found) {
    switch (node) {
      case SqlIdentifier identifier -> found.add(identifier);
      case SqlNodeList list -> list.forEach(n -> identifiers(n, found));
      case SqlCall call -> call.getOperandList().forEach(n -> identifiers(n, found));
      case null, default -> {}
    }
  }

  /** Whether the column is one of the query, and none of a query within it hides it. */
  private boolean isOwn(SqlIdentifier column) {
    return !column.isStar()
        && own.contains(column.names.get(0))
        && within.stream().noneMatch(w -> w.has(column));
  }

  private void takeApart(@Nullable SqlNodeList order) {
    Groups taken = new Groups();
    SqlNodeList keys = taken.keys();
    SqlNodeList items = new SqlNodeList(select.getSelectList().getParserPosition());
    select.getSelectList().forEach(item -> items.add(taken.taken(item)));
    taken.takeAliases();
    SqlNode having = select.getHaving() == null ? null : taken.taken(select.getHaving());
    SqlNode qualify = select.getQualify() == null ? null : taken.taken(select.getQualify());
    if (order != null) {
      order.replaceAll(key -> taken.isNameOrNumber(key) ? key : taken.taken(key));
    }
    SqlParserPos position = select.getParserPosition();
    SqlSelect rows = Selects.of(taken.items, select.getFrom(), select.getWhere(), position);
    rows.setGroupBy(keys);
    select.setSelectList(items);
    select.setFrom(
        SqlStdOperatorTable.AS.createCall(position, rows, new SqlIdentifier(groups, position)));
    select.setWhere(having);
    select.setHaving(null);
    select.setGroupBy(null);
    select.setQualify(qualify);
  }

  /** Puts columns of the groups in the place of keys and aggregates. */
  private final class Groups extends SqlShuttle {
    private final SqlNodeList items = new SqlNodeList(SqlParserPos.ZERO);
    private final Map<SqlNode, String> names = new LinkedHashMap<>();
    private final Map<String, SqlNode> aliases = new HashMap<>();
    private boolean takesAliases;

    /** The keys as the groups have them; each is a column of theirs. */
    private @Nullable SqlNodeList keys() {
      for (SqlNode item : select.getSelectList()) {
        if (item instanceof SqlCall as
            && as.getKind() == SqlKind.AS
            && as.operand(1) instanceof SqlIdentifier alias) {
          aliases.put(lower(alias.getSimple()), as.operand(0));
        }
      }
      SqlNodeList group = select.getGroup();
      if (group == null) {
        return null;
      }
      SqlNodeList written = new SqlNodeList(group.getParserPosition());
      group.forEach(key -> written.add(key(key)));
      return written;
    }

    private SqlNode key(SqlNode key) {
      switch (key) {
        case SqlNodeList list -> {
          SqlNodeList written = new SqlNodeList(list.getParserPosition());
          list.forEach(k -> written.add(key(k)));
          return written;
        }
        case SqlCall call
            when call.getKind() == SqlKind.ROLLUP
                || call.getKind() == SqlKind.CUBE
                || call.getKind() == SqlKind.GROUPING_SETS
                || call.getKind() == SqlKind.ROW -> {
          return call.getOperator()
              .createCall(
                  call.getParserPosition(), call.getOperandList().stream().map(this::key).toList());
        }
        case SqlNumericLiteral number
            when number.isInteger()
                && number.intValue(true) >= 1
                && number.intValue(true) <= select.getSelectList().size() -> {
          return named(SqlUtil.stripAs(select.getSelectList().get(number.intValue(true) - 1)));
        }
        case SqlIdentifier name when name.isSimple() && !own.contains(name.getSimple()) -> {
          return named(aliases.getOrDefault(lower(name.getSimple()), key));
        }
        default -> {
          return named(key);
        }
      }
    }

    private SqlNode named(SqlNode key) {
      if (nameOf(key) == null) {
        String name = "$key" + names.size();
        if (key instanceof SqlIdentifier column
            && names.values().stream().noneMatch(Util.last(column.names)::equalsIgnoreCase)) {
          name = Util.last(column.names);
        }
        names.put(key, name);
        add(SqlCompiler.copy(key), name);
      }
      return SqlCompiler.copy(key);
    }

    private void add(SqlNode value, String name) {
      SqlParserPos position = value.getParserPosition();
      items.add(
          SqlStdOperatorTable.AS.createCall(position, value, new SqlIdentifier(name, position)));
    }

    private @Nullable String nameOf(SqlNode node) {
      for (Map.Entry<SqlNode, String> key : names.entrySet()) {
        if (key.getKey().equalsDeep(node, Litmus.IGNORE)
            || key.getKey() instanceof SqlIdentifier a
                && node instanceof SqlIdentifier b
                && same(a, b)) {
          return key.getValue();
        }
      }
      return null;
    }

    /** Whether two names are of one column, as far as they say. */
    private static boolean same(SqlIdentifier a, SqlIdentifier b) {
      int common = Math.min(a.names.size(), b.names.size());
      for (int i = 1; i <= common; i++) {
        if (!a.names.get(a.names.size() - i).equalsIgnoreCase(b.names.get(b.names.size() - i))) {
          return false;
        }
      }
      return true;
    }

    /** From here on the columns of SELECT may stand by their names. */
    private void takeAliases() {
      takesAliases = true;
    }

    private boolean isNameOrNumber(SqlNode key) {
      return key instanceof SqlNumericLiteral
          || key instanceof SqlIdentifier name
              && name.isSimple()
              && aliases.containsKey(lower(name.getSimple()));
    }

    private SqlNode taken(SqlNode node) {
      SqlNode taken = node.accept(this);
      return taken == null ? node : taken;
    }

    private SqlNode column(String name, SqlNode at) {
      return new SqlIdentifier(List.of(groups, name), null, at.getParserPosition(), null);
    }

    @Override
    public @Nullable SqlNode visit(SqlIdentifier name) {
      if (takesAliases && within.isEmpty() && name.isSimple() && !own.contains(name.getSimple())) {
        SqlNode aliased = aliases.get(lower(name.getSimple()));
        if (aliased != null) {
          return SqlCompiler.copy(aliased).accept(this);
        }
      }
      if (!(name.isStar() && within.isEmpty()) && !isOwn(name)) {
        return name;
      }
      String key = nameOf(name);
      if (key == null) {
        throw PlannerErrors.invalid(
            name
                + " must be in GROUP BY or in an aggregate function: a subquery has an aggregate of"
                + " the columns around it, so the rows there are groups",
            Positions.of(name.getParserPosition()));
      }
      return column(key, name);
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      if (call.getKind() == SqlKind.AS) {
        List<SqlNode> operands = new ArrayList<>(call.getOperandList());
        operands.set(0, taken(call.operand(0)));
        return call.getOperator().createCall(call.getParserPosition(), operands);
      }
      boolean isOfGroups =
          within.isEmpty()
              ? OuterColumns.isAggregate(call)
                  || call.getKind() == SqlKind.GROUPING
                  || call.getKind() == SqlKind.GROUPING_ID
              : isOuterAggregate(call);
      if (isOfGroups) {
        String name = "$" + items.size();
        add(call, name);
        return column(name, call);
      }
      String key = within.isEmpty() ? nameOf(call) : null;
      if (key != null) {
        return column(key, call);
      }
      if (call.getKind() == SqlKind.OVER
          && call.operand(0) instanceof SqlCall function
          && function.getKind() != SqlKind.FILTER) {
        List<SqlNode> arguments =
            function.getOperandList().stream().map(a -> a == null ? null : taken(a)).toList();
        SqlNode over =
            function
                .getOperator()
                .createCall(
                    function.getFunctionQuantifier(), function.getParserPosition(), arguments);
        return call.getOperator()
            .createCall(call.getParserPosition(), over, taken(call.operand(1)));
      }
      boolean entered = enter(call);
      try {
        return switch (call) {
          case SqlSelect query -> query(query);
          case SqlWithItem item -> {
            item.query = taken(item.query);
            yield item;
          }
          default -> super.visit(call);
        };
      } finally {
        if (entered) {
          within.pop();
        }
      }
    }

    /** A query below, in which the names of tables are no columns. */
    private SqlNode query(SqlSelect query) {
      List<SqlNode> operands = query.getOperandList();
      for (int i = 0; i < operands.size(); i++) {
        SqlNode operand = operands.get(i);
        if (operand != null && operand != query.getHints()) {
          query.setOperand(i, operand == query.getFrom() ? from(operand) : taken(operand));
        }
      }
      return query;
    }

    private SqlNode from(SqlNode node) {
      switch (node) {
        case SqlJoin join -> {
          join.setLeft(from(join.getLeft()));
          join.setRight(from(join.getRight()));
          if (join.getCondition() != null && !(join.getCondition() instanceof SqlNodeList)) {
            join.setOperand(5, taken(join.getCondition()));
          }
        }
        case SqlCall call when call.getKind() == SqlKind.AS || call.getKind() == SqlKind.LATERAL ->
            call.setOperand(0, from(call.operand(0)));
        case SqlCall call when call.isA(SqlKind.QUERY) || call.getKind() == SqlKind.UNNEST -> {
          return taken(call);
        }
        default -> {}
      }
      return node;
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
