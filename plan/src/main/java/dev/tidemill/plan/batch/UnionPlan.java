package dev.tidemill.plan.batch;

import java.util.List;

/** UNION ALL: the rows of all inputs, which have the same types. Linear: weights pass through. */
public record UnionPlan(List<BatchPlan> inputs, List<OutputColumn> columns) implements BatchPlan {
  public UnionPlan {
    inputs = List.copyOf(inputs);
    columns = List.copyOf(columns);
  }

  @Override
  public UnionPlan withInputs(List<BatchPlan> others) {
    return new UnionPlan(others, columns);
  }
}
