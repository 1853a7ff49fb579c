package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import java.util.List;

/**
 * By what rows are grouped, and what is computed of each group.
 *
 * @param inputTypes of the rows
 * @param keys the input columns that are keys of some grouping set, in the order of the result
 * @param groupingSets by grouping set the positions in {@code keys}
 * @param calls over each group
 */
public record Grouping(
    List<Type> inputTypes, List<Integer> keys, List<List<Integer>> groupingSets, List<Call> calls) {
  public static Grouping of(
      List<Type> inputTypes,
      List<Integer> keys,
      List<List<Integer>> groupingSets,
      List<AggregateCall> calls) {
    return new Grouping(
        inputTypes,
        keys,
        groupingSets,
        calls.stream().map(call -> Call.of(call, inputTypes)).toList());
  }

  /** By grouping set its key columns. */
  List<int[]> keyColumns() {
    return groupingSets.stream().map(set -> set.stream().mapToInt(keys::get).toArray()).toList();
  }
}
