package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.statement.LimitShare;
import dev.tidemill.sql.parser.statement.Pivots;
import dev.tidemill.sql.parser.statement.UnionByName;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlHint;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlStarExclude;
import org.apache.calcite.sql.SqlTableRef;
import org.apache.calcite.sql.SqlUnknownLiteral;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * The walk before validation: reports the tables a query names, refuses constructs that cannot run,
 * by name and position, names columns without a name, and hangs hints of a SELECT on the tables
 * they name.
 */
final class QueryInspection {
  private static final int MOST_OF_SECOND = 9;

  private static final Set<String> HINTS = Set.of("BROADCAST", "SHUFFLE");

  private static final String DESCRIPTOR = "DESCRIPTOR";
  private static final Set<String> GROUPINGS = Set.of("GROUPING", "GROUPING_ID", "GROUP_ID");

  /** Functions that Calcite makes CASE of, wherever they stand. */
  private static final Set<String> REWRITTEN = Set.of("COALESCE", "NULLIF");

  private final BiConsumer<SqlIdentifier, SqlParserPos> tables;
  private final BiConsumer<SqlWithItem, Collection<SqlWithItem>> recursion;
  private final Function<List<String>, @Nullable List<String>> columns;
  private final SqlOperatorTable functions;
  private final ColumnNames columnNames = new ColumnNames();

  /** A WITH query that hides the one it reads, if there was one: both have its name. */
  private @Nullable String hidden;

  /** What was looked at for its columns. */
  private final Map<SqlSelect, Boolean> inspected = new IdentityHashMap<>();

  /** The SELECT whose columns are the result's. */
  private @Nullable SqlSelect top;

  /**
   * @param tables called for every table or view, in the order of the text
   * @param columns the names of the columns of a table that was reported, or null
   * @param recursion puts another query in the place of one that names itself; it may name the
   *     others given
   * @param functions by name
   */
  QueryInspection(
      BiConsumer<SqlIdentifier, SqlParserPos> tables,
      Function<List<String>, @Nullable List<String>> columns,
      BiConsumer<SqlWithItem, Collection<SqlWithItem>> recursion,
      SqlOperatorTable functions) {
    this.functions = functions;
    this.tables = tables;
    this.columns = columns;
    this.recursion = recursion;
  }

  /** Inspects a query; hints are moved, so the node is changed. */
  void inspect(SqlNode query) {
    top = ColumnNames.naming(query);
    expression(query, Map.of());
  }

  private void expression(@Nullable SqlNode node, Map<String, SqlWithItem> names) {
    switch (node) {
      case null -> {}
      case SqlWith with -> with(with, names);
      case SqlSelect select -> select(select, names);
      case SqlNodeList list -> list.forEach(n -> expression(n, names));
      case SqlLiteral literal -> {
        String type =
            literal instanceof SqlUnknownLiteral unknown
                ? unknown.tag
                : literal.getTypeName().getName().replace('_', ' ');
        boolean zoned = type.contains("TIME ZONE") || type.endsWith(" TZ");
        if (zoned && !Spellings.INSTANTS.contains(type)) {
          throw unsupported(type.replace(" TZ", " WITH TIME ZONE"), literal);
        }
      }
      case SqlDataTypeSpec type -> refuseDigits(type);
      case SqlCall call -> {
        refuseMisplaced(call);
        refuse(call);
        if (call instanceof SqlOrderBy order && order.query instanceof SqlSelect select) {
          columns(select, order.orderList, names);
          ValueLists.open(order.orderList);
        }
        if (call.getKind() == SqlKind.EXPLICIT_TABLE) {
          from(call.operand(0), names);
        } else {
          call.getOperandList().forEach(o -> expression(o, names));
        }
        if (UnionByName.isOne(call)) {
          UnionsByName.open(call, new FromColumns(columns, names));
        }
      }
      default -> {}
    }
  }

  /** Calcite would take the most there are for more than these. */
  private static void refuseDigits(SqlDataTypeSpec type) {
    if (type.getTypeNameSpec() instanceof SqlBasicTypeNameSpec basic) {
      String name = basic.getTypeName().getSimple().toUpperCase(Locale.ROOT);
      boolean isDecimal = name.equals("DECIMAL");
      int most = isDecimal ? Type.MAX_DECIMAL_PRECISION : MOST_OF_SECOND;
      if (basic.getPrecision() > most && (isDecimal || name.startsWith("TIME"))) {
        throw PlannerErrors.invalid(
            name
                + " has at most "
                + most
                + (isDecimal ? " digits" : " digits of a second's fraction")
                + ", not "
                + basic.getPrecision(),
            Positions.of(type.getParserPosition()));
      }
    }
  }

  private void with(SqlWith with, Map<String, SqlWithItem> outer) {
    Map<String, SqlWithItem> names = new LinkedHashMap<>(outer);
    for (int i = 0; i < with.withList.size(); i++) {
      SqlWithItem item = (SqlWithItem) with.withList.get(i);
      String name = item.name.getSimple();
      boolean namesItself = RecursiveQueries.isRecursive(item);
      if (item.recursive.booleanValue()) {
        refuseLater(item, with.withList.subList(i + 1, with.withList.size()));
        if (namesItself) {
          if (hidden != null) {
            throw PlannerErrors.unsupported(
                "WITH RECURSIVE below two WITH queries called " + hidden,
                Positions.of(item.getParserPosition()));
          }
          recursion.accept(item, names.values());
        }
        item.recursive = SqlLiteral.createBoolean(false, item.recursive.getParserPosition());
      } else if (namesItself && names.containsKey(name.toLowerCase(Locale.ROOT))) {
        hidden = name;
      }
      for (SqlNode before : with.withList.subList(0, i)) {
        if (((SqlWithItem) before).name.getSimple().equalsIgnoreCase(name)) {
          throw PlannerErrors.invalid(
              "WITH has two queries called " + name + ": give one of them another name",
              Positions.of(item.name.getParserPosition()));
        }
      }
      columnNames.name(item);
      expression(item.query, names);
      names.remove(name.toLowerCase(Locale.ROOT));
      names.put(name.toLowerCase(Locale.ROOT), item);
    }
    expression(with.body, names);
  }

  private static void refuseLater(SqlWithItem item, List<SqlNode> later) {
    for (SqlNode other : later) {
      SqlIdentifier name = ((SqlWithItem) other).name;
      List<SqlIdentifier> places = new RecursiveReference(name.getSimple()).in(item.query);
      if (!places.isEmpty()) {
        throw PlannerErrors.unsupported(
            "MUTUAL_RECURSION",
            "a query of WITH RECURSIVE that names a later one, " + name.getSimple() + ",",
            Positions.of(places.get(0).getParserPosition()));
      }
    }
  }

  private void select(SqlSelect select, Map<String, SqlWithItem> names) {
    if (select.isKeywordPresent(SqlSelectKeyword.STREAM)) {
      throw PlannerErrors.unsupported(
          "SELECT_STREAM",
          "SELECT STREAM (CREATE STANDING QUERY q AS SELECT … keeps a result true)",
          Positions.of(select.getParserPosition()));
    }
    columns(select, null, names);
    ValueLists.open(select);
    ConstantKeys.writeOut(select);
    RepeatedKeys.writeOut(select);
    rowCounts(select.getOffset(), select.getFetch());
    for (SqlNode operand : select.getOperandList()) {
      if (operand != select.getFrom() && operand != select.getHints()) {
        expression(operand, names);
      }
    }
  }

  /** Names the columns and finds what they are; looks at FROM once. */
  private void columns(
      SqlSelect select, @Nullable SqlNodeList order, Map<String, SqlWithItem> names) {
    FromColumns found = new FromColumns(columns, names);
    if (inspected.put(select, true) == null) {
      hints(select);
      CommaJoins.bindLess(select);
      AsofMatch.mark(select);
      columnNames.name(select, select != top);
      from(select.getFrom(), names);
      pivots(select, found, names);
      found.resolve(select.getFrom());
      HalfJoins.open(select, found);
      StarColumns.open(select, found);
      WholeRows.open(select, found);
      exclusions(select, found);
      AsofUsing.openStars(select, found);
      SqlNode unnested = UnnestItems.open(select, found);
      if (unnested != null) {
        from(select.getFrom(), names);
      }
      if (OuterAggregates.open(select, order, found, table -> from(table, names))) {
        from(select.getFrom(), names);
      }
      EarlierColumns.open(select, found);
      if (select != top) {
        OuterColumns.open(select, order, found);
      }
      DistinctRows.open(select, order);
    }
    CommonColumns.qualify(select, order, found);
    AsofUsing.open(select, found);
  }

  /** What PIVOT and UNPIVOT stand for, which is looked at as a subquery is. */
  private void pivots(SqlSelect select, FromColumns found, Map<String, SqlWithItem> names) {
    SqlNode from = select.getFrom();
    SqlNode opened = PivotedTables.opened(from, found, functions);
    if (opened != from) {
      select.setFrom(opened);
      from(opened, names);
    }
  }

  /** What USING makes one column of is written out when columns are excluded. */
  private static void exclusions(SqlSelect select, FromColumns columns) {
    SqlNode from = select.getFrom();
    SqlNodeList items = select.getSelectList();
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof SqlStarExclude star
          && star.getStarIdentifier().names.size() == 1
          && from != null
          && hasCommonColumns(from)) {
        SqlNodeList excluded = star.getExcludeList();
        List<SqlNode> kept = columns.star(from, excluded);
        if (kept == null) {
          throw PlannerErrors.unsupported(
              "EXCLUDE_COMMON_COLUMNS",
              "* EXCLUDE over a join with USING or NATURAL whose columns are not told by name",
              Positions.of(star.getParserPosition()));
        }
        for (SqlNode name : excluded) {
          if (!columns.has(from, (SqlIdentifier) name)) {
            throw PlannerErrors.invalid(
                "there is no column " + name + " that * EXCLUDE could leave out",
                Positions.of(name.getParserPosition()));
          }
        }
        if (kept.isEmpty()) {
          throw PlannerErrors.invalid(
              "* EXCLUDE leaves no column", Positions.of(star.getParserPosition()));
        }
        items.remove(i);
        items.addAll(i, kept);
        i += kept.size() - 1;
      }
    }
  }

  private static boolean hasCommonColumns(@Nullable SqlNode from) {
    return from instanceof SqlJoin join
        && (join.isNatural()
            || join.getConditionType() == JoinConditionType.USING
            || hasCommonColumns(join.getLeft())
            || hasCommonColumns(join.getRight()));
  }

  private void from(@Nullable SqlNode node, Map<String, SqlWithItem> names) {
    switch (node) {
      case null -> {}
      case SqlIdentifier table -> {
        SqlWithItem item =
            table.isSimple() ? names.get(table.getSimple().toLowerCase(Locale.ROOT)) : null;
        if (item == null) {
          tables.accept(table, table.getParserPosition());
        } else {
          // Calcite finds WITH queries by their names exactly.
          table.setNames(item.name.names, null);
        }
      }
      case SqlTableRef reference -> from(reference.tableName, names);
      case SqlJoin join -> {
        refuse(join);
        from(join.getLeft(), names);
        from(join.getRight(), names);
        expression(join.getCondition(), names);
        expression(join instanceof AsofUsing asof ? asof.match() : null, names);
      }
      case SqlCall call -> fromCall(call, names);
      default -> expression(node, names);
    }
  }

  private void fromCall(SqlCall call, Map<String, SqlWithItem> names) {
    switch (call.getKind()) {
      case AS, LATERAL, EXPLICIT_TABLE -> from(call.operand(0), names);
      case SNAPSHOT -> throw unsupported("FOR SYSTEM_TIME AS OF", call);
      // The rest is looked at in the query that stands for it.
      case MATCH_RECOGNIZE -> from(call.operand(0), names);
      case UNNEST -> {
        for (SqlNode collection : call.getOperandList()) {
          if (collection.isA(SqlKind.QUERY)) {
            throw unsupported("UNNEST of a query", collection);
          }
          if (SqlUtil.isNullLiteral(collection, false)) {
            throw PlannerErrors.invalid(
                "UNNEST takes an ARRAY or a MAP: CAST this NULL",
                Positions.of(collection.getParserPosition()));
          }
          expression(collection, names);
        }
      }
      case EXTEND -> throw unsupported("EXTEND", call);
      case COLLECTION_TABLE -> {
        if (!(call.operand(0) instanceof SqlCall function)) {
          String word = call.operand(0).toString();
          throw PlannerErrors.invalid(
              word
                  + " is a table function here, with arguments in parentheses; a table of that name is written \""
                  + word
                  + '"',
              Positions.of(call.operand(0).getParserPosition()));
        }
        String name = function.getOperator().getName().toUpperCase(Locale.ROOT);
        if (!WindowTableFunctions.isOne(name)) {
          throw unsupported(
              "table function "
                  + name
                  + (name.startsWith("READ_") || name.endsWith("_SCAN")
                      ? " with these arguments (FROM 'file' reads files in place, CREATE TABLE … WITH (…) with options)"
                      : ""),
              function);
        }
        long named = function.getOperandList().stream().filter(QueryInspection::isNamed).count();
        if (function.operandCount() == 0 || named > 0 && named < function.operandCount()) {
          throw PlannerErrors.windowArguments(name, Positions.of(function.getParserPosition()));
        }
        function.getOperandList().forEach(o -> expression(o, names));
      }
      default -> {
        Pivots.Pivot pivot = Pivots.pivot(call);
        Pivots.Unpivot unpivot = Pivots.unpivot(call);
        if (pivot != null) {
          from(pivot.table(), names);
        } else if (unpivot != null) {
          from(unpivot.table(), names);
        } else {
          expression(call, names);
        }
      }
    }
  }

  private static void rowCounts(@Nullable SqlNode offset, @Nullable SqlNode fetch) {
    rowCount("OFFSET", offset);
    rowCount("LIMIT", fetch);
  }

  private static void rowCount(String clause, @Nullable SqlNode count) {
    if (count instanceof SqlNumericLiteral number) {
      BigDecimal value = number.bigDecimalValue();
      BigDecimal percent = LimitShare.percent(value);
      if (percent != null) {
        if (percent.compareTo(BigDecimal.valueOf(100)) > 0) {
          throw PlannerErrors.invalid(
              "LIMIT takes 0 to 100 percent, not " + percent.toPlainString(),
              Positions.of(count.getParserPosition()));
        }
        return;
      }
      if (value == null
          || value.stripTrailingZeros().scale() > 0
          || value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
        throw PlannerErrors.rowCount(
            clause, number.toValue(), Positions.of(count.getParserPosition()));
      }
    }
  }

  /** Calls that the grammar lets through and Calcite takes for granted. */
  private static void refuseMisplaced(SqlCall call) {
    SourcePosition position = Positions.of(call.getParserPosition());
    String name = call.getOperator().getName();
    switch (call.getKind()) {
      case EXISTS -> {
        if (!call.operand(0).isA(SqlKind.QUERY)) {
          throw PlannerErrors.invalid(
              "EXISTS takes a query in parentheses: EXISTS (SELECT …)", position);
        }
      }
      case OVER, FILTER, WITHIN_GROUP, IGNORE_NULLS, RESPECT_NULLS -> {
        SqlNode function = call.operand(0);
        boolean isGrouping =
            call.getKind() == SqlKind.FILTER && GROUPINGS.contains(functionName(function));
        if (!(function instanceof SqlCall)
            || REWRITTEN.contains(functionName(function))
            || isGrouping) {
          throw PlannerErrors.invalid(
              name + " stands behind a call of an aggregate or window function, not here",
              position);
        }
      }
      default -> {
        if (call.operandCount() == 0 && functionName(call).equals("COALESCE")) {
          throw PlannerErrors.argumentsInvalid("COALESCE takes one argument or more", position);
        }
        if (call.operandCount() == 0 && name.equalsIgnoreCase(DESCRIPTOR)) {
          throw PlannerErrors.invalid(
              DESCRIPTOR + " names a column in its parentheses, that of event time: DESCRIPTOR(ts)",
              position);
        }
        if (call.getOperandList().stream().anyMatch(QueryInspection::isNamed)) {
          throw PlannerErrors.unsupported(
              "ARGUMENT_BY_NAME",
              "an argument by name (name => value) of " + name.toUpperCase(Locale.ROOT),
              position);
        }
      }
    }
  }

  /** In capitals; empty where it is no call. */
  private static String functionName(SqlNode node) {
    return node instanceof SqlCall call
        ? call.getOperator().getName().toUpperCase(Locale.ROOT)
        : "";
  }

  private static boolean isNamed(@Nullable SqlNode operand) {
    return operand != null && operand.getKind() == SqlKind.ARGUMENT_ASSIGNMENT;
  }

  private void refuse(SqlCall call) {
    switch (call.getKind()) {
      case JOIN -> {
        JoinType type = ((SqlJoin) call).getJoinType();
        if (type == JoinType.ASOF || type == JoinType.LEFT_ASOF) {
          throw PlannerErrors.unsupported(
              "ASOF_JOIN_USING",
              "ASOF JOIN without MATCH_CONDITION, ON or USING (write ASOF JOIN b MATCH_CONDITION a.ts >= b.ts ON a.k = b.k)",
              Positions.of(call.getParserPosition()));
        }
      }
      case MAP_QUERY_CONSTRUCTOR -> throw unsupported("MAP of a query", call);
      case MULTISET_VALUE_CONSTRUCTOR, MULTISET_QUERY_CONSTRUCTOR ->
          throw unsupported("MULTISET", call);
      case CURSOR -> throw unsupported("CURSOR", call);
      case UNIQUE -> throw unsupported("UNIQUE", call);
      case WITHIN_GROUP -> {
        SqlCall function = call.operand(0);
        if (AggregateSpellings.isOne(call)) {
          return;
        }
        String construct = UnsupportedFunctions.construct(function.getOperator().getName());
        throw PlannerErrors.unsupported(
            construct == null ? "WITHIN_GROUP" : function.getOperator().getName(),
            construct == null ? "WITHIN GROUP" : construct,
            Positions.of(call.getParserPosition()));
      }
      case JSON_ARRAYAGG -> throw unsupported("JSON_ARRAYAGG", call);
      case JSON_OBJECTAGG -> throw unsupported("JSON_OBJECTAGG", call);
      case ORDER_BY -> {
        ConstantKeys.check(((SqlOrderBy) call).orderList);
        rowCounts(((SqlOrderBy) call).offset, ((SqlOrderBy) call).fetch);
      }
      case WITHIN_DISTINCT -> throw unsupported("WITHIN DISTINCT", call);
      case NEXT_VALUE, CURRENT_VALUE -> throw unsupported("SEQUENCE", call);
      default -> {
        if (UnnestItems.isOne(call)) {
          throw PlannerErrors.unsupported(
              "UNNEST_OUTSIDE",
              "UNNEST outside of FROM and the columns of SELECT",
              Positions.of(call.getParserPosition()));
        }
        ConstantKeys.writeOut(call);
        NestedValues.construct(call);
      }
    }
  }

  private void hints(SqlSelect select) {
    SqlNodeList hints = select.getHints();
    if (hints == null || hints.isEmpty()) {
      return;
    }
    for (SqlNode node : hints) {
      SqlHint hint = (SqlHint) node;
      String name = hint.getName().toUpperCase(Locale.ROOT);
      if (!HINTS.contains(name) || hint.getOptionList().isEmpty()) {
        throw PlannerErrors.unknownHint(hint.getName(), Positions.of(hint.getParserPosition()));
      }
      for (String table : hint.getOptionList()) {
        SqlNode from = hang(select.getFrom(), table, name, hint.getParserPosition());
        if (from == null) {
          throw PlannerErrors.hintWithoutTable(name, table, Positions.of(hint.getParserPosition()));
        }
        select.setFrom(from);
      }
    }
    select.setHints(null);
  }

  /** The FROM with the hint at the table called {@code name}, or null if there is none. */
  private static @Nullable SqlNode hang(
      @Nullable SqlNode from, String name, String hint, SqlParserPos position) {
    switch (from) {
      case SqlIdentifier table -> {
        String last = table.names.get(table.names.size() - 1);
        return last.equalsIgnoreCase(name) ? hinted(table, hint, position) : null;
      }
      case SqlJoin join -> {
        SqlNode left = hang(join.getLeft(), name, hint, position);
        if (left != null) {
          join.setLeft(left);
          return join;
        }
        SqlNode right = hang(join.getRight(), name, hint, position);
        if (right != null) {
          join.setRight(right);
          return join;
        }
        return null;
      }
      case SqlBasicCall as when as.getKind() == SqlKind.AS -> {
        boolean called =
            as.operand(1) instanceof SqlIdentifier alias
                && alias.getSimple().equalsIgnoreCase(name);
        if (called && as.operand(0) instanceof SqlIdentifier table) {
          as.setOperand(0, hinted(table, hint, position));
          return as;
        }
        return null;
      }
      case null, default -> {
        return null;
      }
    }
  }

  private static SqlNode hinted(SqlIdentifier table, String hint, SqlParserPos position) {
    SqlNode node =
        new SqlHint(
            position,
            new SqlIdentifier(hint, position),
            SqlNodeList.EMPTY,
            SqlHint.HintOptionFormat.EMPTY);
    return new SqlTableRef(
        table.getParserPosition(), table, new SqlNodeList(List.of(node), position));
  }

  private static RuntimeException unsupported(String construct, SqlNode node) {
    return PlannerErrors.unsupported(construct, Positions.of(node.getParserPosition()));
  }
}
