package dev.tidemill.exec.scan;

import dev.tidemill.exec.context.RunInput;
import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.plan.batch.InputPlan;
import java.util.List;

/** Reads the batches that are bound to a number; their weights pass through. */
public final class InputOperator extends Operator {
  private final int number;

  public InputOperator(InputPlan plan) {
    super(plan, List.of());
    this.number = plan.number();
  }

  @Override
  public String name() {
    return "Input(" + number + ")";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    RunInput input = run.context().input(number);
    if (input == null) {
      throw ExecErrors.brokenPlan("nothing is bound to input " + number);
    }
    run.pipeline(this, run.own(new ReaderSource(input.open(), run.threads())), down);
  }
}
