package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.streaming.state.QueryState;
import java.util.List;

/** Keeps the result in the query's state: it is committed and rolled back with it. */
public final class KeptDelivery implements Delivery {
  private final KeptRows kept;
  private final ChangeRows rows;
  private final OutputMode mode;
  private final MemoryScope memory;

  public KeptDelivery(StandingPlan plan, OutputMode mode, QueryState state) {
    this.kept = new KeptResult(plan).rows(state);
    this.rows = new ChangeRows(plan);
    this.mode = mode;
    this.memory = state.memory();
  }

  @Override
  public long lastStep() {
    return -1;
  }

  @Override
  public long write(long step, List<Batch> change) {
    change.forEach(kept::apply);
    return mode == OutputMode.COMPLETE ? kept.rowCount() : rows.count(change, memory);
  }

  @Override
  public void commit() {}

  @Override
  public void rollback() {}

  @Override
  public void end() {}

  @Override
  public void close() {}
}
