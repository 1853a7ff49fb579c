package dev.tidemill.plan.batch;

import dev.tidemill.plan.expression.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A join without equal keys: every pair of rows is tried.
 *
 * @param kind any but the NULL-aware ones
 * @param condition over left and right columns (right behind left), or null for all pairs
 * @param columns as in {@link HashJoinPlan}
 */
public record NestedLoopJoinPlan(
    BatchPlan left,
    BatchPlan right,
    JoinKind kind,
    @Nullable Expression condition,
    List<OutputColumn> columns,
    double estimatedRows)
    implements BatchPlan {
  public NestedLoopJoinPlan {
    columns = List.copyOf(columns);
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(left, right);
  }

  @Override
  public NestedLoopJoinPlan withInputs(List<BatchPlan> inputs) {
    return new NestedLoopJoinPlan(
        inputs.get(0), inputs.get(1), kind, condition, columns, estimatedRows);
  }
}
