package dev.tidemill.plan.delta;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;

/**
 * Rows that are pinned: computed at the query's first step, and its change then; nothing ever
 * after.
 *
 * @param body a batch plan over static tables and literals alone
 */
public record StaticPlan(BatchPlan body) implements DeltaPlan {
  @Override
  public List<OutputColumn> columns() {
    return body.columns();
  }

  @Override
  public List<DeltaPlan> inputs() {
    return List.of();
  }

  @Override
  public boolean changing() {
    return false;
  }
}
