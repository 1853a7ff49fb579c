package dev.tidemill.exec;

import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import java.util.List;

/** Stands for whoever takes a plan's rows, so that waiting for a slow reader is nobody's work. */
final class ResultOperator extends Operator {
  ResultOperator(Operator root) {
    super(root.plan(), List.of());
  }

  @Override
  public String name() {
    return "Result";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    throw new IllegalStateException("a result is nobody's input");
  }
}
