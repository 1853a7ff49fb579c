package dev.tidemill.planner.delta;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExceptPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.IntersectPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.LimitPlan;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.RecursivePlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.SortPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.batch.UnnestPlan;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.batch.WorkingTablePlan;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.DeltaTopNPlan;
import dev.tidemill.plan.delta.EventTime;
import dev.tidemill.plan.delta.EventTime.TimeWindows;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.user.UserMethod;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Turns a batch plan, node by node, into a delta plan of the same meaning. */
final class Derivation {
  private final Map<TableReference, TableTraits> tables;
  private final Map<TableReference, List<TimeWindows>> windows;

  Derivation(BatchPlan root, Map<TableReference, TableTraits> tables) {
    this.tables = tables;
    this.windows = TimeOrigin.windows(root, tables);
  }

  private TableTraits traits(TableReference table) {
    TableTraits traits = tables.get(table);
    if (traits == null) {
      throw new IllegalArgumentException("no traits of " + table);
    }
    return traits;
  }

  /** Whether a plan reads nothing that may grow. */
  boolean isStatic(BatchPlan plan) {
    return (!(plan instanceof ScanPlan scan) || traits(scan.table()).isStatic())
        && plan.inputs().stream().allMatch(this::isStatic);
  }

  Edge edge(BatchPlan plan) {
    if (isStatic(plan)) {
      return new Edge(new StaticPlan(plan), List.of(), null);
    }
    return switch (plan) {
      case ScanPlan scan -> scan(scan);
      case FilterPlan filter -> filter(filter);
      case ProjectPlan project -> project(project);
      case WindowTablePlan timeWindows -> timeWindows(timeWindows);
      case UnnestPlan unnest -> unnest(unnest);
      case UnionPlan union -> union(union);
      case SortPlan sort -> edge(sort.input());
      case ExchangePlan exchange -> edge(exchange.input());
      case SharedPlan shared -> edge(shared.input());
      case AggregatePlan aggregate -> aggregate(aggregate);
      case HashJoinPlan join ->
          join(
              new Join(
                  join,
                  join.kind(),
                  join.leftKeys(),
                  join.rightKeys(),
                  join.nullsMatch(),
                  join.residual(),
                  join.columns()));
      case NestedLoopJoinPlan join ->
          join(
              new Join(
                  join,
                  join.kind(),
                  List.of(),
                  List.of(),
                  List.of(),
                  join.condition(),
                  join.columns()));
      case TopNPlan top -> topN(top.input(), top.keys(), top.limit(), top.offset());
      case LimitPlan limit -> limit(limit);
      case IntersectPlan intersect -> setOperation(intersect, "INTERSECT");
      case ExceptPlan except -> setOperation(except, "EXCEPT");
      case WindowPlan window -> window(window, edge(window.input()), null);
      case RecursivePlan recursive -> recursive(recursive);
      case WorkingTablePlan table -> throw new IllegalArgumentException("rows of no recursion");
      case InputPlan input -> throw new IllegalArgumentException("an input without rows");
      case ValuesPlan values -> throw new IllegalArgumentException("literals that are not static");
    };
  }

  private Edge scan(ScanPlan scan) {
    TableTraits traits = traits(scan.table());
    List<String> kept = traits.keysOnly() ? traits.key() : List.of();
    String notAppend = traits.changing() ? Modes.removesRows(scan.table()) : null;
    TableTraits.Watermark watermark = traits.watermark();
    if (watermark == null) {
      return new Edge(
          new DeltaScanPlan(
              scan.table(), scan.columns(), null, scan.filters(), traits.changing(), kept),
          List.of(),
          notAppend);
    }
    List<OutputColumn> columns = new ArrayList<>(scan.columns());
    Set<Integer> needed = new LinkedHashSet<>();
    ExpressionColumns.collect(watermark.time(), needed);
    ExpressionColumns.collect(watermark.watermark(), needed);
    for (int stored : needed) {
      OutputColumn column = traits.stored().get(stored);
      if (columns.stream().noneMatch(c -> c.name().equals(column.name()))) {
        columns.add(column);
      }
    }
    List<TimeWindows> cuts = windows.getOrDefault(scan.table(), List.of());
    EventTime eventTime =
        new EventTime(
            over(watermark.time(), traits, columns),
            over(watermark.watermark(), traits, columns),
            cuts.isEmpty() ? new EventTime.Never() : new EventTime.ByWindow(cuts),
            watermark.maxAheadMillis());
    DeltaScanPlan delta =
        new DeltaScanPlan(
            scan.table(), columns, eventTime, scan.filters(), traits.changing(), kept);
    if (columns.size() == scan.columns().size()) {
      return new Edge(delta, List.of(), notAppend);
    }
    List<Expression> first = new ArrayList<>();
    for (int i = 0; i < scan.columns().size(); i++) {
      first.add(new ColumnReference(i, columns.get(i).type()));
    }
    return new Edge(
        new LinearPlan(
            new ProjectPlan(new InputPlan(0, columns), first, scan.columns()), List.of(delta)),
        List.of(),
        notAppend);
  }

  /** An expression over the stored columns as one over those that are read. */
  private static Expression over(
      Expression expression, TableTraits traits, List<OutputColumn> read) {
    Expression moved =
        ExpressionColumns.replace(
            expression,
            column -> {
              String name = traits.stored().get(column.index()).name();
              int place = read.stream().map(OutputColumn::name).toList().indexOf(name);
              return new ColumnReference(place, column.type());
            });
    if (moved == null) {
      throw new IllegalArgumentException(
          "an event time over columns that are not read: " + expression);
    }
    return moved;
  }

  private Edge filter(FilterPlan filter) {
    RankBound ranks = RankBound.of(filter);
    Edge input = ranks == null ? edge(filter.input()) : ranked(filter.input(), ranks);
    return linear(filter, List.of(input), input.bounds());
  }

  /** A plan down to a window of ranks, of which no more than some are wanted. */
  private Edge ranked(BatchPlan plan, RankBound ranks) {
    if (plan instanceof WindowPlan window) {
      return window(window, edge(window.input()), ranks);
    }
    Edge input = ranked(plan.inputs().get(0), ranks);
    return switch (plan) {
      case ProjectPlan project -> projected(project, input);
      case FilterPlan filter -> linear(filter, List.of(input), input.bounds());
      default -> input;
    };
  }

  /**
   * @param ranks what is wanted of it, or null for all rows
   */
  private Edge window(WindowPlan window, Edge input, @Nullable RankBound ranks) {
    boolean leavesOut = ranks != null && !input.plan().changing();
    return partition(
        ranks != null && leavesOut ? new FilterPlan(window, ranks.condition()) : window,
        List.of(input),
        List.of(window.partitionKeys()),
        window.partitionKeys(),
        leavesOut,
        "OVER");
  }

  private Edge setOperation(BatchPlan operation, String reason) {
    List<Integer> all = IntStream.range(0, operation.columns().size()).boxed().toList();
    List<Edge> inputs = operation.inputs().stream().map(this::edge).toList();
    return partition(operation, inputs, List.of(all, all), all, false, reason);
  }

  /**
   * A batch plan that treats the partitions of its inputs by themselves.
   *
   * @param keys by input the columns that partition it
   * @param given where the keys are in the result
   */
  private static Edge partition(
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

  private Edge project(ProjectPlan project) {
    return projected(project, edge(project.input()));
  }

  private static Edge projected(ProjectPlan project, Edge input) {
    List<TimeBound> bounds = new ArrayList<>();
    for (int i = 0; i < project.expressions().size(); i++) {
      if (project.expressions().get(i) instanceof ColumnReference reference) {
        TimeBound bound = input.bound(reference.index());
        if (bound != null) {
          bounds.add(new TimeBound(i, bound.plusMillis()));
        }
      }
    }
    return linear(project, List.of(input), bounds);
  }

  private Edge timeWindows(WindowTablePlan plan) {
    Edge input = edge(plan.input());
    List<TimeBound> bounds = new ArrayList<>(input.bounds());
    TimeOrigin origin = TimeOrigin.of(plan.input(), tables);
    if (origin != null && origin.isTime(plan.timeColumn(), tables)) {
      int columns = plan.input().columns().size();
      bounds.add(new TimeBound(columns, plan.sizeMillis()));
      bounds.add(new TimeBound(columns + 1, 0));
    }
    return linear(plan, List.of(input), bounds);
  }

  private Edge unnest(UnnestPlan unnest) {
    Edge input = edge(unnest.input());
    List<TimeBound> bounds = new ArrayList<>();
    for (int i = 0; i < unnest.kept().size(); i++) {
      TimeBound bound = input.bound(unnest.kept().get(i));
      if (bound != null) {
        bounds.add(new TimeBound(i, bound.plusMillis()));
      }
    }
    return linear(unnest, List.of(input), bounds);
  }

  private Edge union(UnionPlan union) {
    List<Edge> inputs = union.inputs().stream().map(this::edge).toList();
    List<Edge> growing = inputs.stream().filter(input -> !input.isStatic()).toList();
    List<TimeBound> bounds =
        growing.get(0).bounds().stream()
            .filter(
                bound ->
                    growing.stream().allMatch(input -> bound.equals(input.bound(bound.column()))))
            .toList();
    return linear(union, inputs, bounds);
  }

  /** A linear node over its inputs; linear plans below it become one with it. */
  private static Edge linear(BatchPlan node, List<Edge> inputs, List<TimeBound> bounds) {
    Merged merged =
        Merged.of(node, inputs, plan -> plan instanceof LinearPlan linear ? linear.body() : null);
    return new Edge(
        new LinearPlan(merged.body(), merged.inputs()), bounds, Edge.firstReason(inputs));
  }

  private Edge recompute(BatchPlan node, String reason) {
    return recompute(node, reason, node.inputs().stream().map(this::edge).toList());
  }

  private static Edge recompute(BatchPlan node, String reason, List<Edge> inputs) {
    Merged merged =
        Merged.of(node, inputs, plan -> plan instanceof RecomputePlan below ? below.body() : null);
    Set<String> reasons = new LinkedHashSet<>();
    reasons.add(reason);
    for (Edge input : inputs) {
      if (input.plan() instanceof RecomputePlan below) {
        reasons.add(below.reason());
      }
    }
    return new Edge(
        new RecomputePlan(merged.body(), merged.inputs(), String.join(", ", reasons)),
        List.of(),
        Modes.takenBack(reason));
  }

  /** All of it is one body, over what its parts read that do not depend on a round. */
  private Edge recursive(RecursivePlan recursive) {
    List<DeltaPlan> inputs = new ArrayList<>();
    BatchPlan body = body(recursive, recursive, inputs);
    String reason = "WITH RECURSIVE";
    return new Edge(new RecomputePlan(body, inputs, reason), List.of(), Modes.takenBack(reason));
  }

  private BatchPlan body(BatchPlan plan, RecursivePlan recursive, List<DeltaPlan> inputs) {
    if (plan != recursive && !recursive.isReadBy(plan)) {
      DeltaPlan input = edge(plan).plan();
      inputs.add(input);
      return new InputPlan(inputs.size() - 1, input.columns());
    }
    return plan.withInputs(
        plan.inputs().stream().map(input -> body(input, recursive, inputs)).toList());
  }

  /** Whether the result can be kept up to date by the rows that come and go. */
  private static boolean isIncremental(AggregateFunction function) {
    return switch (function) {
      case COUNT, SUM, SUM0, AVG, MIN, MAX, BOOL_AND, BOOL_OR, BIT_AND, BIT_OR, BIT_XOR -> true;
      case STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP, ANY_VALUE, SINGLE_VALUE -> true;
      case COVAR_POP, COVAR_SAMP -> true;
      case APPROX_COUNT_DISTINCT, APPROX_QUANTILE -> true;
      case SKEWNESS, KURTOSIS, KURTOSIS_POP, QUANTILE_CONT, QUANTILE_DISC -> false;
      case MODE, PRODUCT, HISTOGRAM, LISTAGG, ARRAY_AGG, MAP_AGG, ARG_MIN, ARG_MAX -> false;
      case USER -> true;
    };
  }

  private static boolean isSketch(AggregateFunction function) {
    return function == AggregateFunction.APPROX_COUNT_DISTINCT
        || function == AggregateFunction.APPROX_QUANTILE;
  }

  private Edge aggregate(AggregatePlan aggregate) {
    if (!aggregate.isSimple()) {
      return groupingSets(aggregate);
    }
    Edge input = edge(aggregate.input());
    String needsRows = needsRows(aggregate, input.plan().changing());
    if (needsRows != null) {
      List<Integer> keys = aggregate.keys();
      return partition(
          aggregate,
          List.of(input),
          List.of(keys),
          IntStream.range(0, keys.size()).boxed().toList(),
          false,
          needsRows);
    }
    TimeBound groupEnd = null;
    List<TimeBound> bounds = new ArrayList<>();
    for (int i = 0; i < aggregate.keys().size(); i++) {
      TimeBound bound = input.bound(aggregate.keys().get(i));
      if (bound != null) {
        bounds.add(new TimeBound(i, bound.plusMillis()));
        groupEnd =
            groupEnd == null || bound.plusMillis() < groupEnd.plusMillis()
                ? bounds.getLast()
                : groupEnd;
      }
    }
    DeltaAggregatePlan plan =
        new DeltaAggregatePlan(
            input.plan(), aggregate.keys(), aggregate.calls(), aggregate.columns(), groupEnd);
    boolean distinct = aggregate.calls().isEmpty() && !aggregate.keys().isEmpty();
    String notAppend =
        groupEnd != null
            ? input.notAppend()
            : distinct ? input.notAppend() : Modes.groupsNeverEnd(aggregate, tables);
    return new Edge(plan, bounds, notAppend);
  }

  /** Why an aggregate needs all rows of a group when one comes or goes, or null. */
  private static @Nullable String needsRows(AggregatePlan aggregate, boolean changing) {
    for (AggregateCall call : aggregate.calls()) {
      if (!isIncremental(call.function())) {
        return call.function().name();
      }
      if (changing && isSketch(call.function())) {
        // A sketch forgets what it would need to take a row away.
        return call.function() + " over rows that change";
      }
      UserMethod user = call.user();
      if (user != null && changing && !user.removes()) {
        return user.function() + " without remove";
      }
    }
    return null;
  }

  /**
   * A GROUP BY for each grouping set, over the same input, with NULLs for the keys that are not in
   * it.
   */
  private Edge groupingSets(AggregatePlan aggregate) {
    List<OutputColumn> columns = aggregate.columns();
    int keyCount = aggregate.keys().size();
    List<BatchPlan> parts = new ArrayList<>();
    for (List<Integer> set : aggregate.groupingSets()) {
      List<OutputColumn> own = new ArrayList<>(set.stream().map(columns::get).toList());
      own.addAll(columns.subList(keyCount, columns.size()));
      AggregatePlan part =
          new AggregatePlan(
              aggregate.input(),
              set.stream().map(aggregate.keys()::get).toList(),
              List.of(IntStream.range(0, set.size()).boxed().toList()),
              aggregate.calls(),
              own,
              -1);
      List<Expression> expressions = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        Type type = columns.get(i).type();
        int place = i < keyCount ? set.indexOf(i) : i - keyCount + set.size();
        expressions.add(place < 0 ? Literal.nullOf(type) : new ColumnReference(place, type));
      }
      parts.add(new ProjectPlan(part, expressions, columns));
    }
    return edge(new UnionPlan(parts, columns));
  }

  /** What both kinds of join have in common. */
  private record Join(
      BatchPlan plan,
      JoinKind kind,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      List<Boolean> nullsMatch,
      @Nullable Expression residual,
      List<OutputColumn> columns) {}

  private Edge join(Join join) {
    if (isStatic(join.plan().inputs().get(0)) && join.kind() == JoinKind.RIGHT) {
      return rightAsLeft(join);
    }
    Edge left = edge(join.plan().inputs().get(0));
    Edge right = edge(join.plan().inputs().get(1));
    int leftColumns = left.plan().columns().size();
    TimeBound ends = left.isStatic() || right.isStatic() ? null : endingKey(join, left, right);
    DeltaJoinPlan delta =
        new DeltaJoinPlan(
            left.plan(),
            right.plan(),
            join.kind(),
            join.leftKeys(),
            join.rightKeys(),
            join.nullsMatch(),
            join.residual(),
            join.columns(),
            ends);
    List<TimeBound> bounds = new ArrayList<>();
    if (right.isStatic()) {
      bounds.addAll(left.bounds());
    } else if (left.isStatic()) {
      right
          .bounds()
          .forEach(
              bound -> bounds.add(new TimeBound(leftColumns + bound.column(), bound.plusMillis())));
    } else if (ends != null) {
      bounds.add(new TimeBound(join.leftKeys().get(ends.column()), ends.plusMillis()));
      if (join.kind().givesRight()) {
        bounds.add(
            new TimeBound(leftColumns + join.rightKeys().get(ends.column()), ends.plusMillis()));
      }
    }
    if (!delta.bilinear()) {
      return new Edge(
          delta, List.of(), Modes.takenBack("a " + join.kind() + " JOIN of two growing inputs"));
    }
    return new Edge(delta, bounds, Edge.firstReason(List.of(left, right)));
  }

  /** The first key that is bounded alike on both sides, by its place in the keys, or null. */
  private static @Nullable TimeBound endingKey(Join join, Edge left, Edge right) {
    for (int i = 0; i < join.leftKeys().size(); i++) {
      TimeBound a = left.bound(join.leftKeys().get(i));
      TimeBound b = right.bound(join.rightKeys().get(i));
      if (a != null && b != null && a.plusMillis() == b.plusMillis()) {
        return new TimeBound(i, a.plusMillis());
      }
    }
    return null;
  }

  /** A RIGHT join with a static left side as a LEFT join of the sides changed about. */
  private Edge rightAsLeft(Join join) {
    List<OutputColumn> left = join.plan().inputs().get(0).columns();
    List<OutputColumn> right = join.plan().inputs().get(1).columns();
    Expression residual =
        join.residual() == null
            ? null
            : ExpressionColumns.replace(
                join.residual(),
                column ->
                    new ColumnReference(
                        column.index() < left.size()
                            ? column.index() + right.size()
                            : column.index() - left.size(),
                        column.type()));
    List<OutputColumn> turned =
        new ArrayList<>(join.columns().subList(left.size(), join.columns().size()));
    turned.addAll(join.columns().subList(0, left.size()));
    List<Expression> back = new ArrayList<>();
    for (int i = 0; i < join.columns().size(); i++) {
      Type type = join.columns().get(i).type();
      back.add(new ColumnReference(i < left.size() ? i + right.size() : i - left.size(), type));
    }
    NestedLoopJoinPlan sides =
        new NestedLoopJoinPlan(
            join.plan().inputs().get(1),
            join.plan().inputs().get(0),
            JoinKind.LEFT,
            residual,
            turned,
            -1);
    Edge joined =
        join(
            new Join(
                sides,
                JoinKind.LEFT,
                /* leftKeys= */ join.rightKeys(),
                /* rightKeys= */ join.leftKeys(),
                join.nullsMatch(),
                residual,
                turned));
    List<TimeBound> bounds =
        joined.bounds().stream()
            .map(b -> new TimeBound(b.column() + left.size(), b.plusMillis()))
            .toList();
    return linear(
        new ProjectPlan(new InputPlan(0, turned), back, join.columns()), List.of(joined), bounds);
  }

  private Edge limit(LimitPlan limit) {
    List<SortKey> keys = List.of();
    BatchPlan input = limit.input();
    while (input instanceof SortPlan || input instanceof ExchangePlan) {
      if (input instanceof SortPlan sort && keys.isEmpty()) {
        keys = sort.keys();
      }
      input = input.inputs().get(0);
    }
    return topN(input, keys, limit.limit() < 0 ? Long.MAX_VALUE : limit.limit(), limit.offset());
  }

  private Edge topN(BatchPlan input, List<SortKey> keys, long limit, long offset) {
    return new Edge(
        new DeltaTopNPlan(edge(input).plan(), keys, limit, offset),
        List.of(),
        Modes.takenBack(keys.isEmpty() ? "LIMIT" : "ORDER BY … LIMIT"));
  }
}
