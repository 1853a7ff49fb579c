package dev.tidemill.plan.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * One row per group: the key columns, then the aggregates. NULL keys are equal. Without keys there
 * is one group, even over no rows; DISTINCT is an aggregate without calls.
 *
 * @param keys input columns; the key columns of the result in this order
 * @param groupingSets positions in {@code keys} of each grouping set; a key that is not in a row's
 *     set is NULL. The plain GROUP BY has one set with all positions. An empty set gives a row even
 *     over no input
 * @param estimatedGroups the planner's estimate, or -1
 */
public record AggregatePlan(
    BatchPlan input,
    List<Integer> keys,
    List<List<Integer>> groupingSets,
    List<AggregateCall> calls,
    List<OutputColumn> columns,
    double estimatedGroups)
    implements BatchPlan {
  public AggregatePlan {
    keys = List.copyOf(keys);
    groupingSets = groupingSets.stream().map(List::copyOf).toList();
    calls = List.copyOf(calls);
    columns = List.copyOf(columns);
    if (columns.size() != keys.size() + calls.size()) {
      throw new IllegalArgumentException(
          columns.size() + " columns for " + keys.size() + " keys and " + calls);
    }
    if (groupingSets.isEmpty()) {
      throw new IllegalArgumentException("no grouping set");
    }
  }

  /** Whether this is a plain GROUP BY. */
  @JsonIgnore
  public boolean isSimple() {
    return groupingSets.size() == 1 && groupingSets.get(0).size() == keys.size();
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public AggregatePlan withInputs(List<BatchPlan> inputs) {
    return new AggregatePlan(inputs.get(0), keys, groupingSets, calls, columns, estimatedGroups);
  }
}
