package dev.tidemill.planner.physical;

import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.RecursivePlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.explain.PlanText;
import dev.tidemill.planner.logical.Expressions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Marks parts of a plan that occur more than once to be computed once: views and WITH queries read
 * twice, subqueries that repeat a part of their query.
 *
 * <p>A part is shared where its rows are few beside what it is made of, and few enough to be kept:
 * rows that are kept cannot be filtered by what a join above finds out while the query runs.
 */
public final class Sharing {
  /** A part gives at most one row for so many that it reads. */
  private static final double LEAST_REDUCTION = 3;

  /** How much more the rows of a part may weigh that holds them all while it is computed. */
  private static final double HELD_ANYWAY = 4;

  /** What a value is taken to weigh. */
  static final double VALUE_BYTES = 16;

  private final double mostBytes;
  private final Map<BatchPlan, Integer> occurrences = new HashMap<>();
  private final Map<BatchPlan, SharedPlan> shared = new HashMap<>();

  private double savedRows;

  private Sharing(double mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * A plan with what pays shared.
   *
   * @param savedRows about how many rows of tables are not read another time
   * @param readRows about how many are read
   */
  public record Shared(BatchPlan plan, double savedRows, double readRows) {}

  /**
   * The plan with what pays shared.
   *
   * @param mostBytes what the rows of a part may weigh
   */
  public static Shared share(BatchPlan plan, double mostBytes) {
    Sharing sharing = new Sharing(mostBytes);
    sharing.count(plan);
    if (sharing.occurrences.values().stream().allMatch(n -> n == 1)) {
      return new Shared(plan, 0, rowsRead(plan));
    }
    BatchPlan rewritten = sharing.rewrite(plan);
    return new Shared(rewritten, sharing.savedRows, rowsRead(plan) - sharing.savedRows);
  }

  /** How many parts a plan has that could be shared, equal ones being one. */
  public static int parts(BatchPlan plan) {
    Sharing sharing = new Sharing(0);
    sharing.count(plan);
    return sharing.occurrences.size();
  }

  /** Counts parts by their places; what is in a part that was met before is counted once. */
  private void count(BatchPlan plan) {
    if (!isCandidate(plan) || occurrences.merge(plan, 1, Integer::sum) == 1) {
      plan.inputs().forEach(this::count);
    }
  }

  private BatchPlan rewrite(BatchPlan plan) {
    SharedPlan known = shared.get(plan);
    if (known != null) {
      return known;
    }
    List<BatchPlan> inputs = plan.inputs().stream().map(this::rewrite).toList();
    BatchPlan rewritten = inputs.equals(plan.inputs()) ? plan : plan.withInputs(inputs);
    if (occurrences.getOrDefault(plan, 1) < 2 || !pays(plan)) {
      return rewritten;
    }
    SharedPlan part = new SharedPlan(rewritten, shared.size() + 1);
    shared.put(plan, part);
    savedRows += rowsRead(plan) * (occurrences.getOrDefault(plan, 1) - 1);
    return part;
  }

  private static boolean isCandidate(BatchPlan plan) {
    return plan instanceof AggregatePlan
        || plan instanceof HashJoinPlan
        || plan instanceof NestedLoopJoinPlan
        || plan instanceof WindowPlan
        || plan instanceof TopNPlan
        || plan instanceof RecursivePlan;
  }

  private boolean pays(BatchPlan plan) {
    if (plan instanceof RecursivePlan) {
      return !isVolatile(plan);
    }
    double rows = PlanText.estimatedRows(plan);
    return rows >= 0
        && rows * LEAST_REDUCTION <= rowsRead(plan)
        && rows * plan.columns().size() * VALUE_BYTES
            <= (holdsItsRows(plan) ? HELD_ANYWAY : 1) * mostBytes
        && !isVolatile(plan);
  }

  private static boolean holdsItsRows(BatchPlan plan) {
    return plan instanceof AggregatePlan || plan instanceof WindowPlan;
  }

  private static double rowsRead(BatchPlan plan) {
    return plan.inputs().isEmpty()
        ? PlanText.estimatedRows(plan)
        : plan.inputs().stream().mapToDouble(Sharing::rowsRead).sum();
  }

  /** Whether any expression of the plan is volatile. */
  public static boolean isVolatile(BatchPlan plan) {
    boolean here =
        switch (plan) {
          case ScanPlan p -> p.filters().stream().anyMatch(Expressions::isVolatile);
          case FilterPlan p -> Expressions.isVolatile(p.condition());
          case ProjectPlan p -> p.expressions().stream().anyMatch(Expressions::isVolatile);
          case MatchPlan p ->
              p.conditions().stream().anyMatch(Expressions::isVolatile)
                  || p.measures().stream().anyMatch(Expressions::isVolatile);
          case HashJoinPlan p -> p.residual() != null && Expressions.isVolatile(p.residual());
          case NestedLoopJoinPlan p ->
              p.condition() != null && Expressions.isVolatile(p.condition());
          default -> false;
        };
    return here || plan.inputs().stream().anyMatch(Sharing::isVolatile);
  }
}
