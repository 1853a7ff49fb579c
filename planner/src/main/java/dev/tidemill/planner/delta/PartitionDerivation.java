package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.RowPattern;
import dev.tidemill.plan.batch.SessionTablePlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.OrderBound;
import dev.tidemill.plan.delta.SessionBound;
import dev.tidemill.plan.delta.TimeBound;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@link Derivation} that turns what treats partitions of its rows by themselves into
 * plans over these: windows, sessions, row patterns, set operations.
 */
final class PartitionDerivation {
  private final Derivation derivation;
  private final Map<TableReference, TableTraits> tables;

  PartitionDerivation(Derivation derivation, Map<TableReference, TableTraits> tables) {
    this.derivation = derivation;
    this.tables = tables;
  }

  /** A plan down to a window of ranks, of which no more than some are wanted. */
  Edge ranked(BatchPlan plan, RankBound ranks) {
    if (plan instanceof WindowPlan window) {
      return window(window, derivation.edge(window.input()), ranks);
    }
    Edge input = ranked(plan.inputs().get(0), ranks);
    return switch (plan) {
      case ProjectPlan project -> derivation.projected(project, input);
      case FilterPlan filter -> Derivation.linear(filter, List.of(input), input.bounds());
      default -> input;
    };
  }

  /**
   * @param ranks what is wanted of it, or null for all rows
   */
  Edge window(WindowPlan window, Edge input, @Nullable RankBound ranks) {
    Edge edge = partition(window, window, input, /* keepsResultOnly= */ false);
    if (ranks != null
        && !input.plan().changing()
        && !(derivation.finalRanks() && isInOrder(window, edge, input))) {
      derivation.leaveRanksOut();
      Edge first =
          partition(
              new FilterPlan(window, ranks.condition()),
              window,
              input,
              /* keepsResultOnly= */ true);
      return first.notAppend() == null
          ? first
          : new Edge(
              first.plan(),
              first.bounds(),
              Modes.overNeverEnds(WindowOrder.fix(window, input, tables)));
    }
    if (!(edge.plan() instanceof DeltaPartitionPlan plan)) {
      return edge;
    }
    DeltaPartitionPlan merged = WindowsOverWindows.merged(plan);
    OrderBound order = merged == plan ? WindowOrder.bound(window, plan, input) : null;
    if (order == null) {
      boolean isFinal = edge.notAppend() == null;
      String fix =
          merged == plan ? WindowOrder.fix(window, input, tables) : WindowOrder.BY_PARTITIONS;
      return new Edge(merged, edge.bounds(), isFinal ? null : Modes.overNeverEnds(fix));
    }
    if (order.ends()) {
      derivation.bound(derivation.timed(window.input(), window.orderKeys().get(0).column()));
    }
    // A change reaches no row before those that come, whose times are theirs.
    List<TimeBound> bounds = new ArrayList<>(edge.bounds());
    if (order.aheadRows() == 0) {
      bounds.add(order.time());
    }
    return new Edge(plan.inOrder(order), bounds, null);
  }

  private static Edge partition(
      BatchPlan body, WindowPlan window, Edge input, boolean keepsResultOnly) {
    return partition(
        body,
        List.of(input),
        List.of(window.partitionKeys()),
        window.partitionKeys(),
        keepsResultOnly,
        "OVER");
  }

  private static boolean isInOrder(WindowPlan window, Edge edge, Edge input) {
    return edge.plan() instanceof DeltaPartitionPlan plan
        && WindowsOverWindows.merged(plan) == plan
        && WindowOrder.bound(window, plan, input) != null;
  }

  Edge setOperation(BatchPlan operation, String reason) {
    List<Integer> all = IntStream.range(0, operation.columns().size()).boxed().toList();
    List<Edge> inputs = operation.inputs().stream().map(derivation::edge).toList();
    return partition(operation, inputs, List.of(all, all), all, false, reason);
  }

  /**
   * A pattern. In the order of a time that the watermark bounds, what is matched behind the
   * watermark is final.
   */
  Edge match(MatchPlan match, Edge input) {
    Edge edge =
        partition(
            match,
            List.of(input),
            List.of(match.partitionKeys()),
            match.givenKeys(),
            false,
            "MATCH_RECOGNIZE");
    SortKey by = match.orderKeys().isEmpty() ? null : match.orderKeys().get(0);
    TimeBound time = by == null ? null : input.bound(by.column());
    if (by == null
        || time == null
        || by.descending()
        || by.nullsFirst() && match.input().columns().get(by.column()).nullable()
        || RowPattern.hasEnd(match.pattern())
        || input.plan().changing()
        || input.notAppend() != null
        || !(edge.plan() instanceof DeltaPartitionPlan plan)
        || plan.bound() != null) {
      boolean waits = RowPattern.hasEnd(match.pattern()) && edge.plan().changing();
      return waits && edge.notAppend() != null && input.notAppend() == null
          ? new Edge(edge.plan(), edge.bounds(), Modes.patternAtTheEnd())
          : edge;
    }
    derivation.bound(derivation.timed(match.input(), by.column()));
    return new Edge(
        plan.inOrder(new OrderBound(time, null, 0, 0, /* carries= */ false)), edge.bounds(), null);
  }

  Edge sessions(SessionTablePlan plan) {
    Edge input = derivation.edge(plan.input());
    TimeBound time = sessionTime(plan, input);
    List<Integer> keys = plan.keys();
    if (time == null) {
      return partition(plan, List.of(input), List.of(keys), keys, false, "SESSION");
    }
    List<TimeBound> bounds = new ArrayList<>();
    keys.forEach(key -> bounds.addAll(boundOf(input, key)));
    bounds.add(new TimeBound(plan.columns().size() - 1, time.plusMillis()));
    DeltaPartitionPlan partitions =
        new DeltaPartitionPlan(
            overInputs(plan),
            List.of(input.plan()),
            List.of(keys),
            /* keepsResultOnly= */ false,
            /* bound= */ null,
            new SessionBound(plan.timeColumn(), plan.gapMillis(), time.plusMillis()),
            /* order= */ null,
            "SESSION");
    return new Edge(partitions, bounds, null);
  }

  /** The bound of the time by which rows are in sessions; of a table, rows are late by it then. */
  private @Nullable TimeBound sessionTime(SessionTablePlan plan, Edge input) {
    TimeOrigin origin = TimeOrigin.of(plan.input(), tables);
    if (origin != null
        && derivation.isByTime(origin.table())
        && origin.isTime(plan.timeColumn(), tables)) {
      derivation.bound(List.of(origin.table()));
    }
    return input.bound(plan.timeColumn());
  }

  private static List<TimeBound> boundOf(Edge input, int column) {
    TimeBound bound = input.bound(column);
    return bound == null ? List.of() : List.of(bound);
  }

  /**
   * A batch plan that treats the partitions of its inputs by themselves.
   *
   * @param keys by input the columns that partition it
   * @param given where the keys are in the result
   */
  static Edge partition(
      BatchPlan node,
      List<Edge> inputs,
      List<List<Integer>> keys,
      List<Integer> given,
      boolean keepsResultOnly,
      String reason) {
    TimeBound end = null;
    List<TimeBound> bounds = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      TimeBound bound = commonBound(inputs, keys, i);
      if (bound != null) {
        bounds.add(new TimeBound(given.get(i), bound.plusMillis()));
        end = end == null ? new TimeBound(i, bound.plusMillis()) : end;
      }
    }
    DeltaPartitionPlan plan =
        new DeltaPartitionPlan(
            overInputs(node),
            inputs.stream().map(Edge::plan).toList(),
            keys,
            keepsResultOnly,
            end,
            reason);
    return new Edge(plan, bounds, end == null ? Modes.takenBack(reason) : null);
  }

  /** The bound of a key that all inputs that grow have alike, or null. */
  private static @Nullable TimeBound commonBound(
      List<Edge> inputs, List<List<Integer>> keys, int key) {
    TimeBound common = null;
    for (int i = 0; i < inputs.size(); i++) {
      if (!inputs.get(i).isStatic()) {
        TimeBound bound = inputs.get(i).bound(keys.get(i).get(key));
        if (bound == null || common != null && common.plusMillis() != bound.plusMillis()) {
          return null;
        }
        common = bound;
      }
    }
    return common;
  }

  /** A node, or a filter over it, over inputs in the place of its own. */
  private static BatchPlan overInputs(BatchPlan node) {
    if (node instanceof FilterPlan filter) {
      return new FilterPlan(overInputs(filter.input()), filter.condition());
    }
    List<BatchPlan> inputs = new ArrayList<>();
    for (BatchPlan input : node.inputs()) {
      inputs.add(new InputPlan(inputs.size(), input.columns()));
    }
    return node.withInputs(inputs);
  }
}
