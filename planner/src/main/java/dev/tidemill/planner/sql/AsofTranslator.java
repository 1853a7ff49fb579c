package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AsofComparison;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.logical.Casts;
import dev.tidemill.planner.logical.CommonType;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/** Joins whose condition has the mark of an ASOF join, see {@link AsofMatch}. */
final class AsofTranslator {
  private static final int MOST_DIGITS = 18;

  private final FieldNumbers numbers;
  private final RowScope scope;
  private final List<Integer> leftKeys = new ArrayList<>();
  private final List<Integer> rightKeys = new ArrayList<>();
  private final List<Boolean> nullsMatch = new ArrayList<>();
  private Node left;
  private Node right;
  private @Nullable Match match;

  /**
   * @param scope of a condition over the rows of both sides
   */
  AsofTranslator(FieldNumbers numbers, RowScope scope, Node left, Node right) {
    this.numbers = numbers;
    this.scope = scope;
    this.left = left;
    this.right = right;
  }

  static boolean isMarked(RexNode condition) {
    return condition instanceof RexCall call && call.getOperator() == AsofMatch.INSTANCE;
  }

  /**
   * The join.
   *
   * @param outer whether left rows without a match come too
   */
  Node translate(List<RexNode> conditions, boolean outer) {
    for (RexNode condition : conditions) {
      SourcePosition position = position(condition);
      boolean mayMatch = isMarked(condition);
      RexNode written = mayMatch ? ((RexCall) condition).getOperands().get(0) : condition;
      for (Expression conjunct : Expressions.conjuncts(scope.translate(written))) {
        if (!conjunct.equals(Literal.TRUE)) {
          add(conjunct, mayMatch, outer, position);
        }
      }
    }
    if (match == null) {
      throw notOneMatch("none", conditions.isEmpty() ? null : position(conditions.get(0)));
    }
    return new Node.AsofJoin(
        left,
        right,
        outer,
        leftKeys,
        rightKeys,
        nullsMatch,
        match.left,
        match.right,
        match.comparison);
  }

  private static @Nullable SourcePosition position(RexNode condition) {
    return condition instanceof RexCall call ? Positions.of(call.getParserPosition()) : null;
  }

  private static RuntimeException notOneMatch(String count, @Nullable SourcePosition position) {
    return PlannerErrors.invalid(
        "ASOF JOIN needs one comparison of both sides' times by >=, >, <= or <, in MATCH_CONDITION or in ON, not "
            + count
            + ": ASOF JOIN … MATCH_CONDITION a.ts >= b.ts ON a.k = b.k",
        position);
  }

  private void add(
      Expression condition, boolean mayMatch, boolean outer, @Nullable SourcePosition whole) {
    SourcePosition position =
        condition instanceof Call call && call.position() != null ? call.position() : whole;
    Call sides = sides(condition);
    if (sides != null
        && (sides.function() == ScalarFunction.EQUAL
            || sides.function() == ScalarFunction.IS_NOT_DISTINCT)) {
      leftKeys.add(ofLeft(sides.arguments().get(0)));
      rightKeys.add(ofRight(sides.arguments().get(1)));
      nullsMatch.add(sides.function() == ScalarFunction.IS_NOT_DISTINCT);
      return;
    }
    AsofComparison comparison = sides == null || !mayMatch ? null : comparison(sides);
    if (sides != null && comparison != null) {
      if (match != null) {
        throw notOneMatch("more", position);
      }
      boolean isTurned = !((Call) condition).arguments().get(0).equals(sides.arguments().get(0));
      match = match(sides, isTurned ? comparison.turned() : comparison, position);
      return;
    }
    if (Expressions.isVolatile(condition)) {
      throw otherCondition(position);
    }
    BitSet references = Expressions.references(condition);
    if (!references.intersects(Nodes.ids(left))) {
      // Rows that do not fulfil it are no match.
      right = Nodes.filter(right, List.of(condition));
    } else if (references.intersects(Nodes.ids(right))) {
      throw otherCondition(position);
    } else if (outer) {
      // Rows that do not fulfil it have no match: a key is NULL.
      Expression key =
          new Case(
              List.of(new Case.When(condition, Literal.TRUE)),
              Literal.nullOf(Type.BOOLEAN),
              Type.BOOLEAN);
      leftKeys.add(ofLeft(key));
      rightKeys.add(ofRight(Literal.TRUE));
      nullsMatch.add(false);
    } else {
      left = Nodes.filter(left, List.of(condition));
    }
  }

  private static RuntimeException otherCondition(@Nullable SourcePosition position) {
    return PlannerErrors.unsupported(
        "ASOF_JOIN_CONDITION",
        "another condition of both sides of an ASOF JOIN than equalities and the one comparison of times"
            + " (WHERE asks what has been joined)",
        position);
  }

  /** The times and how they are compared. */
  private record Match(int left, int right, AsofComparison comparison) {}

  private static @Nullable AsofComparison comparison(Call condition) {
    return switch (condition.function()) {
      case GREATER_OR_EQUAL -> AsofComparison.GREATER_OR_EQUAL;
      case GREATER -> AsofComparison.GREATER;
      case LESS_OR_EQUAL -> AsofComparison.LESS_OR_EQUAL;
      case LESS -> AsofComparison.LESS;
      default -> null;
    };
  }

  /**
   * @param sides the comparison, the left side's time first
   */
  private Match match(Call sides, AsofComparison comparison, @Nullable SourcePosition position) {
    Expression ofLeft = sides.arguments().get(0);
    Expression ofRight = sides.arguments().get(1);
    Type type = CommonType.of(ofLeft.type(), ofRight.type());
    if (type == null || !isTime(type)) {
      throw PlannerErrors.unsupported(
          "ASOF_JOIN_TYPE",
          "ASOF JOIN by %s (numbers of up to %d digits, DOUBLE, DATE, TIME and TIMESTAMP are: CAST both)"
              .formatted(type == null ? ofLeft.type() : type, MOST_DIGITS),
          position);
    }
    return new Match(ofLeft(Casts.to(type, ofLeft)), ofRight(Casts.to(type, ofRight)), comparison);
  }

  /** Whether values have an order that a number of 64 bits tells. */
  private static boolean isTime(Type type) {
    return switch (type) {
      case Type.Int t -> true;
      case Type.Decimal t -> t.precision() <= MOST_DIGITS;
      case Type.Real t -> true;
      case Type.DoubleType t -> true;
      case Type.Date t -> true;
      case Type.Time t -> true;
      case Type.Timestamp t -> true;
      case Type.ZonedTimestamp t -> true;
      default -> false;
    };
  }

  /**
   * A comparison with the expression of the left side first, its function as it was written; null
   * where it is not one of both sides.
   */
  private @Nullable Call sides(Expression condition) {
    if (!(condition instanceof Call call)
        || call.arguments().size() != 2
        || Expressions.isVolatile(call)) {
      return null;
    }
    Expression first = call.arguments().get(0);
    Expression second = call.arguments().get(1);
    if (isOf(left, first) && isOf(right, second)) {
      return call;
    }
    return isOf(right, first) && isOf(left, second)
        ? new Call(call.function(), List.of(second, first), call.type(), call.position())
        : null;
  }

  private static boolean isOf(Node side, Expression expression) {
    return !Expressions.references(expression).isEmpty()
        && Expressions.within(expression, Nodes.ids(side));
  }

  private int ofLeft(Expression expression) {
    Field field = column(left, expression);
    left = extended(left, field, expression);
    return field.id();
  }

  private int ofRight(Expression expression) {
    Field field = column(right, expression);
    right = extended(right, field, expression);
    return field.id();
  }

  private Field column(Node side, Expression expression) {
    if (expression instanceof ColumnReference column) {
      return Node.field(side.fields(), column.index());
    }
    boolean nullable = Expressions.nullable(expression, Nodes.nullable(side.fields()));
    return numbers.field(name(side, expression), expression.type(), nullable);
  }

  /** What EXPLAIN calls a computed column. */
  private static String name(Node side, Expression expression) {
    return switch (expression) {
      case Cast cast -> name(side, cast.operand());
      case ColumnReference column when Nodes.ids(side).get(column.index()) ->
          Node.field(side.fields(), column.index()).name();
      default -> "key";
    };
  }

  private static Node extended(Node side, Field field, Expression expression) {
    return expression instanceof ColumnReference
        ? side
        : Nodes.extend(side, List.of(new Node.Computed(field, expression)));
  }
}
