package dev.tidemill.plan.batch;

import dev.tidemill.plan.expression.Expression;
import java.util.List;

/** The rows of the input for which {@code condition} is TRUE. Linear: weights pass through. */
public record FilterPlan(BatchPlan input, Expression condition) implements BatchPlan {
  @Override
  public List<OutputColumn> columns() {
    return input.columns();
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public FilterPlan withInputs(List<BatchPlan> inputs) {
    return new FilterPlan(inputs.get(0), condition);
  }
}
