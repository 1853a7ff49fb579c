package dev.tidemill.plan.batch;

import java.util.List;

/**
 * Rows that whoever runs the plan supplies: batches (deltas, where they have weights) bound to
 * {@code number}.
 */
public record InputPlan(int number, List<OutputColumn> columns) implements BatchPlan {
  public InputPlan {
    columns = List.copyOf(columns);
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of();
  }

  @Override
  public InputPlan withInputs(List<BatchPlan> inputs) {
    return this;
  }
}
