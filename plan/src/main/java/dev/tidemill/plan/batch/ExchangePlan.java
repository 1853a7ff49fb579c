package dev.tidemill.plan.batch;

import java.util.List;

/**
 * The border between two fragments: the input's rows go from the tasks that make them to the tasks
 * that need them.
 *
 * @param keys the columns to partition by where {@code kind} is HASH, else empty
 */
public record ExchangePlan(BatchPlan input, Kind kind, List<Integer> keys) implements BatchPlan {
  public enum Kind {
    /** Each row to the task that its keys hash to. */
    HASH,
    /** Every row to every task. */
    BROADCAST,
    /** Every row to the one task. */
    GATHER
  }

  public ExchangePlan {
    keys = List.copyOf(keys);
    if ((kind == Kind.HASH) == keys.isEmpty()) {
      throw new IllegalArgumentException(kind + " exchange with keys " + keys);
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
  public ExchangePlan withInputs(List<BatchPlan> inputs) {
    return new ExchangePlan(inputs.get(0), kind, keys);
  }
}
