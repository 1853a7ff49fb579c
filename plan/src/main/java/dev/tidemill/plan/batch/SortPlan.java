package dev.tidemill.plan.batch;

import java.util.List;

/** All rows in the order of the keys. Ties are in any order. */
public record SortPlan(BatchPlan input, List<SortKey> keys) implements BatchPlan {
  public SortPlan {
    keys = List.copyOf(keys);
  }

  @Override
  public List<OutputColumn> columns() {
    return input.columns();
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public SortPlan withInputs(List<BatchPlan> inputs) {
    return new SortPlan(inputs.get(0), keys);
  }
}
