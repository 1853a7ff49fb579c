package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A batch plan over the inputs of a delta plan: number i is {@code inputs.get(i)}. */
record Merged(BatchPlan body, List<DeltaPlan> inputs) {

  /**
   * {@code node} over delta plans in the place of its inputs; those of which {@code bodyOf} gives a
   * body become part of the node's.
   */
  static Merged of(
      BatchPlan node, List<Edge> edges, Function<DeltaPlan, @Nullable BatchPlan> bodyOf) {
    List<BatchPlan> bodies = new ArrayList<>();
    List<DeltaPlan> inputs = new ArrayList<>();
    for (Edge edge : edges) {
      DeltaPlan plan = edge.plan();
      BatchPlan body = bodyOf.apply(plan);
      if (body == null) {
        bodies.add(new InputPlan(inputs.size(), plan.columns()));
        inputs.add(plan);
      } else {
        bodies.add(renumbered(body, inputs.size()));
        inputs.addAll(plan.inputs());
      }
    }
    return new Merged(node.withInputs(bodies), inputs);
  }

  private static BatchPlan renumbered(BatchPlan body, int first) {
    if (body instanceof InputPlan input) {
      return new InputPlan(input.number() + first, input.columns());
    }
    return body.withInputs(body.inputs().stream().map(input -> renumbered(input, first)).toList());
  }
}
