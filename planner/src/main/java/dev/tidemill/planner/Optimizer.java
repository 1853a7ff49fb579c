package dev.tidemill.planner;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.planner.join.Estimator;
import dev.tidemill.planner.join.JoinOrder;
import dev.tidemill.planner.logical.Field;
import dev.tidemill.planner.logical.FieldNumbers;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import dev.tidemill.planner.physical.Lowering;
import dev.tidemill.planner.physical.Sharing;
import dev.tidemill.planner.rewrite.PredicatePushdown;
import dev.tidemill.planner.rewrite.Pruning;
import dev.tidemill.planner.rewrite.Simplification;
import dev.tidemill.planner.rewrite.Unnesting;
import java.util.List;

/** The rewrites in their order. */
final class Optimizer {
  /** Rows of a part that occurs twice are kept up to about here. */
  private static final double MOST_SHARED_BYTES = 64 << 20;

  private Optimizer() {}

  static BatchPlan optimize(
      Node node,
      List<Field> row,
      List<String> names,
      FieldNumbers numbers,
      PlannerSession session) {
    try {
      Node plain = new Unnesting(numbers).unnest(node);
      if (!Nodes.free(plain).isEmpty()) {
        throw PlannerErrors.unsupported("CORRELATED_SUBQUERY", "this correlated subquery", null);
      }
      Node pushed = PredicatePushdown.push(Simplification.simplify(plain));
      Node pruned = Pruning.prune(pushed, Nodes.ids(row));
      Estimator estimator = new Estimator();
      Node ordered = new JoinOrder(estimator).order(pruned);
      BatchPlan plan =
          new Lowering(
                  estimator, numbers, session.joinDistribution(), session.broadcastThresholdBytes())
              .lower(ordered, row, names);
      return session.runsOnce() ? Sharing.share(plan, MOST_SHARED_BYTES) : plan;
    } catch (TidemillException known) {
      throw known;
    } catch (StackOverflowError deep) {
      throw PlannerErrors.tooComplex(null);
    } catch (RuntimeException unexpected) {
      throw PlannerErrors.internal("optimisation", unexpected);
    }
  }
}
