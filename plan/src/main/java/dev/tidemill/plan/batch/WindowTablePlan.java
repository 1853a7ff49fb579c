package dev.tidemill.plan.batch;

import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * TUMBLE, HOP and CUMULATE: each row of the input once per time window that holds it, with {@code
 * window_start} and {@code window_end} (of the time column's type) behind its columns. TUMBLE is
 * HOP with {@code slideMillis == sizeMillis}. CUMULATE's windows are those of TUMBLE, each cut off
 * at every {@code slideMillis} too. Windows start at {@code offsetMillis} after the epoch plus
 * multiples of the slide. A row whose time is NULL is in no window. Linear: weights pass through.
 */
public record WindowTablePlan(
    BatchPlan input,
    int timeColumn,
    long sizeMillis,
    long slideMillis,
    long offsetMillis,
    boolean cumulative)
    implements BatchPlan {
  public WindowTablePlan {
    if (sizeMillis <= 0 || slideMillis <= 0) {
      throw new IllegalArgumentException("size " + sizeMillis + ", slide " + slideMillis);
    }
    if (cumulative && sizeMillis % slideMillis != 0) {
      throw new IllegalArgumentException(sizeMillis + " is no multiple of " + slideMillis);
    }
  }

  /** TUMBLE or HOP. */
  public WindowTablePlan(
      BatchPlan input, int timeColumn, long sizeMillis, long slideMillis, long offsetMillis) {
    this(input, timeColumn, sizeMillis, slideMillis, offsetMillis, false);
  }

  @Override
  public List<OutputColumn> columns() {
    List<OutputColumn> columns = new ArrayList<>(input.columns());
    Type time = columns.get(timeColumn).type();
    columns.add(new OutputColumn("window_start", time, false));
    columns.add(new OutputColumn("window_end", time, false));
    return columns;
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public WindowTablePlan withInputs(List<BatchPlan> inputs) {
    return new WindowTablePlan(
        inputs.get(0), timeColumn, sizeMillis, slideMillis, offsetMillis, cumulative);
  }
}
