package dev.tidemill.planner.physical;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.RecursivePlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.explain.PlanText;

/**
 * Marks what a recursive query reads in each round alike, so that it is computed before the first
 * and its rows are kept:
 *
 * <pre>
 *   Recursive 1: first, next              Recursive 1: first, next
 *     …                                     …
 *     HashJoin                       ─▶     HashJoin
 *       Scan edges                            Shared 1
 *       Rows of the round before                Scan edges
 *                                             Rows of the round before
 * </pre>
 */
public final class Invariants {
  private final double mostBytes;
  private int lastNumber;

  private Invariants(double mostBytes, int lastNumber) {
    this.mostBytes = mostBytes;
    this.lastNumber = lastNumber;
  }

  /**
   * The plan with these parts shared.
   *
   * @param mostBytes what the rows of a part may weigh; a larger one is read in every round
   */
  public static BatchPlan computedOnce(BatchPlan plan, double mostBytes) {
    return new Invariants(mostBytes, lastShared(plan)).rewrite(plan);
  }

  private static int lastShared(BatchPlan plan) {
    int last = plan instanceof SharedPlan shared ? shared.number() : 0;
    for (BatchPlan input : plan.inputs()) {
      last = Math.max(last, lastShared(input));
    }
    return last;
  }

  private BatchPlan rewrite(BatchPlan plan) {
    if (plan.inputs().isEmpty()) {
      return plan;
    }
    BatchPlan rewritten = plan.withInputs(plan.inputs().stream().map(this::rewrite).toList());
    return rewritten instanceof RecursivePlan recursive
        ? new RecursivePlan(
            recursive.first(),
            withoutInvariants(recursive, recursive.next()),
            recursive.number(),
            recursive.columns(),
            recursive.distinct(),
            recursive.mostRounds())
        : rewritten;
  }

  private BatchPlan withoutInvariants(RecursivePlan recursive, BatchPlan plan) {
    if (recursive.isReadBy(plan)) {
      return plan.inputs().isEmpty() || plan instanceof SharedPlan
          ? plan
          : plan.withInputs(
              plan.inputs().stream().map(input -> withoutInvariants(recursive, input)).toList());
    }
    double bytes =
        PlanText.estimatedRows(plan) * Math.max(1, plan.columns().size()) * Sharing.VALUE_BYTES;
    boolean isKept = plan instanceof SharedPlan || plan instanceof ValuesPlan || bytes > mostBytes;
    return isKept || Sharing.isVolatile(plan) ? plan : new SharedPlan(plan, ++lastNumber);
  }
}
