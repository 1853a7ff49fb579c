package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.streaming.state.QueryState;
import java.util.List;

/** Keeps the result in the query's state: it is committed and rolled back with it. */
public final class KeptDelivery implements Delivery {
  private final KeptResult result;
  private final ChangeRows rows;
  private final OutputMode mode;
  private final QueryState state;
  private long rowCount = -1;

  public KeptDelivery(StandingPlan plan, OutputMode mode, QueryState state) {
    this.result = new KeptResult(plan);
    this.rows = new ChangeRows(plan);
    this.mode = mode;
    this.state = state;
  }

  @Override
  public long lastStep() {
    return -1;
  }

  @Override
  public long write(long step, List<Batch> change) {
    result.apply(change, state);
    if (mode != OutputMode.COMPLETE) {
      return rows.count(change);
    }
    if (rowCount < 0 || !change.isEmpty()) {
      rowCount = 0;
      state.keyedMultiset(KeptResult.STATE).forEach((key, row, weight) -> rowCount += weight);
    }
    return rowCount;
  }

  @Override
  public void commit() {}

  @Override
  public void rollback() {
    rowCount = -1;
  }

  @Override
  public void end() {}

  @Override
  public void close() {}
}
