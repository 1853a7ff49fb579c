package dev.tidemill.plan.batch;

import java.util.List;

/**
 * Any {@code limit} rows (-1: all) after leaving out any {@code offset}; over a sort, in its order.
 */
public record LimitPlan(BatchPlan input, long limit, long offset) implements BatchPlan {
  @Override
  public List<OutputColumn> columns() {
    return input.columns();
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public LimitPlan withInputs(List<BatchPlan> inputs) {
    return new LimitPlan(inputs.get(0), limit, offset);
  }
}
