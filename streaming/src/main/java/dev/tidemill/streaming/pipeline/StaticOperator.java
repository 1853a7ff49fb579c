package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.CompiledPlan;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.plan.delta.StaticPlan;
import java.util.List;

/**
 * Pinned rows: computed at the first step and given out then. Who needs them later has kept them in
 * its own state.
 */
final class StaticOperator extends DeltaOperator {
  private final CompiledPlan body;

  StaticOperator(String name, StaticPlan plan, Output output) {
    super(name, output);
    this.body = CompiledPlan.compile(plan.body());
  }

  /** Gives out the rows, if the query has not begun. */
  void pin(Step step) {
    if (step.isFirst()) {
      String before = step.times().enter(name());
      emitAll(step.run(body, List.of()), step);
      step.times().enter(before);
    }
  }

  @Override
  void push(int input, Batch delta, Step step) {
    throw new IllegalStateException("a static plan has no input");
  }
}
