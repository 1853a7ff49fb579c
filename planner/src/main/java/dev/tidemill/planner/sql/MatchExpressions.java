package dev.tidemill.planner.sql;

import dev.tidemill.plan.batch.MatchValue;
import dev.tidemill.planner.error.PlannerErrors;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.sql.validate.SqlNameMatchers;
import org.apache.calcite.util.Util;
import org.jspecify.annotations.Nullable;

/**
 * The expressions of MEASURES and DEFINE as ordinary ones: each reference to rows of the match is
 * an expression over one row with a mark round it. A column by itself is that of the last row.
 *
 * <pre>
 *   A.x + PREV(LAST(B.x + B.y, 1))      $[LAST(A)](x) + $[PREV(LAST(B, 1))](x + y)
 *   FINAL SUM(A.x)                      $[FINAL, A](SUM(x) OVER ())
 * </pre>
 */
final class MatchExpressions extends SqlShuttle {
  private static final BigDecimal MOST_ROWS = BigDecimal.valueOf(Integer.MAX_VALUE);

  private final MatchVariables variables;
  private final SqlOperatorTable functions;
  private final boolean inDefine;

  /** What is said by FINAL around. */
  private boolean whole;

  private MatchExpressions(MatchVariables variables, SqlOperatorTable functions, boolean inDefine) {
    this.variables = variables;
    this.functions = functions;
    this.inDefine = inDefine;
  }

  static SqlNode measure(SqlNode node, MatchVariables variables, SqlOperatorTable functions) {
    return marked(node, new MatchExpressions(variables, functions, false));
  }

  static SqlNode condition(SqlNode node, MatchVariables variables, SqlOperatorTable functions) {
    return marked(node, new MatchExpressions(variables, functions, true));
  }

  private static SqlNode marked(SqlNode node, MatchExpressions expressions) {
    SqlNode marked = node.accept(expressions);
    return marked == null ? node : marked;
  }

  @Override
  public @Nullable SqlNode visit(SqlIdentifier column) {
    if (column.isStar()) {
      return column;
    }
    return ofRow(column, place(variables.before(column), false, 0, 0), column.getParserPosition());
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    if (call.isA(SqlKind.QUERY)) {
      throw PlannerErrors.unsupported(
          "MATCH_SUBQUERY", "a subquery in MATCH_RECOGNIZE", Positions.of(position));
    }
    if (call.getKind() == SqlKind.OVER) {
      throw PlannerErrors.unsupported(
          "MATCH_OVER", "OVER in MATCH_RECOGNIZE", Positions.of(position));
    }
    if (call.getKind() == SqlKind.RUNNING || call.getKind() == SqlKind.FINAL) {
      return inMode(call);
    }
    if (isNavigation(call)) {
      return navigation(call);
    }
    if (call.getKind() == SqlKind.MATCH_NUMBER) {
      return new MatchMarker(new MatchMarker.Number()).createCall(position);
    }
    if (call.getKind() == SqlKind.CLASSIFIER) {
      return new MatchMarker(new MatchMarker.Classifier(place(classified(call), false, 0, 0)))
          .createCall(position);
    }
    if (isAggregate(call)) {
      return aggregate(call);
    }
    if (Spellings.takesUnit(call.getOperator().getName())
        && call.operandCount() > 0
        && call.operand(0) instanceof SqlIdentifier unit
        && unit.isSimple()) {
      return withUnit(call);
    }
    return super.visit(call);
  }

  /** A function whose first operand may be a word: it is no column. */
  private SqlNode withUnit(SqlCall call) {
    List<SqlNode> operands = new ArrayList<>();
    for (int i = 0; i < call.operandCount(); i++) {
      SqlNode operand = call.operand(i);
      SqlNode changed = i == 0 ? operand : operand.accept(this);
      operands.add(changed == null ? operand : changed);
    }
    return call.getOperator()
        .createCall(call.getFunctionQuantifier(), call.getParserPosition(), operands);
  }

  private SqlNode inMode(SqlCall call) {
    SqlNode of = call.operand(0);
    boolean fits = of instanceof SqlCall inner && (isLogical(inner) || isAggregate(inner));
    if (!fits) {
      throw PlannerErrors.invalid(
          call.getKind() + " stands before FIRST, LAST or an aggregate",
          Positions.of(call.getParserPosition()));
    }
    if (inDefine && call.getKind() == SqlKind.FINAL) {
      throw PlannerErrors.invalid(
          "FINAL cannot stand in DEFINE: the match is not known yet",
          Positions.of(call.getParserPosition()));
    }
    boolean outside = whole;
    whole = call.getKind() == SqlKind.FINAL;
    try {
      return marked(of, this);
    } finally {
      whole = outside;
    }
  }

  private static boolean isLogical(SqlCall call) {
    return named(call, "FIRST") || named(call, "LAST");
  }

  private static boolean isNavigation(SqlCall call) {
    return isLogical(call) || named(call, "PREV") || named(call, "NEXT");
  }

  private static boolean named(SqlCall call, String name) {
    return call.getOperator().getName().equalsIgnoreCase(name) && call.operandCount() <= 2;
  }

  /** FIRST, LAST, PREV, NEXT, and one of the former in one of the latter. */
  private SqlNode navigation(SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    if (isLogical(call)) {
      return logical(call, 0, whole, position);
    }
    if (call.operandCount() == 0) {
      throw wrong(call);
    }
    int shift = offset(call, 1) * (named(call, "PREV") ? -1 : 1);
    SqlNode of = call.operand(0);
    boolean ofWhole = whole;
    if (of instanceof SqlCall mode
        && (mode.getKind() == SqlKind.FINAL || mode.getKind() == SqlKind.RUNNING)) {
      if (inDefine && mode.getKind() == SqlKind.FINAL) {
        return inMode(mode);
      }
      ofWhole = mode.getKind() == SqlKind.FINAL;
      of = mode.operand(0);
    }
    if (of instanceof SqlCall inner && isLogical(inner)) {
      return logical(inner, shift, ofWhole, position);
    }
    return placed(of, false, 0, shift, ofWhole, position);
  }

  private SqlNode logical(SqlCall call, int shift, boolean ofWhole, SqlParserPos position) {
    if (call.operandCount() == 0) {
      throw wrong(call);
    }
    int offset = offset(call, 0);
    return placed(call.operand(0), named(call, "FIRST"), offset, shift, ofWhole, position);
  }

  private static RuntimeException wrong(SqlCall call) {
    return PlannerErrors.invalid(
        call.getOperator().getName().toUpperCase(Locale.ROOT)
            + " in MATCH_RECOGNIZE takes an expression over columns of one variable and an offset",
        Positions.of(call.getParserPosition()));
  }

  /** An expression over a row, of the row at a place. */
  private SqlNode placed(
      SqlNode of, boolean first, int offset, int shift, boolean ofWhole, SqlParserPos position) {
    if (of.getKind() == SqlKind.CLASSIFIER) {
      return new MatchMarker(
              new MatchMarker.Classifier(
                  new MatchValue.Place(classified((SqlCall) of), first, offset, shift, ofWhole)))
          .createCall(position);
    }
    Plain plain = new Plain();
    SqlNode expression = of.accept(plain);
    if (expression == null || plain.of == null) {
      throw PlannerErrors.invalid(
          "FIRST, LAST, PREV and NEXT need a column of the row that they find",
          Positions.of(position));
    }
    return ofRow(
        expression, new MatchValue.Place(plain.of, first, offset, shift, ofWhole), position);
  }

  /** The variable of {@code CLASSIFIER(a)}, none of {@code CLASSIFIER()}. */
  private List<Integer> classified(SqlCall call) {
    if (call.operandCount() == 0) {
      return List.of();
    }
    SqlIdentifier name = call.operand(0);
    List<Integer> of = variables.numbers(name.getSimple());
    if (of == null) {
      throw variables.unknown(name);
    }
    return of;
  }

  private static SqlNode ofRow(SqlNode of, MatchValue.Place place, SqlParserPos position) {
    SqlNode plain = of instanceof SqlIdentifier column ? unqualified(column, place) : of;
    return new MatchMarker(new MatchMarker.OfRow(place)).createCall(position, plain);
  }

  /** A column without the variable before it. */
  private static SqlNode unqualified(SqlIdentifier column, MatchValue.Place place) {
    return place.variables().isEmpty() || column.isSimple()
        ? column
        : column.getComponent(1, column.names.size());
  }

  private MatchValue.Place place(List<Integer> of, boolean first, int offset, int shift) {
    return new MatchValue.Place(of, first, offset, shift, whole);
  }

  private static int offset(SqlCall call, int otherwise) {
    if (call.operandCount() < 2) {
      return otherwise;
    }
    if (call.operand(1) instanceof SqlNumericLiteral literal
        && literal.isInteger()
        && literal.getValueAs(BigDecimal.class).signum() >= 0
        && literal.getValueAs(BigDecimal.class).compareTo(MOST_ROWS) <= 0) {
      return literal.intValue(true);
    }
    throw PlannerErrors.invalid(
        "the offset of "
            + call.getOperator().getName().toUpperCase(Locale.ROOT)
            + " must be a whole number of 0 or more",
        Positions.of(call.operand(1).getParserPosition()));
  }

  private boolean isAggregate(SqlCall call) {
    SqlNode of = call;
    while (of instanceof SqlCall around
        && (around.getKind() == SqlKind.FILTER
            || around.getKind() == SqlKind.WITHIN_GROUP
            || around.getKind() == SqlKind.WITHIN_DISTINCT
            || around.getKind() == SqlKind.IGNORE_NULLS
            || around.getKind() == SqlKind.RESPECT_NULLS)) {
      of = around.operand(0);
    }
    if (!(of instanceof SqlCall function)) {
      return false;
    }
    SqlOperator operator = function.getOperator();
    if (operator.isAggregator()) {
      return true;
    }
    if (!(operator instanceof SqlUnresolvedFunction unresolved)) {
      return false;
    }
    if (AggregateSpellings.NAMES.contains(operator.getName().toUpperCase(Locale.ROOT))) {
      return true;
    }
    List<SqlOperator> found = new ArrayList<>();
    functions.lookupOperatorOverloads(
        unresolved.getNameAsId(),
        unresolved.getFunctionType(),
        SqlSyntax.FUNCTION,
        found,
        SqlNameMatchers.liberal());
    return found.stream().anyMatch(SqlOperator::isAggregator);
  }

  private SqlNode aggregate(SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    if (call.getFunctionQuantifier() != null
        && "DISTINCT".equals(String.valueOf(call.getFunctionQuantifier().getValue()))) {
      throw PlannerErrors.unsupported(
          "MATCH_DISTINCT", "DISTINCT in an aggregate of MATCH_RECOGNIZE", Positions.of(position));
    }
    Plain plain = new Plain();
    SqlNode over = call.accept(plain);
    SqlNode window =
        SqlWindow.create(
            null,
            null,
            SqlNodeList.EMPTY,
            SqlNodeList.EMPTY,
            SqlLiteral.createBoolean(false, position),
            null,
            null,
            null,
            SqlWindow.createExcludeNoOthers(position),
            position);
    List<Integer> of = plain.of == null ? List.of() : plain.of;
    return new MatchMarker(new MatchMarker.OfRows(of, whole))
        .createCall(
            position,
            SqlStdOperatorTable.OVER.createCall(position, over == null ? call : over, window));
  }

  /** Expressions over one row: columns of one variable, which is taken away. */
  private final class Plain extends SqlShuttle {
    /** The variable's numbers, null before the first column. */
    private @Nullable List<Integer> of;

    @Override
    public @Nullable SqlNode visit(SqlIdentifier column) {
      if (column.isStar() && column.names.size() < 2) {
        return column;
      }
      List<Integer> own = variables.before(column);
      if (of != null && !of.equals(own)) {
        throw PlannerErrors.invalid(
            "an aggregate and FIRST, LAST, PREV and NEXT take columns of one variable only",
            Positions.of(column.getParserPosition()));
      }
      of = own;
      if (column.isStar()) {
        return SqlIdentifier.star(column.getParserPosition());
      }
      return own.isEmpty() ? column : column.getComponent(1, column.names.size());
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      boolean nested =
          call.getKind() == SqlKind.CLASSIFIER
              || call.getKind() == SqlKind.MATCH_NUMBER
              || call.getKind() == SqlKind.RUNNING
              || call.getKind() == SqlKind.FINAL
              || call.getOperator() == SqlStdOperatorTable.PREV
              || call.getOperator() == SqlStdOperatorTable.NEXT
              || call.isA(SqlKind.QUERY);
      if (nested) {
        throw PlannerErrors.unsupported(
            "MATCH_NESTED",
            call.getOperator().getName()
                + " within an aggregate or FIRST, LAST, PREV and NEXT of MATCH_RECOGNIZE (COUNT(a.*) is of the rows of a;"
                + " ALL ROWS PER MATCH gives CLASSIFIER() and MATCH_NUMBER() of each row to a query around)",
            Positions.of(call.getParserPosition()));
      }
      if (Spellings.takesUnit(call.getOperator().getName())
          && call.operandCount() > 0
          && call.operand(0) instanceof SqlIdentifier unit
          && unit.isSimple()) {
        List<SqlNode> operands = new ArrayList<>();
        operands.add(unit);
        for (SqlNode operand : Util.skip(call.getOperandList(), 1)) {
          SqlNode changed = operand.accept(this);
          operands.add(changed == null ? operand : changed);
        }
        return call.getOperator()
            .createCall(call.getFunctionQuantifier(), call.getParserPosition(), operands);
      }
      return super.visit(call);
    }
  }
}
