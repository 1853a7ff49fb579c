package dev.tidemill.plan.batch;

import java.util.List;

/**
 * Rows that stand in both inputs, NULLs equal: once each, or with {@code all} as often as in the
 * input that has them less often.
 */
public record IntersectPlan(
    BatchPlan left, BatchPlan right, boolean all, List<OutputColumn> columns) implements BatchPlan {
  public IntersectPlan {
    columns = List.copyOf(columns);
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(left, right);
  }

  @Override
  public IntersectPlan withInputs(List<BatchPlan> inputs) {
    return new IntersectPlan(inputs.get(0), inputs.get(1), all, columns);
  }
}
