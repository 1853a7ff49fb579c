package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * A row while its expressions are translated: subqueries are joined to it, window functions and
 * computed arguments become further columns, so the node grows upwards. The row itself stays.
 */
final class RowScope implements RexTranslator.Surroundings {
  private final RelTranslator translator;
  private final FieldNumbers numbers;
  private final List<Field> row;
  private final Set<CorrelationId> variables;
  private final RexTranslator expressions;
  private final boolean placed;
  private final boolean grows;
  private final Map<Expression, Field> columns = new HashMap<>();
  private final Map<RexOver, Field> windows = new HashMap<>();
  private final Map<SqlParserPos, Field> drawn = new HashMap<>();
  private Node node;

  RowScope(
      RelTranslator translator,
      FieldNumbers numbers,
      Relation input,
      Set<CorrelationId> variables) {
    this(translator, numbers, input, variables, true);
  }

  private RowScope(
      RelTranslator translator,
      FieldNumbers numbers,
      Relation input,
      Set<CorrelationId> variables,
      boolean grows) {
    this.grows = grows;
    this.translator = translator;
    this.numbers = numbers;
    this.row = input.row();
    this.variables = variables;
    this.node = input.node();
    this.expressions = new RexTranslator(row, this);
    this.placed = translator.isPlaced();
  }

  /** The scope of a condition over the rows of two nodes: no column can be added to them. */
  static RowScope ofCondition(RelTranslator translator, FieldNumbers numbers, Relation both) {
    return new RowScope(translator, numbers, both, Set.of(), false);
  }

  Node node() {
    return node;
  }

  List<Field> row() {
    return row;
  }

  Expression translate(RexNode expression) {
    return translator.clocks().settle(expressions.translate(expression));
  }

  /** The column that is {@code expression}, added if there is none. */
  Field column(Expression raw, String name) {
    Expression expression = translator.clocks().settle(raw);
    if (expression instanceof ColumnReference reference) {
      for (Field field : row) {
        if (field.id() == reference.index()) {
          return field;
        }
      }
      for (Field field : node.fields()) {
        if (field.id() == reference.index()) {
          return field;
        }
      }
    }
    Field there = columns.get(expression);
    if (there == null || Expressions.isVolatile(expression)) {
      there = fresh(expression, name);
      columns.put(expression, there);
    }
    return there;
  }

  /** A column of its own. */
  Field fresh(Expression raw, String name) {
    Expression expression = translator.clocks().settle(raw);
    boolean nullable = Expressions.nullable(expression, Nodes.nullable(node.fields()));
    Field field = numbers.field(name, expression.type(), nullable || isOuter(expression));
    node = Nodes.extend(node, List.of(new Node.Computed(field, expression)));
    return field;
  }

  /** Whether the expression refers to a row outside, of whose NULLs nothing is known here. */
  private boolean isOuter(Expression expression) {
    return !Expressions.within(expression, Nodes.ids(node));
  }

  /** Keeps the rows for which all conditions are TRUE. */
  void filter(List<RexNode> conditions) {
    List<Expression> conjuncts = new ArrayList<>();
    List<RexNode> queries = new ArrayList<>();
    for (RexNode condition : conditions) {
      if (RelTranslator.isSubQuery(condition) || isNegatedSubQuery(condition)) {
        queries.add(condition);
      } else {
        conjuncts.addAll(Expressions.conjuncts(translate(condition)));
      }
    }
    node = Nodes.filter(node, conjuncts);
    for (RexNode query : queries) {
      if (query instanceof RexSubQuery positive) {
        semiJoin(positive);
      } else {
        antiJoin((RexSubQuery) ((RexCall) query).getOperands().get(0));
      }
    }
  }

  private static boolean isNegatedSubQuery(RexNode node) {
    return node.getKind() == SqlKind.NOT
        && RelTranslator.isSubQuery(((RexCall) node).getOperands().get(0));
  }

  private void semiJoin(RexSubQuery query) {
    List<Expression> left = operands(query);
    Relation inner = inner(query);
    node = new Node.Join(node, inner.node(), JoinKind.SEMI, comparisons(query, left, inner), null);
  }

  private void antiJoin(RexSubQuery query) {
    List<Expression> left = operands(query);
    Relation inner = inner(query);
    List<Expression> comparisons = comparisons(query, left, inner);
    BitSet nullable = nullable(comparisons, inner);
    boolean correlated = !Nodes.free(inner.node()).isEmpty();
    if (comparisons.size() == 1
        && query.getKind() == SqlKind.IN
        && !correlated
        && Expressions.nullable(comparisons.get(0), nullable)) {
      node = new Node.Join(node, inner.node(), JoinKind.NULL_AWARE_ANTI, comparisons, null);
      return;
    }
    // A row has no place in the result if some inner row makes the comparison TRUE or unknown.
    List<Expression> possible = new ArrayList<>();
    for (Expression comparison : comparisons) {
      possible.add(
          Expressions.nullable(comparison, nullable)
              ? Expressions.call(ScalarFunction.IS_NOT_FALSE, Type.BOOLEAN, comparison)
              : comparison);
    }
    node = new Node.Join(node, inner.node(), JoinKind.ANTI, possible, null);
  }

  /**
   * Which of the fields that the comparisons refer to may be NULL; of those from further outside
   * nothing is known.
   */
  private BitSet nullable(List<Expression> comparisons, Relation inner) {
    BitSet nullable = Expressions.references(comparisons);
    nullable.andNot(Nodes.ids(node));
    nullable.andNot(Nodes.ids(inner.node()));
    nullable.or(Nodes.nullable(node.fields()));
    nullable.or(Nodes.nullable(inner.node().fields()));
    return nullable;
  }

  private List<Expression> operands(RexSubQuery query) {
    List<Expression> operands = new ArrayList<>();
    query.getOperands().forEach(o -> operands.add(translate(o)));
    return operands;
  }

  private Relation inner(RexSubQuery query) {
    return translator.subQuery(query, variables, row);
  }

  /** The comparisons of an IN or SOME, one per column; none for EXISTS. */
  private List<Expression> comparisons(RexSubQuery query, List<Expression> left, Relation inner) {
    SourcePosition position = translator.position(query);
    ScalarFunction function =
        switch (query.getKind()) {
          case EXISTS, IN -> ScalarFunction.EQUAL;
          case SOME -> comparison(query.getOperator(), position);
          default -> throw PlannerErrors.unsupported(query.getKind() + " (query)", position);
        };
    List<Expression> comparisons = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      comparisons.add(
          RexTranslator.compare(function, left.get(i), inner.row().get(i).reference(), position));
    }
    return translator.clocks().settle(comparisons);
  }

  private static ScalarFunction comparison(
      SqlOperator operator, @Nullable SourcePosition position) {
    SqlKind kind =
        operator instanceof SqlQuantifyOperator quantify
            ? quantify.comparisonKind
            : operator.getKind();
    return switch (kind) {
      case EQUALS -> ScalarFunction.EQUAL;
      case NOT_EQUALS -> ScalarFunction.NOT_EQUAL;
      case LESS_THAN -> ScalarFunction.LESS;
      case LESS_THAN_OR_EQUAL -> ScalarFunction.LESS_OR_EQUAL;
      case GREATER_THAN -> ScalarFunction.GREATER;
      case GREATER_THAN_OR_EQUAL -> ScalarFunction.GREATER_OR_EQUAL;
      default -> throw PlannerErrors.unsupported(operator.getName(), position);
    };
  }

  @Override
  public Expression subQuery(RexSubQuery query) {
    return query.getKind() == SqlKind.SCALAR_QUERY ? scalar(query) : truth(query);
  }

  private Expression scalar(RexSubQuery query) {
    Relation inner = inner(query);
    Field value = inner.row().get(0);
    Node right = inner.node();
    boolean exactlyOneRow = right instanceof Node.Extend || right instanceof Node.Aggregate;
    if (!exactlyOneRow || !isGlobalAggregate(right)) {
      Field single = numbers.field(value.name(), value.type(), true);
      right =
          Node.Aggregate.of(
              right,
              List.of(),
              List.of(
                  new Node.Call(
                      single,
                      AggregateFunction.SINGLE_VALUE,
                      List.of(value.id()),
                      false,
                      null,
                      placed ? translator.position(query) : null)));
      value = single;
    }
    node = new Node.Join(node, right, JoinKind.LEFT, List.of(), null);
    return value.reference();
  }

  /** Whether the node has exactly one row, as an aggregate without keys. */
  private static boolean isGlobalAggregate(Node node) {
    return switch (node) {
      case Node.Extend extend -> isGlobalAggregate(extend.input());
      case Node.Aggregate aggregate ->
          aggregate.keys().isEmpty() && aggregate.groupingSets().size() == 1;
      default -> false;
    };
  }

  /** EXISTS, IN or SOME as a value. */
  private Expression truth(RexSubQuery query) {
    List<Expression> left = operands(query);
    Relation inner = inner(query);
    List<Expression> comparisons = comparisons(query, left, inner);
    Expression all = Expressions.and(comparisons);
    if (comparisons.isEmpty() || !Expressions.nullable(all, nullable(comparisons, inner))) {
      return mark(JoinKind.LEFT_MARK, inner.node(), comparisons, false).reference();
    }
    boolean correlated = !Nodes.free(inner.node()).isEmpty();
    if (comparisons.size() == 1 && query.getKind() == SqlKind.IN && !correlated) {
      return mark(JoinKind.NULL_AWARE_LEFT_MARK, inner.node(), comparisons, true).reference();
    }
    Expression found = mark(JoinKind.LEFT_MARK, inner.node(), comparisons, false).reference();
    Relation again = inner(query);
    Expression unknown =
        mark(
                JoinKind.LEFT_MARK,
                again.node(),
                List.of(Expressions.isNull(Expressions.and(comparisons(query, left, again)))),
                false)
            .reference();
    return new Case(
        List.of(
            new Case.When(found, Literal.TRUE),
            new Case.When(unknown, Literal.nullOf(Type.BOOLEAN))),
        Literal.FALSE,
        Type.BOOLEAN);
  }

  private Field mark(JoinKind kind, Node right, List<Expression> conjuncts, boolean nullable) {
    Field mark = numbers.field("mark", Type.BOOLEAN, nullable);
    node = new Node.Join(node, right, kind, conjuncts, mark);
    return mark;
  }

  @Override
  public Field outer(RexCorrelVariable variable, int index) {
    List<Field> outer = translator.outerRow(variable.id);
    if (outer == null || index >= outer.size()) {
      throw PlannerErrors.unsupported("CORRELATED_SUBQUERY", "this correlated subquery", null);
    }
    return outer.get(index);
  }

  @Override
  public Expression onceARow(Expression call, SqlParserPos position) {
    if (!grows || position.getLineNum() == 0) {
      return call;
    }
    return drawn.computeIfAbsent(position, p -> fresh(call, "drawn")).reference();
  }

  @Override
  public boolean isPlaced() {
    return placed;
  }

  @Override
  public Expression parameter(int index, Type type) {
    return translator.parameter(index, type);
  }

  /** Adds the window functions that the expressions use. */
  void addWindows(List<RexNode> projects) {
    WindowTranslator.addTo(this, projects, numbers);
  }

  void wrap(UnaryOperator<Node> change) {
    node = change.apply(node);
  }

  void window(RexOver over, Field field) {
    windows.put(over, field);
  }

  @Override
  public Expression window(RexOver over) {
    Field field = windows.get(over);
    if (field == null) {
      throw PlannerErrors.unsupported(
          "WINDOW_FUNCTION", "a window function here", Positions.of(over.getParserPosition()));
    }
    Type type = type(over.getType(), over);
    return field.type().equals(type) ? field.reference() : new Cast(field.reference(), type, false);
  }

  static Type type(RelDataType type, RexCall at) {
    return RexTranslator.type(type, Positions.of(at.getParserPosition()));
  }
}
