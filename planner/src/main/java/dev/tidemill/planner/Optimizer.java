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
import dev.tidemill.planner.physical.Invariants;
import dev.tidemill.planner.physical.Lowering;
import dev.tidemill.planner.physical.RepeatedJoins;
import dev.tidemill.planner.physical.Sharing;
import dev.tidemill.planner.rewrite.DependentKeys;
import dev.tidemill.planner.rewrite.DynamicFilters;
import dev.tidemill.planner.rewrite.EagerAggregation;
import dev.tidemill.planner.rewrite.PredicatePushdown;
import dev.tidemill.planner.rewrite.Pruning;
import dev.tidemill.planner.rewrite.ShiftedSums;
import dev.tidemill.planner.rewrite.SimilarAggregates;
import dev.tidemill.planner.rewrite.Simplification;
import dev.tidemill.planner.rewrite.Unnesting;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/** The rewrites in their order, for one query. */
final class Optimizer {
  /** Rows of a part that occurs twice are kept up to about here. */
  private static final double MOST_SHARED_BYTES = 64 << 20;

  /** Aggregates are made alike where fewer rows than this share are read then. */
  private static final double GAIN = 0.9;

  private final List<Field> row;
  private final List<String> names;
  private final FieldNumbers numbers;
  private final PlannerSession session;
  private final Estimator estimator = new Estimator();

  private Optimizer(
      List<Field> row, List<String> names, FieldNumbers numbers, PlannerSession session) {
    this.row = row;
    this.names = names;
    this.numbers = numbers;
    this.session = session;
  }

  /** The plan of a node whose columns are {@code row}, called {@code names}. */
  static BatchPlan optimize(
      Node node,
      List<Field> row,
      List<String> names,
      FieldNumbers numbers,
      PlannerSession session) {
    try {
      return new Optimizer(row, names, numbers, session).plan(node);
    } catch (TidemillException known) {
      throw known;
    } catch (StackOverflowError deep) {
      throw PlannerErrors.tooComplex(null);
    } catch (RuntimeException unexpected) {
      throw PlannerErrors.internal("optimisation", unexpected);
    }
  }

  private BatchPlan plan(Node node) {
    Node plain = new Unnesting(numbers).unnest(node);
    if (!Nodes.free(plain).isEmpty()) {
      throw PlannerErrors.unsupported("CORRELATED_SUBQUERY", "this correlated subquery", null);
    }
    Node pushed = PredicatePushdown.push(Simplification.simplify(plain));
    return session.runsOnce() ? batch(pushed) : standing(pushed);
  }

  private BatchPlan standing(Node pushed) {
    Node pruned = Pruning.prune(ShiftedSums.rewrite(pushed, numbers), Nodes.ids(row));
    Node filtered = DynamicFilters.place(pruned, Nodes.ids(row));
    return widened(new JoinOrder(estimator).order(filtered));
  }

  private BatchPlan batch(Node pushed) {
    Sharing.Shared best = once(pushed);
    Node alike = SimilarAggregates.alike(pushed, estimator);
    if (alike != pushed) {
      Sharing.Shared other = once(alike);
      if (other.readRows() < best.readRows() * GAIN) {
        best = other;
      }
    }
    return Invariants.computedOnce(best.plan(), MOST_SHARED_BYTES);
  }

  private Sharing.Shared once(Node pushed) {
    // A standing query's keys are what a sink may know its rows by.
    Node grouped = DependentKeys.leaveOut(ShiftedSums.rewrite(pushed, numbers));
    Node pruned = Pruning.prune(grouped, Nodes.ids(row));
    Node ordered = new JoinOrder(estimator).order(pruned);
    return shared(EagerAggregation.place(ordered, estimator, numbers));
  }

  private BatchPlan lowered(Node node, Map<Node, BitSet> added) {
    return new Lowering(
            estimator,
            numbers,
            session.joinDistribution(),
            session.broadcastThresholdBytes(),
            session.maxRecursion(),
            added)
        .lower(node, row, names);
  }

  /**
   * The plan; one with further columns, where more parts are equal then: as a standing query these
   * are one.
   */
  private BatchPlan widened(Node node) {
    BatchPlan plan = lowered(node, Map.of());
    Map<Node, BitSet> added = RepeatedJoins.columns(node, Nodes.ids(row));
    if (added.isEmpty()) {
      return plan;
    }
    BatchPlan wider = lowered(node, added);
    return Sharing.parts(wider) < Sharing.parts(plan) ? wider : plan;
  }

  /** The plan with parts shared; one with further columns, where more can be shared then. */
  private Sharing.Shared shared(Node node) {
    BatchPlan plan = lowered(node, Map.of());
    Sharing.Shared shared = Sharing.share(plan, MOST_SHARED_BYTES);
    Map<Node, BitSet> added = RepeatedJoins.columns(node, Nodes.ids(row));
    if (added.isEmpty()) {
      return shared;
    }
    Sharing.Shared wider = Sharing.share(lowered(node, added), MOST_SHARED_BYTES);
    return wider.savedRows() > shared.savedRows() ? wider : shared;
  }
}
