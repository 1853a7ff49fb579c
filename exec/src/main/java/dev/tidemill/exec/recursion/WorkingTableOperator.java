package dev.tidemill.exec.recursion;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.KeptBatches;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.plan.batch.WorkingTablePlan;
import java.util.List;

/** Gives the rows of the round before, which the {@link RecursiveOperator} attaches to the run. */
public final class WorkingTableOperator extends Operator {
  private final int number;

  public WorkingTableOperator(WorkingTablePlan plan) {
    super(plan, List.of());
    this.number = plan.number();
  }

  @Override
  public String name() {
    return "WorkingTable(" + number + ")";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    List<KeptBatches> rows = run.attached(this, KeptBatches.class);
    if (rows.isEmpty()) {
      throw ExecErrors.brokenPlan("a working table outside of recursion " + number);
    }
    run.pipeline(this, rows.get(0).reading(run.threads()), down);
  }
}
