package dev.tidemill.plan.delta;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;

/**
 * Batch nodes that are linear (filter, project, union all, time windows): the change of the result
 * is the batch plan over the change of the inputs.
 *
 * @param body linear nodes over {@code InputPlan}s; number i is {@code inputs.get(i)}
 */
public record LinearPlan(BatchPlan body, List<DeltaPlan> inputs) implements DeltaPlan {
  public LinearPlan {
    inputs = List.copyOf(inputs);
  }

  @Override
  public List<OutputColumn> columns() {
    return body.columns();
  }

  @Override
  public boolean changing() {
    return inputs.stream().anyMatch(DeltaPlan::changing);
  }
}
