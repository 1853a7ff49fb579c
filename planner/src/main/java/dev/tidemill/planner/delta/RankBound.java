package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * That of a window of ranks only the first are wanted: {@code ROW_NUMBER() OVER (…) <= 3}. As rows
 * come ranks grow, so that a row with a greater one is not wanted ever again.
 *
 * @param condition over the columns of the window
 */
record RankBound(Expression condition) {
  /** The bound that a filter sets to a window below it, or null. */
  static @Nullable RankBound of(FilterPlan filter) {
    List<Expression> conditions = new ArrayList<>();
    conditions.add(filter.condition());
    BatchPlan plan = filter.input();
    while (!(plan instanceof WindowPlan)) {
      if (ClockConditions.goesByClock(plan)) {
        return null;
      }
      if (plan instanceof ProjectPlan project) {
        conditions = through(conditions, project);
      } else if (plan instanceof FilterPlan below) {
        conditions.add(below.condition());
      } else if (!(plan instanceof ExchangePlan)) {
        return null;
      }
      plan = plan.inputs().get(0);
    }
    WindowPlan window = (WindowPlan) plan;
    if (!window.calls().stream().allMatch(RankBound::isRank)) {
      return null;
    }
    int first = window.input().columns().size();
    for (Expression condition : conditions) {
      List<Expression> parts = condition instanceof And and ? and.operands() : List.of(condition);
      for (Expression part : parts) {
        Expression bound = bound(part, first);
        if (bound != null) {
          return new RankBound(bound);
        }
      }
    }
    return null;
  }

  /** Conditions over a projection as ones over its input, those that can be. */
  private static List<Expression> through(List<Expression> conditions, ProjectPlan project) {
    List<Expression> below = new ArrayList<>();
    for (Expression condition : conditions) {
      List<Expression> parts = condition instanceof And and ? and.operands() : List.of(condition);
      for (Expression part : parts) {
        Expression moved =
            ExpressionColumns.replace(
                part,
                column ->
                    project.expressions().get(column.index()) instanceof ColumnReference reference
                        ? reference
                        : null);
        if (moved != null) {
          below.add(moved);
        }
      }
    }
    return below;
  }

  private static boolean isRank(WindowCall call) {
    return call instanceof WindowCall.Function function
        && switch (function.function()) {
          case ROW_NUMBER, RANK, DENSE_RANK -> true;
          case PERCENT_RANK, CUME_DIST, NTILE, LAG, LEAD -> false;
          case FIRST_VALUE, LAST_VALUE, NTH_VALUE, NTH_VALUE_FROM_LAST -> false;
        };
  }

  /** A condition that leaves out all ranks above one, as such, or null. */
  private static @Nullable Expression bound(Expression condition, int firstRank) {
    if (!(condition instanceof Call call) || call.arguments().size() != 2) {
      return null;
    }
    Expression left = call.arguments().get(0);
    Expression right = call.arguments().get(1);
    boolean isTurned = left instanceof Literal;
    Expression rank = isTurned ? right : left;
    if (!(rank instanceof ColumnReference column)
        || column.index() < firstRank
        || !((isTurned ? left : right) instanceof Literal literal)
        || !(literal.value() instanceof Number)) {
      return null;
    }
    return switch (call.function()) {
      case LESS, LESS_OR_EQUAL -> isTurned ? null : condition;
      case GREATER, GREATER_OR_EQUAL -> isTurned ? condition : null;
      case EQUAL ->
          new Call(
              isTurned ? ScalarFunction.GREATER_OR_EQUAL : ScalarFunction.LESS_OR_EQUAL,
              call.arguments(),
              call.type(),
              call.position());
      default -> null;
    };
  }
}
