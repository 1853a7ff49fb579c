package dev.tidemill.plan.delta;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;

/**
 * The definition of every delta node: integrate the inputs, run the batch plan over all rows,
 * differentiate the result. Its step costs as much as the whole query.
 *
 * @param body any batch plan over {@code InputPlan}s; number i is {@code inputs.get(i)}
 * @param reason what has no incremental form, for EXPLAIN
 * @param byClock whether the result is another at another time, so that it is computed anew at
 *     every step
 */
public record RecomputePlan(
    BatchPlan body,
    List<DeltaPlan> inputs,
    String reason,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean byClock)
    implements DeltaPlan {
  public RecomputePlan {
    inputs = List.copyOf(inputs);
  }

  @Override
  public List<OutputColumn> columns() {
    return body.columns();
  }

  @Override
  public boolean changing() {
    return true;
  }
}
