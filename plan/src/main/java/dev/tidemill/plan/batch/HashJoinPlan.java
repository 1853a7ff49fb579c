package dev.tidemill.plan.batch;

import dev.tidemill.plan.expression.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An equi-join: one side is built into a table, the other probes it.
 *
 * @param leftKeys columns of the left side, at least one, of the same types as {@code rightKeys}
 * @param nullsMatch per key whether NULL equals NULL (IS NOT DISTINCT FROM)
 * @param residual a further condition over left and right columns (right behind left, whatever the
 *     kind), or null
 * @param buildsLeft whether the left side is the one that is built (SEMI and ANTI only: it keeps a
 *     mark for each row that has had a match), rather than the right
 * @param columns the result's: left, then right where the kind gives it, then the mark where it has
 *     one
 * @param distributionReason why, for EXPLAIN: an estimate, a hint, a setting
 * @param estimatedRows the planner's estimate of the result's rows, or -1
 */
public record HashJoinPlan(
    BatchPlan left,
    BatchPlan right,
    JoinKind kind,
    List<Integer> leftKeys,
    List<Integer> rightKeys,
    List<Boolean> nullsMatch,
    @Nullable Expression residual,
    boolean buildsLeft,
    List<OutputColumn> columns,
    Distribution distribution,
    String distributionReason,
    double estimatedRows)
    implements BatchPlan {
  public HashJoinPlan {
    leftKeys = List.copyOf(leftKeys);
    rightKeys = List.copyOf(rightKeys);
    nullsMatch = List.copyOf(nullsMatch);
    columns = List.copyOf(columns);
    if (leftKeys.isEmpty()
        || leftKeys.size() != rightKeys.size()
        || leftKeys.size() != nullsMatch.size()) {
      throw new IllegalArgumentException(
          "keys " + leftKeys + " and " + rightKeys + ", " + nullsMatch);
    }
    if (buildsLeft && kind != JoinKind.SEMI && kind != JoinKind.ANTI) {
      throw new IllegalArgumentException(kind + " with the left side built");
    }
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(left, right);
  }

  @Override
  public HashJoinPlan withInputs(List<BatchPlan> inputs) {
    return new HashJoinPlan(
        inputs.get(0),
        inputs.get(1),
        kind,
        leftKeys,
        rightKeys,
        nullsMatch,
        residual,
        buildsLeft,
        columns,
        distribution,
        distributionReason,
        estimatedRows);
  }
}
