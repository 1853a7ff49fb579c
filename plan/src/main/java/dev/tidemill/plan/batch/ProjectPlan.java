package dev.tidemill.plan.batch;

import dev.tidemill.plan.expression.Expression;
import java.util.List;

/** Each row's expressions. Linear: weights pass through. */
public record ProjectPlan(BatchPlan input, List<Expression> expressions, List<OutputColumn> columns)
    implements BatchPlan {
  public ProjectPlan {
    expressions = List.copyOf(expressions);
    columns = List.copyOf(columns);
    if (expressions.size() != columns.size()) {
      throw new IllegalArgumentException(
          expressions.size() + " expressions, " + columns.size() + " columns");
    }
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public ProjectPlan withInputs(List<BatchPlan> inputs) {
    return new ProjectPlan(inputs.get(0), expressions, columns);
  }
}
