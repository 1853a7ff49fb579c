package dev.tidemill.exec.exchange;

import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.plan.batch.ExchangePlan;
import java.util.List;

/**
 * The border between two fragments. Within one process rows simply pass: the operator above shares or partitions them
 * itself.
 */
public final class ExchangeOperator extends Operator {
  private final ExchangePlan plan;

  public ExchangeOperator(ExchangePlan plan, Operator input) {
    super(plan, List.of(input));
    this.plan = plan;
  }

  @Override
  public String name() {
    return "Exchange(" + plan.kind() + ")";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    run.connect(inputs().get(0), run.through(this, (worker, next) -> next, down));
  }
}
