package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.streaming.state.QueryState;
import java.util.List;

/** Keeps the result in the query's state: it is committed and rolled back with it. */
public final class KeptDelivery implements Delivery {
  private final KeptResult result;
  private final OutputMode mode;
  private final QueryState state;
  private long rowCount = -1;

  public KeptDelivery(StandingPlan plan, OutputMode mode, QueryState state) {
    this.result = new KeptResult(plan);
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
    long changed = change.stream().mapToLong(Batch::rowCount).sum();
    if (mode != OutputMode.COMPLETE) {
      return changed;
    }
    if (rowCount < 0 || changed > 0) {
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
