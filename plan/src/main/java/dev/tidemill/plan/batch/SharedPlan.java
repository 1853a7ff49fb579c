package dev.tidemill.plan.batch;

import java.util.List;

/**
 * A part of a plan that occurs more than once: computed once a run, its rows kept for all who read
 * them. Each place has the whole part, so that a plan stays a tree; parts of one number are equal.
 */
public record SharedPlan(BatchPlan input, int number) implements BatchPlan {
  @Override
  public List<OutputColumn> columns() {
    return input.columns();
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public SharedPlan withInputs(List<BatchPlan> inputs) {
    return new SharedPlan(inputs.get(0), number);
  }
}
