package dev.tidemill.plan.batch;

import java.util.List;

/**
 * Each row of the input with the value of each call behind its columns. Calls of one node share
 * partition and order; ties of the order are broken by all columns, so that ROW_NUMBER is
 * determined, but stay peers.
 */
public record WindowPlan(
    BatchPlan input,
    List<Integer> partitionKeys,
    List<SortKey> orderKeys,
    List<WindowCall> calls,
    List<OutputColumn> columns)
    implements BatchPlan {
  public WindowPlan {
    partitionKeys = List.copyOf(partitionKeys);
    orderKeys = List.copyOf(orderKeys);
    calls = List.copyOf(calls);
    columns = List.copyOf(columns);
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public WindowPlan withInputs(List<BatchPlan> inputs) {
    return new WindowPlan(inputs.get(0), partitionKeys, orderKeys, calls, columns);
  }
}
