package dev.tidemill.exec.sort;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.plan.batch.LimitPlan;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Leaves out the first rows that come and ends the work after the last that is asked for; keeps the
 * order.
 */
public final class LimitOperator extends Operator {
  private final long offset;

  /** The number of rows that may come in before the end, offset and limit, or -1. */
  private final long end;

  public LimitOperator(LimitPlan plan, Operator input) {
    super(plan, List.of(input));
    this.offset = Math.max(0, plan.offset());
    long sum = offset + plan.limit();
    this.end = plan.limit() < 0 ? -1 : sum < 0 ? Long.MAX_VALUE : sum;
  }

  @Override
  public String name() {
    return "Limit";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    AtomicLong rowsIn = new AtomicLong();
    run.connect(
        inputs().get(0), run.through(this, (worker, next) -> new LimitStage(rowsIn, next), down));
  }

  private final class LimitStage implements BatchSink {
    private final AtomicLong rowsIn;
    private final BatchSink next;

    LimitStage(AtomicLong rowsIn, BatchSink next) {
      this.rowsIn = rowsIn;
      this.next = next;
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(name());
      }
      if (end == 0) {
        return false;
      }
      int count = batch.rowCount();
      long before = rowsIn.getAndAdd(count);
      if (end >= 0 && before >= end) {
        return false;
      }
      int from = (int) Math.min(count, Math.max(0, offset - before));
      int to = end < 0 ? count : (int) Math.min(count, end - before);
      boolean more = end < 0 || before + count < end;
      if (from == 0 && to == count) {
        return next.push(batch) && more;
      }
      int[] rows = Arrays.copyOfRange(Worker.rows(batch), from, Math.max(from, to));
      try (Batch part = batch.select(new Selection(rows, rows.length))) {
        return next.push(part) && more;
      }
    }

    @Override
    public void finish() {
      next.finish();
    }

    @Override
    public void close() {
      next.close();
    }
  }
}
