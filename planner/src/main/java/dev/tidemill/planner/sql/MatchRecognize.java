package dev.tidemill.planner.sql;

import dev.tidemill.plan.batch.MatchSkip;
import dev.tidemill.plan.batch.RowPattern;
import dev.tidemill.plan.batch.RowsPerMatch;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.sql.parser.statement.AllRows;
import dev.tidemill.sql.parser.statement.Selects;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlMatchRecognize;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * MATCH_RECOGNIZE as a query with marks for as long as Calcite has it, which validates the
 * expressions in it as any others; its own validation of MATCH_RECOGNIZE rewrites them. {@link
 * MatchTranslator} reads the marks.
 *
 * <pre>
 *   t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES A.x AS m PATTERN (A) DEFINE A AS x &gt; 1)
 *   (SELECT k, m FROM
 *     (SELECT k, $[LAST(A)](x) AS m, $[pattern](k, ts, $[LAST](x) &gt; 1) AS $match FROM t) AS $rows)
 * </pre>
 */
final class MatchRecognize {
  private static final String ROWS = "$rows";

  private final SqlMatchRecognize match;
  private final SqlNode source;
  private final FromColumns columns;
  private final SqlOperatorTable functions;
  private final MatchVariables variables;
  private final SqlParserPos position;
  private final List<SqlNode> inner = new ArrayList<>();
  private final List<SqlNode> outer = new ArrayList<>();

  /** The names of the inner query's columns. */
  private final Set<String> named = new HashSet<>();

  private MatchRecognize(
      SqlMatchRecognize match, SqlNode source, FromColumns columns, SqlOperatorTable functions) {
    this.match = match;
    this.source = source;
    this.columns = columns;
    this.functions = functions;
    this.position = match.getParserPosition();
    this.variables = new MatchVariables(match, columns.qualifiers(source));
  }

  /**
   * The query that stands for it.
   *
   * @param source what it reads
   */
  static SqlNode query(
      SqlMatchRecognize match, SqlNode source, FromColumns columns, SqlOperatorTable functions) {
    return new MatchRecognize(match, source, columns, functions).query();
  }

  private SqlNode query() {
    RowsPerMatch rows = rows();
    List<SqlNode> operands = new ArrayList<>();
    Set<String> given = new HashSet<>();
    for (SqlNode key : match.getPartitionList()) {
      if (!(key instanceof SqlIdentifier column)) {
        throw PlannerErrors.unsupported(
            "MATCH_PARTITION",
            "PARTITION BY of anything but columns in MATCH_RECOGNIZE (compute them in a subquery)",
            Positions.of(key.getParserPosition()));
      }
      operands.add(SqlCompiler.copy(key));
      if (given.add(lower(column))) {
        give(column, Util.last(column.names));
      }
    }
    List<MatchMarker.Direction> order = new ArrayList<>();
    for (SqlNode key : match.getOrderList()) {
      order.add(order(key, operands, given, rows));
    }
    for (SqlNode measure : match.getMeasureList()) {
      SqlIdentifier name = ((SqlCall) measure).operand(1);
      SqlNode value = ((SqlCall) measure).operand(0);
      give(MatchExpressions.measure(value, variables, functions), name.getSimple());
    }
    if (rows != RowsPerMatch.ONE) {
      others(given);
    }
    if (outer.isEmpty()) {
      throw PlannerErrors.invalid(
          "MATCH_RECOGNIZE with one row per match has no columns: write MEASURES or PARTITION BY",
          Positions.of(position));
    }
    addConditions(operands);
    SqlLiteral interval = match.getInterval();
    Node.Pattern pattern =
        new Node.Pattern(
            variables.names(),
            variables.pattern(),
            skip(),
            rows,
            interval == null ? null : millis(interval));
    MatchMarker whole =
        new MatchMarker(
            new MatchMarker.Whole(
                pattern,
                match.getPartitionList().size(),
                order,
                interval == null ? null : Positions.of(interval.getParserPosition())));
    inner.add(as(whole.createCall(position, operands), "$match"));
    SqlNode below = as(select(inner, source), ROWS);
    return select(outer, below);
  }

  /** An interval of WITHIN, rounded up; null of months. */
  private static @Nullable Long millis(SqlLiteral interval) {
    SqlIntervalLiteral.IntervalValue value =
        interval.getValueAs(SqlIntervalLiteral.IntervalValue.class);
    if (value.getIntervalQualifier().isYearMonth()) {
      return null;
    }
    String text = value.getIntervalLiteral();
    boolean isWhole = text.indexOf('.') < 0 || text.length() - text.indexOf('.') <= 4;
    return interval.getValueAs(Long.class) + (isWhole ? 0 : 1);
  }

  private void give(SqlNode expression, String name) {
    String internal = named.add(name.toLowerCase(Locale.ROOT)) ? name : "$" + inner.size();
    SqlParserPos at = expression.getParserPosition();
    inner.add(as(expression, internal));
    SqlNode column = new SqlIdentifier(List.of(ROWS, internal), at);
    outer.add(SqlStdOperatorTable.AS.createCall(at, column, new SqlIdentifier(name, at)));
  }

  private static SqlNode as(SqlNode node, String name) {
    SqlParserPos at = node.getParserPosition();
    return SqlStdOperatorTable.AS.createCall(at, node, new SqlIdentifier(name, at));
  }

  private static String lower(SqlIdentifier column) {
    return Util.last(column.names).toLowerCase(Locale.ROOT);
  }

  private MatchMarker.Direction order(
      SqlNode key, List<SqlNode> operands, Set<String> given, RowsPerMatch rows) {
    boolean descending = false;
    boolean nullsFirst = false;
    SqlNode of = key;
    while (of.getKind() == SqlKind.DESCENDING
        || of.getKind() == SqlKind.NULLS_FIRST
        || of.getKind() == SqlKind.NULLS_LAST) {
      descending |= of.getKind() == SqlKind.DESCENDING;
      nullsFirst |= of.getKind() == SqlKind.NULLS_FIRST;
      of = ((SqlCall) of).operand(0);
    }
    operands.add(SqlCompiler.copy(of));
    if (rows != RowsPerMatch.ONE
        && of instanceof SqlIdentifier column
        && given.add(lower(column))) {
      give(column, Util.last(column.names));
    }
    return new MatchMarker.Direction(descending, nullsFirst);
  }

  /** The input's columns that are not there yet. */
  private void others(Set<String> given) {
    List<SqlNode> all = columns.star(source, new SqlNodeList(position));
    if (all == null) {
      throw PlannerErrors.unsupported(
          "MATCH_UNKNOWN_COLUMNS",
          "ALL ROWS PER MATCH of a table whose columns are not told by name (a subquery that names them does)",
          Positions.of(position));
    }
    for (SqlNode node : all) {
      SqlIdentifier column = (SqlIdentifier) node;
      if (given.add(lower(column))) {
        give(column, Util.last(column.names));
      }
    }
  }

  private RowsPerMatch rows() {
    SqlLiteral literal = match.getRowsPerMatch();
    Object value = literal == null ? null : literal.getValue();
    if (value == null || value == SqlMatchRecognize.RowsPerMatchOption.ONE_ROW) {
      return RowsPerMatch.ONE;
    }
    RowsPerMatch rows =
        !(literal instanceof AllRows all)
            ? RowsPerMatch.ALL
            : switch (all.option()) {
              case SHOW_EMPTY -> RowsPerMatch.ALL;
              case OMIT_EMPTY -> RowsPerMatch.ALL_OMIT_EMPTY;
              case WITH_UNMATCHED -> RowsPerMatch.ALL_WITH_UNMATCHED;
            };
    if (rows == RowsPerMatch.ALL_WITH_UNMATCHED && excludes(variables.pattern())) {
      throw PlannerErrors.invalid(
          "a PATTERN with {- -} cannot stand beside ALL ROWS PER MATCH WITH UNMATCHED ROWS",
          Positions.of(position));
    }
    return rows;
  }

  private static boolean excludes(RowPattern pattern) {
    return switch (pattern) {
      case RowPattern.Exclusion p -> true;
      case RowPattern.Concatenation p -> p.parts().stream().anyMatch(MatchRecognize::excludes);
      case RowPattern.Alternation p -> p.parts().stream().anyMatch(MatchRecognize::excludes);
      case RowPattern.Repetition p -> excludes(p.of());
      case RowPattern.Variable p -> false;
      case RowPattern.Start p -> false;
      case RowPattern.End p -> false;
    };
  }

  private MatchSkip skip() {
    SqlNode after = match.getAfter();
    if (after instanceof SqlLiteral literal) {
      boolean past = literal.getValue() == SqlMatchRecognize.AfterOption.SKIP_PAST_LAST_ROW;
      return new MatchSkip(
          past ? MatchSkip.Kind.PAST_LAST_ROW : MatchSkip.Kind.TO_NEXT_ROW, List.of());
    }
    if (!(after instanceof SqlCall to)) {
      return new MatchSkip(MatchSkip.Kind.PAST_LAST_ROW, List.of());
    }
    SqlIdentifier name = to.operand(0);
    List<Integer> target = variables.numbers(name.getSimple());
    if (target == null) {
      throw variables.unknown(name);
    }
    boolean first = to.getOperator() == SqlMatchRecognize.SKIP_TO_FIRST;
    return new MatchSkip(first ? MatchSkip.Kind.TO_FIRST : MatchSkip.Kind.TO_LAST, target);
  }

  /** The conditions of the variables, TRUE where none is written, in their order. */
  private void addConditions(List<SqlNode> operands) {
    TreeMap<Integer, SqlNode> conditions = new TreeMap<>();
    for (SqlNode definition : match.getPatternDefList()) {
      SqlIdentifier name = ((SqlCall) definition).operand(1);
      List<Integer> numbers = variables.numbers(name.getSimple());
      if (numbers == null || numbers.size() != 1) {
        throw variables.unknown(name);
      }
      SqlNode condition = ((SqlCall) definition).operand(0);
      SqlNode before =
          conditions.put(
              numbers.get(0), MatchExpressions.condition(condition, variables, functions));
      if (before != null) {
        throw PlannerErrors.invalid(
            "DEFINE has " + name.getSimple() + " twice", Positions.of(name.getParserPosition()));
      }
    }
    for (int variable = 0; variable < variables.names().size(); variable++) {
      SqlNode condition = conditions.get(variable);
      SqlNode written = condition == null ? SqlLiteral.createBoolean(true, position) : condition;
      operands.add(match.getInterval() == null ? written : within(written));
    }
  }

  /** WITHIN: all rows are nearer to the first one than the interval. */
  private SqlNode within(SqlNode condition) {
    SqlLiteral interval = match.getInterval();
    SqlNode key = match.getOrderList().isEmpty() ? null : match.getOrderList().get(0);
    if (key == null || key.getKind() == SqlKind.DESCENDING || !(key instanceof SqlIdentifier)) {
      throw PlannerErrors.invalid(
          "WITHIN needs ORDER BY a time, ascending", Positions.of(interval.getParserPosition()));
    }
    if (!isPositive(interval)) {
      throw PlannerErrors.argumentsInvalid(
          "the time of WITHIN must be longer than nothing",
          Positions.of(interval.getParserPosition()));
    }
    SqlParserPos at = interval.getParserPosition();
    SqlNode first =
        SqlStdOperatorTable.FIRST.createCall(
            at, SqlCompiler.copy(key), SqlLiteral.createExactNumeric("0", at));
    SqlNode end = SqlStdOperatorTable.PLUS.createCall(at, first, interval);
    SqlNode near =
        MatchExpressions.condition(
            SqlStdOperatorTable.LESS_THAN.createCall(at, SqlCompiler.copy(key), end),
            variables,
            functions);
    return SqlStdOperatorTable.AND.createCall(at, condition, near);
  }

  private static boolean isPositive(SqlLiteral interval) {
    long whole = interval.getValueAs(Long.class);
    String text = interval.getValueAs(SqlIntervalLiteral.IntervalValue.class).getIntervalLiteral();
    boolean isLess = text.chars().anyMatch(digit -> digit >= '1' && digit <= '9');
    return whole > 0 || whole == 0 && isLess && text.indexOf('-') != 0;
  }

  private SqlNode select(List<SqlNode> items, SqlNode from) {
    return Selects.of(new SqlNodeList(items, position), from, null, position);
  }
}
