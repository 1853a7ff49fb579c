package dev.tidemill.plan.batch;

import java.util.List;

/**
 * An ASOF join: every left row with the one right row of equal keys whose time is nearest to its
 * own on one side. Of several right rows of that time it is the last in the order of their other
 * columns, ascending, NULLs last. A NULL time has no match.
 *
 * <pre>
 *   left ts  3  5  9        right ts  2  5  7        left.ts >= right.ts    3: 2   5: 5   9: 7
 * </pre>
 *
 * @param outer whether a left row without a match comes too, with NULLs
 * @param leftKeys columns of the left side, of the same types as {@code rightKeys}; may be none
 * @param nullsMatch per key whether NULL equals NULL
 * @param leftTime a column of the left side, of the type of {@code rightTime}, which {@link
 *     #isTime}
 * @param ties the columns of the right side that tell rows of one time apart, in their order: all
 *     but the keys and the time
 * @param columns left, then right
 * @param estimatedRows the planner's estimate of the result's rows, or -1
 */
public record AsofJoinPlan(
    BatchPlan left,
    BatchPlan right,
    boolean outer,
    List<Integer> leftKeys,
    List<Integer> rightKeys,
    List<Boolean> nullsMatch,
    int leftTime,
    int rightTime,
    AsofComparison comparison,
    List<Integer> ties,
    List<OutputColumn> columns,
    double estimatedRows)
    implements BatchPlan {
  public AsofJoinPlan {
    leftKeys = List.copyOf(leftKeys);
    rightKeys = List.copyOf(rightKeys);
    nullsMatch = List.copyOf(nullsMatch);
    ties = List.copyOf(ties);
    columns = List.copyOf(columns);
    if (leftKeys.size() != rightKeys.size() || leftKeys.size() != nullsMatch.size()) {
      throw new IllegalArgumentException(
          "keys " + leftKeys + " and " + rightKeys + ", " + nullsMatch);
    }
  }

  /** The ties as what rows are sorted by. */
  public List<SortKey> tieOrder() {
    return ties.stream().map(column -> new SortKey(column, false, false)).toList();
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(left, right);
  }

  @Override
  public AsofJoinPlan withInputs(List<BatchPlan> inputs) {
    return new AsofJoinPlan(
        inputs.get(0),
        inputs.get(1),
        outer,
        leftKeys,
        rightKeys,
        nullsMatch,
        leftTime,
        rightTime,
        comparison,
        ties,
        columns,
        estimatedRows);
  }
}
