package dev.tidemill.plan.batch;

import java.util.List;

/**
 * Rows of the left input that the right has not, NULLs equal: once each, or with {@code all} as
 * often as the left has them more often.
 */
public record ExceptPlan(BatchPlan left, BatchPlan right, boolean all, List<OutputColumn> columns)
    implements BatchPlan {
  public ExceptPlan {
    columns = List.copyOf(columns);
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(left, right);
  }

  @Override
  public ExceptPlan withInputs(List<BatchPlan> inputs) {
    return new ExceptPlan(inputs.get(0), inputs.get(1), all, columns);
  }
}
