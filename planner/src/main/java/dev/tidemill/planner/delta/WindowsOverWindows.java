package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.expression.ColumnReference;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Windows over the result of windows with the same partitions are one plan over these partitions,
 * which keeps their rows once, unless a change reaches some rows only of both:
 *
 * <pre>
 *   MAX(start) OVER (PARTITION BY k …)              one node over the rows by k
 *     CASE WHEN previous … END AS start      ─▶       MAX(start) OVER … of CASE … of LAG(ts) OVER …
 *       LAG(ts) OVER (PARTITION BY k …)
 * </pre>
 */
final class WindowsOverWindows {
  private WindowsOverWindows() {}

  /** The plan, or one with the windows below it in its body. */
  static DeltaPartitionPlan merged(DeltaPartitionPlan plan) {
    DeltaPlan below = plan.inputs().get(0);
    BatchPlan between = null;
    if (below instanceof LinearPlan linear && linear.inputs().size() == 1) {
      between = linear.body();
      below = linear.inputs().get(0);
    }
    if (!(below instanceof DeltaPartitionPlan inner)
        || inner.inputs().size() != 1
        || inner.keepsResultOnly()
        || inner.sessions() != null
        || plan.byRows() && inner.byRows()
        || (plan.bound() == null) != (inner.bound() == null)) {
      return plan;
    }
    BatchPlan lower = between == null ? inner.body() : over(between, inner.body());
    Set<Integer> keys = new HashSet<>();
    for (int key : plan.keys().get(0)) {
      keys.add(origin(lower, key));
    }
    return keys.equals(Set.copyOf(inner.keys().get(0)))
        ? new DeltaPartitionPlan(
            over(plan.body(), lower),
            inner.inputs(),
            inner.keys(),
            /* keepsResultOnly= */ false,
            inner.bound(),
            plan.reason())
        : plan;
  }

  /** A plan of one input over another plan in its place. */
  private static BatchPlan over(BatchPlan plan, BatchPlan input) {
    return plan instanceof InputPlan
        ? input
        : plan.withInputs(plan.inputs().stream().map(below -> over(below, input)).toList());
  }

  /** The column of the input that a column is, or -1. */
  private static int origin(BatchPlan plan, int column) {
    return switch (plan) {
      case InputPlan input -> column;
      case FilterPlan filter -> origin(filter.input(), column);
      case ExchangePlan exchange -> origin(exchange.input(), column);
      case ProjectPlan project ->
          project.expressions().get(column) instanceof ColumnReference reference
              ? origin(project.input(), reference.index())
              : -1;
      case WindowPlan window -> {
        List<?> before = window.input().columns();
        yield column < before.size() ? origin(window.input(), column) : -1;
      }
      default -> -1;
    };
  }
}
