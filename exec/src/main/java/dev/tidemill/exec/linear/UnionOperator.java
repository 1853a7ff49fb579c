package dev.tidemill.exec.linear;

import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.plan.batch.UnionPlan;
import java.util.List;

/** The rows of all inputs, one input after the other. Linear. */
public final class UnionOperator extends Operator {
  public UnionOperator(UnionPlan plan, List<Operator> inputs) {
    super(plan, inputs);
  }

  @Override
  public String name() {
    return "Union";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    Downstream own = run.through(this, (worker, next) -> next, down);
    for (Operator input : inputs()) {
      run.connect(input, own);
    }
  }
}
