package dev.tidemill.plan.batch;

import java.util.List;

/**
 * The rows {@code offset} to {@code offset + limit} in the order of the keys. Ties are broken by
 * all columns, ascending, NULLs last, so that the result is determined.
 */
public record TopNPlan(BatchPlan input, List<SortKey> keys, long limit, long offset)
    implements BatchPlan {
  public TopNPlan {
    keys = List.copyOf(keys);
    if (limit < 0 || offset < 0) {
      throw new IllegalArgumentException("limit " + limit + ", offset " + offset);
    }
  }

  @Override
  public List<OutputColumn> columns() {
    return input.columns();
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public TopNPlan withInputs(List<BatchPlan> inputs) {
    return new TopNPlan(inputs.get(0), keys, limit, offset);
  }
}
