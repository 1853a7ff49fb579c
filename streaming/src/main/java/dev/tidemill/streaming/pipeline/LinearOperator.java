package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.CompiledPlan;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.plan.delta.LinearPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear batch nodes: the change of the result is the plan over the change of the inputs. Keeps
 * nothing.
 */
final class LinearOperator extends DeltaOperator {
  private final LinearPlan plan;
  private final CompiledPlan body;

  LinearOperator(String name, LinearPlan plan, Output output) {
    super(name, output);
    this.plan = plan;
    this.body = CompiledPlan.compile(plan.body());
  }

  @Override
  void push(int input, Batch delta, Step step) {
    List<List<Batch>> inputs = new ArrayList<>();
    for (int i = 0; i < plan.inputs().size(); i++) {
      inputs.add(i == input ? List.of(delta) : List.of());
    }
    emitAll(step.run(body, inputs), step);
  }
}
