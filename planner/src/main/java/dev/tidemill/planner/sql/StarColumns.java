package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLambda;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlStarExclude;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * Expressions that stand for one for each of several columns: {@code COLUMNS('price_.*')}, {@code
 * MAX(COLUMNS(*))}, {@code * LIKE 'a%'}, and {@code * RENAME (a AS b)}. In WHERE all have to hold.
 */
final class StarColumns {
  private static final String COLUMNS = "COLUMNS";
  private static final String RENAME = "* RENAME";
  private static final String REPLACE = "* EXCLUDE REPLACE";

  private final SqlSelect select;
  private final FromColumns from;

  private StarColumns(SqlSelect select, FromColumns from) {
    this.select = select;
    this.from = from;
  }

  /** Whether a column of SELECT is one of these, which name their columns themselves. */
  static boolean isOne(SqlNode item) {
    return isCall(item, RENAME) || isCall(item, REPLACE) || columns(item) != null;
  }

  /** Writes out what they stand for. */
  static void open(SqlSelect select, FromColumns from) {
    StarColumns columns = new StarColumns(select, from);
    SqlNodeList items = select.getSelectList();
    for (int i = 0; i < items.size(); i++) {
      SqlNode item = items.get(i);
      List<SqlNode> all =
          isCall(item, RENAME)
              ? columns.renamed((SqlCall) item)
              : isCall(item, REPLACE)
                  ? columns.replaced((SqlCall) item)
                  : columns(item) == null ? null : columns.each(item);
      if (all != null) {
        items.remove(i);
        items.addAll(i, all);
        i += all.size() - 1;
      }
    }
    SqlNode where = select.getWhere();
    if (where != null && columns(where) != null) {
      select.setWhere(columns.all(where));
    }
  }

  /** Whether a call is COLUMNS with a lambda, whose parameter is the name of a column. */
  static boolean isOfNames(SqlCall call) {
    return isCall(call, COLUMNS)
        && call.operandCount() == 1
        && call.operand(0) instanceof SqlLambda;
  }

  private static boolean isCall(@Nullable SqlNode node, String name) {
    return node instanceof SqlCall call
        && call.getOperator() instanceof SqlUnresolvedFunction
        && call.getOperator().getName().equalsIgnoreCase(name);
  }

  /** The call of COLUMNS in an expression, or null. */
  private static @Nullable SqlCall columns(@Nullable SqlNode node) {
    return switch (node) {
      case SqlNodeList list ->
          list.stream().map(StarColumns::columns).filter(Objects::nonNull).findFirst().orElse(null);
      case SqlCall call when isCall(call, COLUMNS) -> call;
      case SqlCall call when !call.isA(SqlKind.QUERY) ->
          call.getOperandList().stream()
              .map(StarColumns::columns)
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null);
      case null, default -> null;
    };
  }

  /** An expression for each of the columns that the one COLUMNS in it stands for. */
  private List<SqlNode> each(SqlNode item) {
    SqlCall call = Objects.requireNonNull(columns(item));
    List<SqlNode> all = new ArrayList<>();
    for (SqlIdentifier column : chosen(call)) {
      SqlNode value =
          Objects.requireNonNull(
              item.accept(
                  new SqlShuttle() {
                    @Override
                    public @Nullable SqlNode visit(SqlCall other) {
                      if (!isCall(other, COLUMNS)) {
                        return super.visit(other);
                      }
                      if (!other.toString().equals(call.toString())) {
                        throw PlannerErrors.unsupported(
                            "COLUMNS_TWICE",
                            "more than one COLUMNS in an expression",
                            Positions.of(other.getParserPosition()));
                      }
                      return column;
                    }
                  }));
      boolean isNamed = value instanceof SqlIdentifier || value.getKind() == SqlKind.AS;
      all.add(isNamed ? value : ColumnNames.named(value, Util.last(column.names), column));
    }
    return all;
  }

  private SqlNode all(SqlNode condition) {
    SqlNode all = null;
    for (SqlNode each : each(condition)) {
      SqlNode one = each.getKind() == SqlKind.AS ? ((SqlCall) each).operand(0) : each;
      all =
          all == null
              ? one
              : SqlStdOperatorTable.AND.createCall(condition.getParserPosition(), all, one);
    }
    return all == null ? condition : all;
  }

  private List<SqlIdentifier> chosen(SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    List<SqlIdentifier> chosen = new ArrayList<>();
    SqlNode which = call.operandCount() == 1 ? call.operand(0) : call;
    switch (which) {
      case SqlIdentifier star when star.isStar() -> chosen.addAll(star(star, null));
      case SqlStarExclude star ->
          chosen.addAll(star(star.getStarIdentifier(), star.getExcludeList()));
      case SqlCharStringLiteral text -> {
        Pattern pattern = pattern(text.toValue(), 0, position);
        star(SqlIdentifier.star(position), null).stream()
            .filter(column -> pattern.matcher(Util.last(column.names)).find())
            .forEach(chosen::add);
      }
      case SqlLambda condition -> {
        NameCondition names = NameCondition.of(condition);
        star(SqlIdentifier.star(position), null).stream()
            .filter(column -> names.holds(Util.last(column.names)))
            .forEach(chosen::add);
      }
      case SqlCall list when list.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR ->
          chosen.addAll(named(list.getOperandList()));
      case SqlCall like
          when like.getOperator() instanceof SqlLikeOperator operator
              && like.operand(1) instanceof SqlCharStringLiteral text -> {
        Pattern pattern =
            pattern(
                likeRegex(String.valueOf(text.toValue())),
                operator.getName().contains("ILIKE")
                    ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE
                    : 0,
                position);
        star(like.operand(0), null).stream()
            .filter(
                column ->
                    pattern.matcher(Util.last(column.names)).matches() != operator.isNegated())
            .forEach(chosen::add);
      }
      default -> throw wrong(position);
    }
    if (chosen.isEmpty()) {
      throw PlannerErrors.invalid("no column is meant by " + text(which), Positions.of(position));
    }
    return chosen;
  }

  /** The columns of some names, in their own order. */
  private List<SqlIdentifier> named(List<SqlNode> names) {
    List<SqlIdentifier> columns = new ArrayList<>();
    Set<String> wanted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (SqlNode name : names) {
      SqlParserPos position = name.getParserPosition();
      if (!(name instanceof SqlCharStringLiteral text)) {
        throw wrong(position);
      }
      wanted.add(String.valueOf(text.toValue()));
      columns = star(SqlIdentifier.star(position), null);
      if (columns.stream().noneMatch(c -> Util.last(c.names).equalsIgnoreCase(text.toValue()))) {
        throw PlannerErrors.invalid(
            "there is no column " + text.toValue() + " that COLUMNS could mean",
            Positions.of(position));
      }
    }
    return columns.stream().filter(c -> wanted.contains(Util.last(c.names))).toList();
  }

  private static RuntimeException wrong(SqlParserPos position) {
    return PlannerErrors.argumentsInvalid(
        "COLUMNS takes *, * EXCLUDE (a), names, as COLUMNS(['a', 'b']), a pattern, as COLUMNS('price_.*'), or a lambda, as COLUMNS(c -> c LIKE 'a%')",
        Positions.of(position));
  }

  private static String text(SqlNode node) {
    return node instanceof SqlCharStringLiteral literal
        ? "COLUMNS('" + literal.toValue() + "')"
        : TidemillValidator.text(node);
  }

  static String likeRegex(String pattern) {
    StringBuilder regex = new StringBuilder("(?s)");
    pattern
        .codePoints()
        .forEach(
            c ->
                regex.append(
                    c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(Character.toString(c))));
    return regex.toString();
  }

  private static Pattern pattern(@Nullable String regex, int flags, SqlParserPos position) {
    try {
      return Pattern.compile(String.valueOf(regex), flags);
    } catch (PatternSyntaxException e) {
      throw PlannerErrors.argumentsInvalid(
          "COLUMNS takes a regular expression, and '" + regex + "' is none",
          Positions.of(position));
    }
  }

  /** The columns of a star but some. */
  private List<SqlIdentifier> star(SqlIdentifier star, @Nullable SqlNodeList excluded) {
    SqlNode tables = select.getFrom();
    SqlParserPos position = star.getParserPosition();
    List<SqlNode> all =
        tables == null
            ? null
            : from.star(tables, excluded == null ? new SqlNodeList(position) : excluded);
    if (all == null) {
      throw PlannerErrors.unsupported(
          "COLUMNS_UNKNOWN",
          "a choice of columns where FROM does not tell their names (a subquery that names them does)",
          Positions.of(position));
    }
    List<SqlIdentifier> columns = new ArrayList<>();
    String table = star.names.size() > 1 ? star.names.get(star.names.size() - 2) : null;
    for (SqlNode node : all) {
      SqlIdentifier column = (SqlIdentifier) node;
      if (table == null
          || column.names.size() > 1
              && column.names.get(column.names.size() - 2).equalsIgnoreCase(table)) {
        columns.add(column);
      }
    }
    return columns;
  }

  /** {@code * EXCLUDE (a) REPLACE (b + 1 AS b)}: the star and both lists. */
  private List<SqlNode> replaced(SqlCall call) {
    List<SqlNode> items = new ArrayList<>(star(call.operand(0), call.operand(1)));
    for (SqlNode replacement : (SqlNodeList) call.operand(2)) {
      String name = Util.last(((SqlIdentifier) ((SqlCall) replacement).operand(1)).names);
      boolean isFound = false;
      for (int i = 0; i < items.size(); i++) {
        if (items.get(i) instanceof SqlIdentifier column
            && Util.last(column.names).equalsIgnoreCase(name)) {
          items.set(i, replacement);
          isFound = true;
        }
      }
      if (!isFound) {
        throw PlannerErrors.invalid(
            "there is no column " + name + " that * REPLACE could replace",
            Positions.of(replacement.getParserPosition()));
      }
    }
    return items;
  }

  /** {@code * RENAME (a AS b)}: the star, then names by turns. */
  private List<SqlNode> renamed(SqlCall call) {
    List<SqlNode> operands = call.getOperandList();
    List<SqlNode> items = new ArrayList<>();
    List<SqlIdentifier> columns = star((SqlIdentifier) operands.get(0), null);
    for (int i = 1; i < operands.size(); i += 2) {
      String name = Util.last(((SqlIdentifier) operands.get(i)).names);
      if (columns.stream().noneMatch(c -> Util.last(c.names).equalsIgnoreCase(name))) {
        throw PlannerErrors.invalid(
            "there is no column " + name + " that * RENAME could call otherwise",
            Positions.of(operands.get(i).getParserPosition()));
      }
    }
    for (SqlIdentifier column : columns) {
      SqlNode name = null;
      for (int i = 1; i < operands.size(); i += 2) {
        String old = Util.last(((SqlIdentifier) operands.get(i)).names).toLowerCase(Locale.ROOT);
        if (old.equals(Util.last(column.names).toLowerCase(Locale.ROOT))) {
          name = operands.get(i + 1);
        }
      }
      items.add(
          name == null
              ? column
              : SqlStdOperatorTable.AS.createCall(column.getParserPosition(), column, name));
    }
    return items;
  }
}
