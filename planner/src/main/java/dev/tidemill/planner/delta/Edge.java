package dev.tidemill.planner.delta;

import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeBound;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A delta plan and what is known of its rows.
 *
 * @param bounds the columns that the watermark bounds; of a static plan they are all bounded, and
 *     none is named
 * @param notAppend why APPEND cannot give its rows and what would help, or null where it can
 */
record Edge(DeltaPlan plan, List<TimeBound> bounds, @Nullable String notAppend) {
  Edge {
    bounds = List.copyOf(bounds);
  }

  boolean isStatic() {
    return plan instanceof StaticPlan;
  }

  /** The bound of a column, or null. */
  @Nullable TimeBound bound(int column) {
    for (TimeBound bound : bounds) {
      if (bound.column() == column) {
        return bound;
      }
    }
    return null;
  }

  /** The first reason of some edges, or null. */
  static @Nullable String firstReason(List<Edge> edges) {
    for (Edge edge : edges) {
      if (edge.notAppend() != null) {
        return edge.notAppend();
      }
    }
    return null;
  }
}
