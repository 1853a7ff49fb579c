package dev.tidemill.plan.batch;

import java.util.List;

/**
 * WITH RECURSIVE: the rows of {@code first}, then those that {@code next} makes of them, then those
 * that it makes of these, round by round until a round gives none. {@code next} reads the rows of
 * the round before as a {@link WorkingTablePlan} of the same number.
 *
 * @param number tells it from others in one plan
 * @param columns of {@code first} and {@code next}, of equal types, may be NULL
 * @param distinct whether each row comes once: a round then gives only rows that none before gave
 * @param mostRounds how many may follow the first; a query that needs more fails
 */
public record RecursivePlan(
    BatchPlan first,
    BatchPlan next,
    int number,
    List<OutputColumn> columns,
    boolean distinct,
    long mostRounds)
    implements BatchPlan {
  public RecursivePlan {
    columns = List.copyOf(columns);
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(first, next);
  }

  @Override
  public RecursivePlan withInputs(List<BatchPlan> inputs) {
    return new RecursivePlan(inputs.get(0), inputs.get(1), number, columns, distinct, mostRounds);
  }

  /** Whether the plan reads the working table of this one. */
  public boolean isReadBy(BatchPlan plan) {
    return plan instanceof WorkingTablePlan table && table.number() == number
        || plan.inputs().stream().anyMatch(this::isReadBy);
  }
}
