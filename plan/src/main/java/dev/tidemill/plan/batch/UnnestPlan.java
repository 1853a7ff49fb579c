package dev.tidemill.plan.batch;

import java.util.ArrayList;
import java.util.List;

/**
 * Each row of the input once per element of its collections. The result has the input's columns
 * {@code kept}, then {@code produced}: of an ARRAY of ROWs the fields, of another ARRAY the
 * element, of a MAP key and value; of several collections side by side, where the shorter ones give
 * NULLs; last, with {@code ordinality}, the element's number from 1. Linear: weights pass through.
 *
 * @param collections columns of the input: ARRAYs, MAPs, and ROWs that stand for a series
 * @param outer whether a row without elements comes once, with NULLs
 */
public record UnnestPlan(
    BatchPlan input,
    List<Integer> collections,
    List<Integer> kept,
    List<OutputColumn> produced,
    boolean ordinality,
    boolean outer)
    implements BatchPlan {
  public UnnestPlan {
    collections = List.copyOf(collections);
    kept = List.copyOf(kept);
    produced = List.copyOf(produced);
  }

  @Override
  public List<OutputColumn> columns() {
    List<OutputColumn> columns = new ArrayList<>();
    kept.forEach(k -> columns.add(input.columns().get(k)));
    columns.addAll(produced);
    return columns;
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public UnnestPlan withInputs(List<BatchPlan> inputs) {
    return new UnnestPlan(inputs.get(0), collections, kept, produced, ordinality, outer);
  }
}
