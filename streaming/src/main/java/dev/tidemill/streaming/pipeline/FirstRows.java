package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.function.WindowFunction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) <= limit}, its number behind the columns of
 * the input.
 *
 * @param keys columns of the input that partition it
 * @param order may be empty; ties are broken by all columns
 * @param limit 1 to {@value #GREATEST}
 */
record FirstRows(List<Integer> keys, List<SortKey> order, int limit) {
  /** Longer lists are not kept in order row by row. */
  static final int GREATEST = 1000;

  /** What a plan is that keeps no more than its result, or null where it is something else. */
  static @Nullable FirstRows of(DeltaPartitionPlan plan) {
    if (!plan.keepsResultOnly()
        || !(plan.body() instanceof FilterPlan filter)
        || !(filter.input() instanceof WindowPlan window)
        || !(window.input() instanceof InputPlan)
        || window.calls().size() != 1
        || !(window.calls().get(0) instanceof WindowCall.Function call)
        || call.function() != WindowFunction.ROW_NUMBER) {
      return null;
    }
    int limit = limit(filter.condition(), window.input().columns().size());
    return limit < 1 || limit > GREATEST
        ? null
        : new FirstRows(window.partitionKeys(), window.orderKeys(), limit);
  }

  /** The greatest number that a condition lets through, or 0 where that is not all it asks. */
  private static int limit(Expression condition, int number) {
    if (!(condition instanceof Call call) || call.arguments().size() != 2) {
      return 0;
    }
    boolean isTurned = call.arguments().get(0) instanceof Literal;
    Expression column = call.arguments().get(isTurned ? 1 : 0);
    if (!(column instanceof ColumnReference reference)
        || reference.index() != number
        || !(call.arguments().get(isTurned ? 0 : 1) instanceof Literal literal)
        || !(literal.type() instanceof Type.Int)
        || !(literal.value() instanceof Number value)) {
      return 0;
    }
    long bound = value.longValue();
    ScalarFunction function = call.function();
    if (function == (isTurned ? ScalarFunction.GREATER : ScalarFunction.LESS)) {
      bound--;
    } else if (function
        != (isTurned ? ScalarFunction.GREATER_OR_EQUAL : ScalarFunction.LESS_OR_EQUAL)) {
      return 0;
    }
    return (int) Math.max(0, Math.min(bound, GREATEST + 1L));
  }
}
