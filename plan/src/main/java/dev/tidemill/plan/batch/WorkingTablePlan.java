package dev.tidemill.plan.batch;

import java.util.List;

/** The rows of the round before, within the {@link RecursivePlan} of the same number. */
public record WorkingTablePlan(int number, List<OutputColumn> columns) implements BatchPlan {
  public WorkingTablePlan {
    columns = List.copyOf(columns);
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of();
  }

  @Override
  public WorkingTablePlan withInputs(List<BatchPlan> inputs) {
    return this;
  }
}
