package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.AsofJoinPlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExceptPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.IntersectPlan;
import dev.tidemill.plan.batch.LimitPlan;
import dev.tidemill.plan.batch.MatchPlan;
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
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.DeltaTopNPlan;
import dev.tidemill.plan.delta.EventTime;
import dev.tidemill.plan.delta.EventTime.TimeWindows;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.delta.TimeFilterPlan;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a batch plan, node by node, into a delta plan of the same meaning. Joins, aggregates and
 * what goes by partition have a part of it each.
 */
final class Derivation {
  /** Why what goes by the clock otherwise than by comparing a time with it is recomputed. */
  private static final String CLOCK = "CURRENT_TIMESTAMP";

  /** A row at the watermark may still come, one behind it may not. */
  private static final long AT_THE_WATERMARK_MILLIS = 1;

  private final Map<TableReference, TableTraits> tables;
  private final Map<TableReference, List<TimeWindows>> windows;

  /** Tables of which rows are late by their time: none behind the watermark is taken. */
  private final Set<TableReference> byTime;

  /** Those of them that a join, or sessions, are bounded by. */
  private final Set<TableReference> bounding = new HashSet<>();

  /** Whether ranks of which the first are wanted go by the watermark where they can. */
  private final boolean finalRanks;

  /** Whether rows of too great a rank are left out for ever, whenever rows come. */
  private boolean leavesRanksOut;

  private final JoinDerivation joins;
  private final AggregateDerivation aggregates;
  private final PartitionDerivation partitions;

  private Derivation(
      BatchPlan root,
      Map<TableReference, TableTraits> tables,
      Set<TableReference> byTime,
      boolean finalRanks) {
    this.tables = tables;
    this.finalRanks = finalRanks;
    this.windows = TimeOrigin.windows(root, tables);
    this.byTime = byTime;
    this.joins = new JoinDerivation(this);
    this.aggregates = new AggregateDerivation(this, tables);
    this.partitions = new PartitionDerivation(this, tables);
  }

  /**
   * Of a whole plan. Where it bounds the times of two tables by each other both are taken in the
   * order of time, but for what the watermark allows; whether a join does so is tried out.
   *
   * @param finalRanks whether {@code ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) = 1} has rows
   *     that are final behind the watermark, so that rows are late by their time, or rows that may
   *     come at any time and take the place of others
   */
  static Derivation of(
      BatchPlan root, Map<TableReference, TableTraits> tables, boolean finalRanks) {
    Set<TableReference> timed = new HashSet<>();
    tables.forEach(
        (table, traits) -> {
          if (!traits.isStatic() && traits.watermark() != null) {
            timed.add(table);
          }
        });
    Derivation tried = new Derivation(root, tables, timed, finalRanks);
    if (!timed.isEmpty() && !tried.readsStatic(root)) {
      tried.edge(root);
    }
    return new Derivation(root, tables, tried.bounding, finalRanks);
  }

  boolean finalRanks() {
    return finalRanks;
  }

  /** Notes that rows of too great a rank are left out. */
  void leaveRanksOut() {
    leavesRanksOut = true;
  }

  boolean leavesRanksOut() {
    return leavesRanksOut;
  }

  /** Whether rows of a table are late by their time. */
  boolean isByTime(TableReference table) {
    return byTime.contains(table);
  }

  /** Notes tables whose times bound what an operator keeps. */
  void bound(Collection<TableReference> timed) {
    bounding.addAll(timed);
  }

  /** The table whose time a column is, if rows of it may be late by that. */
  List<TableReference> timed(BatchPlan plan, int column) {
    TimeOrigin origin = byTime.isEmpty() ? null : TimeOrigin.of(plan, tables);
    return origin != null && byTime.contains(origin.table()) && origin.isMovedTime(column, tables)
        ? List.of(origin.table())
        : List.of();
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
  boolean isStatic(BatchPlan plan) {
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
      case SessionTablePlan sessions -> partitions.sessions(sessions);
      case UnnestPlan unnest -> unnest(unnest);
      case UnionPlan union -> union(union);
      case SortPlan sort -> edge(sort.input());
      case ExchangePlan exchange -> edge(exchange.input());
      case SharedPlan shared -> edge(shared.input());
      case AggregatePlan aggregate -> aggregates.aggregate(aggregate);
      case HashJoinPlan join ->
          joins.join(
              new JoinDerivation.Join(
                  join,
                  join.kind(),
                  join.leftKeys(),
                  join.rightKeys(),
                  join.nullsMatch(),
                  join.residual(),
                  join.columns()));
      case NestedLoopJoinPlan join -> joins.nestedLoopJoin(join);
      case AsofJoinPlan join -> joins.asofJoin(join);
      case TopNPlan top -> topN(top.input(), top.keys(), top.limit(), top.offset());
      case LimitPlan limit -> limit(limit);
      case IntersectPlan intersect -> partitions.setOperation(intersect, "INTERSECT");
      case ExceptPlan except -> partitions.setOperation(except, "EXCEPT");
      case WindowPlan window -> partitions.window(window, edge(window.input()), null);
      case MatchPlan match -> partitions.match(match, edge(match.input()));
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
  List<TimeBound> times(BatchPlan plan) {
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
    Edge input = ranks == null ? edge(filter.input()) : partitions.ranked(filter.input(), ranks);
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

  private Edge project(ProjectPlan project) {
    return projected(project, edge(project.input()));
  }

  Edge projected(ProjectPlan project, Edge input) {
    List<TimeBound> bounds = new ArrayList<>();
    for (TimeBound time : times(project)) {
      if (!(project.expressions().get(time.column()) instanceof ColumnReference)) {
        bounds.add(time);
      }
    }
    for (int i = 0; i < project.expressions().size(); i++) {
      MovedTime moved = MovedTime.of(project.expressions().get(i));
      TimeBound bound = moved == null ? null : input.bound(moved.column());
      if (moved != null && bound != null) {
        bounds.add(new TimeBound(i, bound.plusMillis() + moved.minusMillis()));
      }
    }
    return linear(project, List.of(input), bounds);
  }

  private Edge timeWindows(WindowTablePlan plan) {
    Edge input = edge(plan.input());
    List<TimeBound> bounds = new ArrayList<>(input.bounds());
    List<TimeOrigin> origins = TimeOrigin.all(plan.input(), tables);
    if (TimeOrigin.isTime(origins, plan.timeColumn(), tables)) {
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
  static Edge linear(BatchPlan node, List<Edge> inputs, List<TimeBound> bounds) {
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
