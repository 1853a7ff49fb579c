package dev.tidemill.planner.delta;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.AsofJoinPlan;
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
import dev.tidemill.plan.batch.SessionTablePlan;
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
import dev.tidemill.plan.delta.DeltaAsofJoinPlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.DeltaTopNPlan;
import dev.tidemill.plan.delta.EventTime;
import dev.tidemill.plan.delta.EventTime.TimeWindows;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.delta.OrderBound;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.SessionBound;
import dev.tidemill.plan.delta.SessionGroups;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.delta.TimeFilterPlan;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.user.UserMethod;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Turns a batch plan, node by node, into a delta plan of the same meaning. */
final class Derivation {
  /** Why what goes by the clock otherwise than by comparing a time with it is recomputed. */
  private static final String CLOCK = "CURRENT_TIMESTAMP";

  /** A row at the watermark may still come, one behind it may not. */
  private static final long AT_THE_WATERMARK_MILLIS = 1;

  private final Map<TableReference, TableTraits> tables;
  private final Map<TableReference, List<TimeWindows>> windows;

  /** Tables of which rows are late by their time: none behind the watermark is taken. */
  private final Set<TableReference> byTime;

  /** Those of them that a join bounds the time of by another's. */
  private final Set<TableReference> bounding = new HashSet<>();

  private Derivation(
      BatchPlan root, Map<TableReference, TableTraits> tables, Set<TableReference> byTime) {
    this.tables = tables;
    this.windows = TimeOrigin.windows(root, tables);
    this.byTime = byTime;
  }

  /**
   * Of a whole plan. Where it bounds the times of two tables by each other both are taken in the
   * order of time, but for what the watermark allows; whether a join does so is tried out.
   */
  static Derivation of(BatchPlan root, Map<TableReference, TableTraits> tables) {
    Set<TableReference> timed = new HashSet<>();
    tables.forEach(
        (table, traits) -> {
          if (!traits.isStatic() && traits.watermark() != null) {
            timed.add(table);
          }
        });
    Derivation tried = new Derivation(root, tables, timed);
    if (!timed.isEmpty() && !tried.readsStatic(root)) {
      tried.edge(root);
    }
    return new Derivation(root, tables, tried.bounding);
  }

  private TableTraits traits(TableReference table) {
    TableTraits traits = tables.get(table);
    if (traits == null) {
      throw new IllegalArgumentException("no traits of " + table);
    }
    return traits;
  }

  /** Whether a plan reads nothing that may grow. */
  boolean readsStatic(BatchPlan plan) {
    return (!(plan instanceof ScanPlan scan) || traits(scan.table()).isStatic())
        && plan.inputs().stream().allMatch(this::readsStatic);
  }

  /** Whether a plan's rows never change: it reads nothing that may grow, and not the clock. */
  private boolean isStatic(BatchPlan plan) {
    return readsStatic(plan) && !ClockConditions.isWithin(plan);
  }

  Edge edge(BatchPlan plan) {
    if (isStatic(plan)) {
      return new Edge(new StaticPlan(plan), List.of(), null);
    }
    if (!(plan instanceof FilterPlan) && ClockConditions.goesByClock(plan)) {
      return recompute(plan, CLOCK);
    }
    return switch (plan) {
      case ScanPlan scan -> scan(scan);
      case FilterPlan filter -> filter(filter);
      case ProjectPlan project -> project(project);
      case WindowTablePlan timeWindows -> timeWindows(timeWindows);
      case SessionTablePlan sessions -> sessions(sessions);
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
      case AsofJoinPlan join -> asofJoin(join);
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
      List<TimeBound> bounds = new ArrayList<>();
      for (int i = 0; i < scan.columns().size(); i++) {
        Long plusMillis = traits.bounds().get(scan.columns().get(i).name());
        if (plusMillis != null) {
          bounds.add(new TimeBound(i, plusMillis));
        }
      }
      DeltaScanPlan plan =
          new DeltaScanPlan(
              scan.table(),
              scan.columns(),
              null,
              scan.filters(),
              traits.changing(),
              kept,
              !traits.bounds().isEmpty());
      return new Edge(plan, bounds, notAppend);
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
            byTime.contains(scan.table())
                ? new EventTime.ByTime()
                : cuts.isEmpty() ? new EventTime.Never() : new EventTime.ByWindow(cuts),
            watermark.maxAheadMillis(),
            watermark.idleTimeoutMillis());
    DeltaScanPlan delta =
        new DeltaScanPlan(
            scan.table(), columns, eventTime, scan.filters(), traits.changing(), kept);
    List<TimeBound> bounds = times(scan);
    if (columns.size() == scan.columns().size()) {
      return new Edge(delta, bounds, notAppend);
    }
    List<Expression> first = new ArrayList<>();
    for (int i = 0; i < scan.columns().size(); i++) {
      first.add(new ColumnReference(i, columns.get(i).type()));
    }
    return new Edge(
        new LinearPlan(
            new ProjectPlan(new InputPlan(0, columns), first, scan.columns()), List.of(delta)),
        bounds,
        notAppend);
  }

  /** The columns of a plan that are the time of a table whose rows are late by it. */
  private List<TimeBound> times(BatchPlan plan) {
    TimeOrigin origin = byTime.isEmpty() ? null : TimeOrigin.of(plan, tables);
    List<TimeBound> times = new ArrayList<>();
    if (origin != null && byTime.contains(origin.table())) {
      for (int i = 0; i < plan.columns().size(); i++) {
        if (origin.isTime(i, tables)) {
          times.add(new TimeBound(i, AT_THE_WATERMARK_MILLIS));
        }
      }
    }
    return times;
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
    if (ClockConditions.goesByClock(filter)) {
      return filterByClock(filter);
    }
    RankBound ranks = RankBound.of(filter);
    Edge input = ranks == null ? edge(filter.input()) : ranked(filter.input(), ranks);
    return linear(filter, List.of(input), input.bounds());
  }

  private Edge filterByClock(FilterPlan filter) {
    ClockConditions conditions = ClockConditions.of(filter.condition());
    if (conditions == null) {
      return recompute(filter, CLOCK);
    }
    Edge input = edge(filter.input());
    if (!conditions.plain().isEmpty()) {
      Expression plain =
          conditions.plain().size() == 1 ? conditions.plain().get(0) : new And(conditions.plain());
      input = linear(new FilterPlan(filter.input(), plain), List.of(input), List.of());
    }
    TimeFilterPlan plan = new TimeFilterPlan(input.plan(), conditions.timed());
    return new Edge(plan, List.of(), plan.removes() ? Modes.GO_AS_TIME_PASSES : input.notAppend());
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
    Edge edge =
        partition(
            ranks != null && leavesOut ? new FilterPlan(window, ranks.condition()) : window,
            List.of(input),
            List.of(window.partitionKeys()),
            window.partitionKeys(),
            leavesOut,
            "OVER");
    if (leavesOut || !(edge.plan() instanceof DeltaPartitionPlan plan)) {
      return edge;
    }
    DeltaPartitionPlan merged = WindowsOverWindows.merged(plan);
    OrderBound order = merged == plan ? WindowOrder.bound(window, plan, input) : null;
    if (order == null) {
      return new Edge(merged, edge.bounds(), edge.notAppend());
    }
    // A change reaches no row before those that come, whose times are theirs.
    List<TimeBound> bounds = new ArrayList<>(edge.bounds());
    bounds.add(order.time());
    return new Edge(plan.inOrder(order), bounds, null);
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

  private Edge projected(ProjectPlan project, Edge input) {
    List<TimeBound> bounds = new ArrayList<>();
    for (TimeBound time : times(project)) {
      if (!(project.expressions().get(time.column()) instanceof ColumnReference)) {
        bounds.add(time);
      }
    }
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
    } else if (input.bound(plan.timeColumn()) instanceof TimeBound time) {
      // A window's end is behind the time of each of its rows.
      int columns = plan.input().columns().size();
      bounds.add(new TimeBound(columns, plan.sizeMillis() + time.plusMillis()));
      bounds.add(new TimeBound(columns + 1, time.plusMillis()));
    }
    return linear(plan, List.of(input), bounds);
  }

  private Edge sessions(SessionTablePlan plan) {
    Edge input = edge(plan.input());
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

  private static List<TimeBound> boundOf(Edge input, int column) {
    TimeBound bound = input.bound(column);
    return bound == null ? List.of() : List.of(bound);
  }

  /** The bound of the time by which rows are in sessions; of a table, rows are late by it then. */
  private @Nullable TimeBound sessionTime(SessionTablePlan plan, Edge input) {
    TimeOrigin origin = TimeOrigin.of(plan.input(), tables);
    if (origin != null
        && byTime.contains(origin.table())
        && origin.isTime(plan.timeColumn(), tables)) {
      bounding.add(origin.table());
    }
    return input.bound(plan.timeColumn());
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
    boolean byClock = ClockConditions.goesByClock(node);
    for (Edge input : inputs) {
      if (input.plan() instanceof RecomputePlan below) {
        reasons.add(below.reason());
        byClock |= below.byClock();
      }
    }
    return new Edge(
        new RecomputePlan(merged.body(), merged.inputs(), String.join(", ", reasons), byClock),
        List.of(),
        reason.equals(CLOCK) ? Modes.GO_AS_TIME_PASSES : Modes.takenBack(reason));
  }

  /** All of it is one body, over what its parts read that do not depend on a round. */
  private Edge recursive(RecursivePlan recursive) {
    List<DeltaPlan> inputs = new ArrayList<>();
    BatchPlan body = body(recursive, recursive, inputs);
    String reason = "WITH RECURSIVE";
    return new Edge(
        new RecomputePlan(body, inputs, reason, ClockConditions.isWithin(body)),
        List.of(),
        Modes.takenBack(reason));
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
            ? null
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
    boolean bothGrow = !left.isStatic() && !right.isStatic();
    boolean isNullAware =
        join.kind() == JoinKind.NULL_AWARE_ANTI || join.kind() == JoinKind.NULL_AWARE_LEFT_MARK;
    TimeBound ends = bothGrow && !isNullAware ? endingKey(join, left, right) : null;
    SideEnds sides =
        bothGrow && !isNullAware && ends == null
            ? sideEnds(join, left, right)
            : new SideEnds(null, null);
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
            ends,
            sides.left(),
            sides.right(),
            ends == null && sides.left() == null && sides.right() == null
                ? askedSide(join, left.plan(), right.plan())
                : null);
    List<TimeBound> bounds = new ArrayList<>();
    if (!bothGrow) {
      if (delta.bilinear()) {
        bounds.addAll(left.isStatic() ? moved(right.bounds(), leftColumns) : left.bounds());
      }
    } else if (ends != null) {
      TimeBound byLeft = new TimeBound(join.leftKeys().get(ends.column()), ends.plusMillis());
      TimeBound byRight = new TimeBound(join.rightKeys().get(ends.column()), ends.plusMillis());
      bounds.addAll(bounds(join.kind(), byLeft, byRight, leftColumns));
    } else {
      bounds.addAll(
          bounds(join.kind(), later(sides.left(), left), later(sides.right(), right), leftColumns));
    }
    String notAppend = Edge.firstReason(List.of(left, right));
    if (notAppend == null && !delta.bilinear() && !delta.closes() && delta.changing()) {
      notAppend =
          bothGrow
              ? Modes.joinNeverEnds(join.kind())
              : Modes.takenBack("a " + join.kind() + " JOIN");
    }
    return new Edge(delta, bounds, notAppend);
  }

  /** The side of a join that is an aggregate by just the keys of the join, or null. */
  private static @Nullable Integer askedSide(Join join, DeltaPlan left, DeltaPlan right) {
    if (join.kind() != JoinKind.INNER
        || left instanceof StaticPlan
        || right instanceof StaticPlan
        || !sameTypes(join, left, right)) {
      return null;
    }
    return isAggregateBy(join.rightKeys(), right)
        ? Integer.valueOf(1)
        : isAggregateBy(join.leftKeys(), left) ? Integer.valueOf(0) : null;
  }

  private static boolean sameTypes(Join join, DeltaPlan left, DeltaPlan right) {
    return IntStream.range(0, join.leftKeys().size())
        .allMatch(
            i ->
                left.columns()
                    .get(join.leftKeys().get(i))
                    .type()
                    .equals(right.columns().get(join.rightKeys().get(i)).type()));
  }

  private static boolean isAggregateBy(List<Integer> keys, DeltaPlan plan) {
    return plan instanceof DeltaAggregatePlan aggregate
        && !keys.isEmpty()
        && aggregate.bound() == null
        && SessionGroups.of(aggregate) == null
        && keys.stream().sorted().toList().equals(places(aggregate.keys().size()));
  }

  private static List<Integer> places(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /**
   * Rows of both sides that come are bounded by the watermark. Of a join that looks back, left rows
   * behind it are final, and of the right rows behind it those that have another such behind them
   * match nothing any more. Of one that looks forward, right rows behind it match no left row to
   * come, and left rows that one of them is the match of are final; the others wait, since the next
   * right row may be far away.
   */
  private Edge asofJoin(AsofJoinPlan join) {
    Edge left = edge(join.left());
    Edge right = edge(join.right());
    TimeBound leftComes = left.bound(join.leftTime());
    TimeBound rightComes = right.bound(join.rightTime());
    boolean ends = !left.isStatic() && !right.isStatic() && leftComes != null && rightComes != null;
    TimeBound leftEnd = null;
    TimeBound rightEnd = null;
    List<TimeBound> bounds = new ArrayList<>();
    if (right.isStatic()) {
      bounds.addAll(left.bounds());
    }
    if (ends && leftComes != null && rightComes != null) {
      long later = Math.max(leftComes.plusMillis(), rightComes.plusMillis());
      boolean looksBack = join.comparison().looksBack();
      leftEnd = new TimeBound(join.leftTime(), looksBack ? rightComes.plusMillis() : later);
      rightEnd = new TimeBound(join.rightTime(), later);
      if (looksBack) {
        bounds.add(new TimeBound(join.leftTime(), later));
      } else if (!join.outer()) {
        int leftColumns = join.left().columns().size();
        bounds.add(new TimeBound(leftColumns + join.rightTime(), later));
      }
      bounding.addAll(timed(join.left(), join.leftTime()));
      bounding.addAll(timed(join.right(), join.rightTime()));
    }
    DeltaAsofJoinPlan delta =
        new DeltaAsofJoinPlan(
            left.plan(),
            right.plan(),
            join.outer(),
            join.leftKeys(),
            join.rightKeys(),
            join.nullsMatch(),
            join.leftTime(),
            join.rightTime(),
            join.comparison(),
            join.ties(),
            join.columns(),
            leftEnd,
            rightEnd);
    String notAppend = Edge.firstReason(List.of(left, right));
    if (notAppend == null && !delta.pinsRight() && !delta.closes()) {
      notAppend = Modes.asofJoinNeverEnds();
    }
    return new Edge(delta, bounds, notAppend);
  }

  private static List<TimeBound> moved(List<TimeBound> bounds, int by) {
    return bounds.stream().map(b -> new TimeBound(b.column() + by, b.plusMillis())).toList();
  }

  /** When rows of either side can have no more matches, by the distance of their times. */
  private record SideEnds(@Nullable TimeBound left, @Nullable TimeBound right) {}

  private SideEnds sideEnds(Join join, Edge left, Edge right) {
    int leftColumns = left.plan().columns().size();
    TimeBound ofLeft = null;
    TimeBound ofRight = null;
    Set<TableReference> timed = new HashSet<>();
    for (TimeDistance distance : TimeDistance.of(join.residual(), leftColumns)) {
      boolean isLeft = distance.earlier() < leftColumns;
      Edge later = isLeft ? right : left;
      int laterColumn = isLeft ? distance.later() - leftColumns : distance.later();
      TimeBound come = later.bound(laterColumn);
      if (come == null) {
        continue;
      }
      TimeBound end =
          new TimeBound(
              isLeft ? distance.earlier() : distance.earlier() - leftColumns,
              distance.plusMillis() + come.plusMillis());
      if (isLeft) {
        ofLeft = sooner(ofLeft, end);
      } else {
        ofRight = sooner(ofRight, end);
      }
      timed.addAll(timed(join.plan().inputs().get(isLeft ? 1 : 0), laterColumn));
    }
    if (ofLeft != null && ofRight != null) {
      bounding.addAll(timed);
    }
    return new SideEnds(ofLeft, ofRight);
  }

  private static TimeBound sooner(@Nullable TimeBound known, TimeBound other) {
    return known == null || other.plusMillis() < known.plusMillis() ? other : known;
  }

  /** The table whose time a column is, if rows of it may be late by that. */
  private List<TableReference> timed(BatchPlan plan, int column) {
    return times(plan).stream().anyMatch(time -> time.column() == column)
        ? List.of(Objects.requireNonNull(TimeOrigin.of(plan, tables)).table())
        : List.of();
  }

  /**
   * By when rows of the result come: those with a row of this side that comes now as that does, and
   * those with an older one not after it can have no more matches.
   */
  private static @Nullable TimeBound later(@Nullable TimeBound end, Edge side) {
    if (end == null) {
      return null;
    }
    TimeBound own = side.bound(end.column());
    return own == null
        ? null
        : new TimeBound(end.column(), Math.max(own.plusMillis(), end.plusMillis()));
  }

  /** The bounds of the result, but of columns that are NULL in rows without a match. */
  private static List<TimeBound> bounds(
      JoinKind kind, @Nullable TimeBound left, @Nullable TimeBound right, int leftColumns) {
    boolean givesLeft =
        switch (kind) {
          case INNER, LEFT, SEMI, ANTI, LEFT_MARK -> true;
          case RIGHT, FULL, NULL_AWARE_ANTI, NULL_AWARE_LEFT_MARK -> false;
        };
    boolean givesRight =
        switch (kind) {
          case INNER, RIGHT -> true;
          case LEFT, FULL, SEMI, ANTI, LEFT_MARK, NULL_AWARE_ANTI, NULL_AWARE_LEFT_MARK -> false;
        };
    List<TimeBound> bounds = new ArrayList<>();
    if (givesLeft && left != null) {
      bounds.add(left);
    }
    if (givesRight && right != null) {
      bounds.add(new TimeBound(leftColumns + right.column(), right.plusMillis()));
    }
    return bounds;
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
