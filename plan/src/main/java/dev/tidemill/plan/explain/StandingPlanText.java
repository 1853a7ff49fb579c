package dev.tidemill.plan.explain;

import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SessionTablePlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowReach;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaAsofJoinPlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.DeltaTopNPlan;
import dev.tidemill.plan.delta.DynamicFilterPlan;
import dev.tidemill.plan.delta.EventTime;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.delta.OrderBound;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.SessionBound;
import dev.tidemill.plan.delta.SessionGroups;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.delta.TimeFilterPlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A standing plan as EXPLAIN shows it: which output modes are legal and why others are not, then
 * the operators as a tree, each with what it keeps between steps and what bounds that.
 *
 * <pre>
 * Output modes: APPEND, UPDATE, COMPLETE
 *   APPEND gives a row when the watermark is at window_start + 10 s
 * Key: window_start
 * Aggregate by window_start: COUNT(*) AS n | changing | keeps its accumulators per group until window_start + 10 s, bounded by watermark ts - 5 s
 *   Tumble ts every 10 s | insert-only
 *     Scan tidemill.main.bid [ts] | watermark ts - INTERVAL '5' SECOND, late where its first window is closed | insert-only
 * </pre>
 */
public final class StandingPlanText {
  private StandingPlanText() {}

  /** The lines, each ended by a line feed. */
  public static String of(StandingPlan plan) {
    StringBuilder text = new StringBuilder("Output modes: ");
    text.append(plan.modes().stream().map(OutputMode::name).collect(Collectors.joining(", ")))
        .append('\n');
    if (plan.modes().contains(OutputMode.APPEND)) {
      text.append("  APPEND gives a row ")
          .append(
              plan.appendsOtherwise()
                  ? "when the watermark has passed it, and is planned otherwise: rows are late by their time then"
                  : finality(plan.root()))
          .append('\n');
    }
    for (OutputMode mode : OutputMode.values()) {
      String reason = plan.illegal().get(mode);
      if (reason != null) {
        text.append("  ").append(reason).append('\n');
      }
    }
    if (!plan.key().isEmpty()) {
      text.append("Key: ").append(names(plan.key(), plan.keptColumns())).append('\n');
    }
    if (plan.timeColumn() >= 0) {
      text.append("Time: ").append(plan.columns().get(plan.timeColumn()).name()).append('\n');
    }
    if (!plan.order().isEmpty()) {
      text.append("Order: ").append(keys(plan.order(), plan.keptColumns())).append('\n');
    }
    write(plan.root(), 0, text);
    return text.toString();
  }

  private static void write(DeltaPlan plan, int depth, StringBuilder text) {
    switch (plan) {
      case LinearPlan linear -> body(linear.body(), linear.inputs(), edge(plan), depth, text);
      case RecomputePlan recompute -> {
        line(
            depth,
            "RECOMPUTED every step over all rows: "
                + recompute.reason()
                + " | changing | keeps its inputs"
                + unbounded(recompute),
            text);
        body(recompute.body(), recompute.inputs(), "", depth + 1, text);
      }
      case DeltaPartitionPlan partition -> {
        line(depth, partition(partition) + edge(plan) + kept(partition), text);
        body(partition.body(), partition.inputs(), "", depth + 1, text);
      }
      case StaticPlan fixed -> {
        line(depth, "Static | pinned at the first step", text);
        body(fixed.body(), List.of(), "", depth + 1, text);
      }
      case DeltaScanPlan scan -> line(depth, scan(scan) + edge(plan) + kept(scan), text);
      case DeltaAggregatePlan aggregate -> aggregate(aggregate, depth, text);
      case DeltaJoinPlan join -> line(depth, join(join) + edge(plan) + kept(join), text);
      case DeltaAsofJoinPlan join -> line(depth, asofJoin(join) + edge(plan) + kept(join), text);
      case TimeFilterPlan filter -> line(depth, filter(filter) + edge(plan) + kept(filter), text);
      case DynamicFilterPlan filter ->
          line(depth, filter(filter) + edge(plan) + kept(filter), text);
      case DeltaTopNPlan top ->
          line(depth, topN(top) + edge(plan) + " | keeps " + keptRows(top), text);
    }
    if (!(plan instanceof LinearPlan)
        && !(plan instanceof DeltaAggregatePlan)
        && !(plan instanceof RecomputePlan)
        && !(plan instanceof DeltaPartitionPlan)) {
      plan.inputs().forEach(input -> write(input, depth + 1, text));
    }
  }

  private static void aggregate(DeltaAggregatePlan aggregate, int depth, StringBuilder text) {
    SessionGroups sessions = SessionGroups.of(aggregate);
    if (sessions == null) {
      line(depth, aggregate(aggregate) + edge(aggregate) + kept(aggregate), text);
      write(aggregate.input(), depth + 1, text);
      return;
    }
    List<OutputColumn> rows = sessions.input().columns();
    SessionBound bound = sessions.bound();
    String end = bound == null ? null : "the last " + end(bound.ofLast(), rows);
    line(
        depth,
        aggregate(aggregate)
            + edge(aggregate)
            + " | keeps its accumulators per session"
            + until(end, aggregate),
        text);
    BatchPlan table =
        new SessionTablePlan(
            new InputPlan(0, rows), sessions.keys(), sessions.timeColumn(), sessions.gapMillis());
    line(depth + 1, PlanText.line(table), text);
    write(sessions.input(), depth + 2, text);
  }

  private static String finality(DeltaPartitionPlan partition) {
    if (partition.sessions() != null) {
      int end = partition.columns().size() - 1;
      return at(end(new TimeBound(end, partition.sessions().plusMillis()), partition.columns()));
    }
    DeltaPlan input = partition.inputs().get(0);
    if (partition.order() != null && partition.body() instanceof MatchPlan) {
      return "when rows behind the watermark decide its match";
    }
    if (partition.order() != null && partition.order().aheadRows() > 0) {
      return "when the watermark has passed the rows that it looks ahead to";
    }
    if (partition.order() != null) {
      return at(end(partition.order().time(), input.columns()));
    }
    return partition.bound() == null
        ? finality(input)
        : at(end(partition.bound(), partition.keys().get(0), input.columns()));
  }

  /** When a row is final, that is, when APPEND gives it. */
  private static String finality(DeltaPlan plan) {
    if (!plan.changing()) {
      return "at once: it cannot change any more";
    }
    return switch (plan) {
      case DeltaAggregatePlan aggregate ->
          aggregate.bound() == null
              ? finality(aggregate.input())
              : at(end(aggregate.bound(), aggregate.keys(), aggregate.input().columns()));
      case DeltaPartitionPlan partition -> finality(partition);
      case DeltaJoinPlan join -> {
        DeltaPlan changing =
            join.inputs().stream().filter(DeltaPlan::changing).findFirst().orElse(join);
        if (changing != join && join.bilinear()) {
          yield finality(changing);
        }
        yield "with a match at once, without one " + at(ends(join));
      }
      case DeltaAsofJoinPlan join -> {
        TimeBound left = join.leftEnd();
        TimeBound right = join.rightEnd();
        if (left == null || join.pinsRight()) {
          yield finality(join.left());
        }
        yield join.comparison().looksBack() || right == null
            ? at(end(left, join.left().columns()))
            : at(end(right, join.right().columns())) + " of its match";
      }
      default ->
          plan.inputs().stream()
              .filter(DeltaPlan::changing)
              .findFirst()
              .map(StandingPlanText::finality)
              .orElse("at once");
    };
  }

  private static String at(String end) {
    return "when the watermark is at " + end;
  }

  /** Batch nodes, with the delta plans in the places of their inputs. */
  private static void body(
      BatchPlan plan, List<DeltaPlan> inputs, String edge, int depth, StringBuilder text) {
    if (plan instanceof InputPlan input) {
      write(inputs.get(input.number()), depth, text);
      return;
    }
    line(depth, PlanText.line(plan) + edge, text);
    plan.inputs().forEach(input -> body(input, inputs, edge, depth + 1, text));
  }

  private static void line(int depth, String line, StringBuilder text) {
    text.append("  ".repeat(depth)).append(line).append('\n');
  }

  private static String edge(DeltaPlan plan) {
    return plan.changing() ? " | changing" : " | insert-only";
  }

  private static String scan(DeltaScanPlan scan) {
    StringBuilder text = new StringBuilder("Scan ").append(scan.table()).append(' ');
    text.append(
        scan.columns().stream()
            .map(OutputColumn::name)
            .collect(Collectors.joining(", ", "[", "]")));
    IntFunction<String> names = i -> scan.columns().get(i).name();
    if (!scan.filters().isEmpty()) {
      text.append(" where ");
      text.append(
          scan.filters().stream()
              .map(f -> ExpressionText.of(f, names))
              .collect(Collectors.joining(" AND ")));
    }
    if (scan.ofResult()) {
      text.append(" | watermark of its query");
    }
    EventTime eventTime = scan.eventTime();
    if (eventTime != null) {
      text.append(" | watermark ")
          .append(ExpressionText.of(eventTime.watermark(), names))
          .append(", ");
      text.append(
          switch (eventTime.lateness()) {
            case EventTime.Never never -> "no row is late";
            case EventTime.ByWindow window -> "late where its first window is closed";
            case EventTime.ByTime time -> "late where its time is before it";
          });
    }
    return text.toString();
  }

  private static String kept(DeltaScanPlan scan) {
    return scan.key().isEmpty()
        ? ""
        : " | keeps the last row per " + String.join(", ", scan.key()) + ", UNBOUNDED";
  }

  private static String aggregate(DeltaAggregatePlan aggregate) {
    List<OutputColumn> input = aggregate.input().columns();
    String keys = names(aggregate.keys(), input);
    if (aggregate.calls().isEmpty()) {
      return "Distinct " + keys;
    }
    String calls =
        IntStream.range(0, aggregate.calls().size())
            .mapToObj(
                i ->
                    PlanText.named(
                        call(aggregate.calls().get(i), input),
                        aggregate.columns().get(aggregate.keys().size() + i).name()))
            .collect(Collectors.joining(", "));
    return aggregate.keys().isEmpty()
        ? "Aggregate " + calls
        : "Aggregate by " + keys + ": " + calls;
  }

  private static String call(AggregateCall call, List<OutputColumn> input) {
    String arguments = call.arguments().isEmpty() ? "*" : names(call.arguments(), input);
    String text =
        call.functionName() + "(" + (call.distinct() ? "DISTINCT " : "") + arguments + ")";
    return call.filter() < 0 ? text : text + " FILTER (" + input.get(call.filter()).name() + ")";
  }

  private static String kept(DeltaAggregatePlan aggregate) {
    String what = aggregate.calls().isEmpty() ? "a count" : "its accumulators";
    String per =
        aggregate.keys().isEmpty() ? "" : aggregate.calls().isEmpty() ? " per row" : " per group";
    return " | keeps "
        + what
        + per
        + (aggregate.keepsOneRow()
            ? ""
            : until(
                aggregate.bound() == null
                    ? null
                    : end(aggregate.bound(), aggregate.keys(), aggregate.input().columns()),
                aggregate));
  }

  private static String join(DeltaJoinPlan join) {
    List<OutputColumn> left = join.left().columns();
    List<OutputColumn> right = join.right().columns();
    String keys =
        IntStream.range(0, join.leftKeys().size())
            .mapToObj(
                i ->
                    left.get(join.leftKeys().get(i)).name()
                        + (join.nullsMatch().get(i) ? " IS NOT DISTINCT FROM " : " = ")
                        + right.get(join.rightKeys().get(i)).name())
            .collect(Collectors.joining(" AND "));
    Expression residual = join.residual();
    String condition = residual == null ? "" : " if " + condition(residual, left, right);
    return "Join " + join.kind() + (keys.isEmpty() ? "" : " on " + keys) + condition;
  }

  /** A condition over the columns of two sides. */
  private static String condition(
      Expression condition, List<OutputColumn> left, List<OutputColumn> right) {
    return ExpressionText.of(
        condition, i -> i < left.size() ? left.get(i).name() : right.get(i - left.size()).name());
  }

  private static String kept(DeltaJoinPlan join) {
    boolean leftFixed = join.left() instanceof StaticPlan && join.bilinear();
    boolean rightFixed = join.right() instanceof StaticPlan && join.bilinear();
    String what =
        leftFixed
            ? "the rows of the left side"
            : rightFixed ? "the rows of the right side" : "the rows of both sides";
    if (leftFixed || rightFixed) {
      return " | keeps " + what + ", which is static";
    }
    if (join.asked() != null) {
      return " | keeps the rows of the %s side and asks the groups of the other"
              .formatted(join.asks(0) ? "right" : "left")
          + until(null, join);
    }
    boolean isBounded = join.ends(0) && join.ends(1);
    String partly =
        !isBounded && (join.ends(0) || join.ends(1))
            ? " (of the %s side until %s)".formatted(join.ends(0) ? "left" : "right", ends(join))
            : "";
    return " | keeps " + what + partly + until(isBounded ? ends(join) : null, join);
  }

  /** When rows of a join end. */
  private static String ends(DeltaJoinPlan join) {
    TimeBound byKey = join.bound();
    TimeBound left = join.leftEnd();
    TimeBound right = join.rightEnd();
    if (byKey != null) {
      return end(byKey, join.leftKeys(), join.left().columns());
    }
    String ofLeft = left == null ? "" : end(left, join.left().columns()) + " (left)";
    String ofRight = right == null ? "" : end(right, join.right().columns()) + " (right)";
    return ofLeft + (left == null || right == null ? "" : " and ") + ofRight;
  }

  private static String asofJoin(DeltaAsofJoinPlan join) {
    List<OutputColumn> left = join.left().columns();
    List<OutputColumn> right = join.right().columns();
    return PlanText.asofJoin(
        join.outer(),
        left,
        right,
        join.leftKeys(),
        join.rightKeys(),
        join.nullsMatch(),
        left.get(join.leftTime()).name()
            + " "
            + join.comparison().symbol()
            + " "
            + right.get(join.rightTime()).name());
  }

  private static String kept(DeltaAsofJoinPlan join) {
    if (join.pinsRight()) {
      return " | keeps the rows of the right side, which is static";
    }
    TimeBound left = join.leftEnd();
    TimeBound right = join.rightEnd();
    if (left == null || right == null) {
      return " | keeps the rows of both sides" + unbounded(join);
    }
    if (!join.comparison().looksBack()) {
      return " | keeps the rows of the right side"
          + until(end(right, join.right().columns()), join)
          + ", and left rows until their match is behind that";
    }
    String last = join.rightKeys().isEmpty() ? "the last row" : "the last row of each key";
    return " | keeps the rows of both sides"
        + until(
            end(left, join.left().columns())
                + " (left) and "
                + end(right, join.right().columns())
                + " (right)",
            join)
        + ", and "
        + last
        + " of the right side";
  }

  /**
   * @param end null where nothing bounds what is kept
   */
  private static String until(@Nullable String end, DeltaPlan plan) {
    return end == null ? unbounded(plan) : " until " + end + ", bounded by " + watermarks(plan);
  }

  /** Of what no watermark bounds. */
  private static String unbounded(DeltaPlan plan) {
    return plan.expires() ? ", bounded by CURRENT_TIMESTAMP" : ", UNBOUNDED";
  }

  private static String filter(TimeFilterPlan filter) {
    IntFunction<String> names = i -> filter.columns().get(i).name();
    return filter.conditions().stream()
        .map(
            condition ->
                ExpressionText.of(condition.time(), names)
                    + switch (condition.relation()) {
                      case BEFORE -> " < ";
                      case NOT_AFTER -> " <= ";
                      case AFTER -> " > ";
                      case NOT_BEFORE -> " >= ";
                    }
                    + ExpressionText.of(condition.clock(), names))
        .collect(Collectors.joining(" AND ", "Filter by time ", ""));
  }

  private static String kept(TimeFilterPlan filter) {
    return filter.removes()
        ? " | keeps its rows until they have gone, bounded by CURRENT_TIMESTAMP"
        : " | keeps the rows that are to come"
            + (filter.input().changing() ? unbounded(filter) : ", bounded by CURRENT_TIMESTAMP");
  }

  private static String filter(DynamicFilterPlan filter) {
    return "Filter by one row: "
        + condition(filter.condition(), filter.input().columns(), filter.row().columns());
  }

  private static String kept(DynamicFilterPlan filter) {
    IntFunction<String> names = i -> filter.columns().get(i).name();
    return filter.thresholds().stream()
            .map(threshold -> ExpressionText.of(threshold.value(), names))
            .distinct()
            .collect(Collectors.joining(" and by ", " | keeps its rows, ordered by ", ""))
        + unbounded(filter);
  }

  private static String end(TimeBound bound, List<Integer> keys, List<OutputColumn> input) {
    return end(new TimeBound(keys.get(bound.column()), bound.plusMillis()), input);
  }

  private static String end(TimeBound bound, List<OutputColumn> input) {
    String column = input.get(bound.column()).name();
    long plus = bound.plusMillis();
    return plus == 0
        ? column
        : column + (plus < 0 ? " - " : " + ") + PlanText.interval(Math.abs(plus));
  }

  /** The watermarks that a plan goes by. */
  private static String watermarks(DeltaPlan plan) {
    Map<String, String> byTable = new LinkedHashMap<>();
    collectWatermarks(plan, byTable);
    if (byTable.size() == 1 && !byTable.containsValue("")) {
      return "watermark " + byTable.values().iterator().next();
    }
    return byTable.entrySet().stream()
        .map(of -> (of.getValue().isEmpty() ? "" : of.getValue() + " ") + "of " + of.getKey())
        .collect(Collectors.joining(", ", byTable.size() == 1 ? "watermark " : "watermarks ", ""));
  }

  private static void collectWatermarks(DeltaPlan plan, Map<String, String> byTable) {
    if (plan instanceof DeltaScanPlan scan && scan.eventTime() instanceof EventTime time) {
      byTable.put(
          scan.table().path().getLast(),
          watermark(time.watermark(), i -> scan.columns().get(i).name()));
    }
    if (plan instanceof DeltaScanPlan scan && scan.ofResult()) {
      byTable.put(scan.table().path().getLast(), "");
    }
    plan.inputs().forEach(input -> collectWatermarks(input, byTable));
  }

  private static String watermark(Expression watermark, IntFunction<String> names) {
    return watermark instanceof Call call
            && call.function() == ScalarFunction.SUBTRACT
            && call.arguments().get(1) instanceof Literal literal
            && literal.value() instanceof Duration behind
        ? ExpressionText.of(call.arguments().get(0), names)
            + " - "
            + PlanText.interval(behind.toMillis())
        : ExpressionText.of(watermark, names);
  }

  private static String partition(DeltaPartitionPlan plan) {
    List<Integer> keys = plan.keys().get(0);
    WindowReach reach =
        plan.byRows() && plan.body() instanceof WindowPlan window ? WindowReach.of(window) : null;
    String whole = wholePartitions(plan);
    if (reach == null && keys.isEmpty() && plan.order() == null) {
      return "RECOMPUTED when a row changes" + whole + ": " + plan.reason();
    }
    return (keys.isEmpty()
            ? "All rows in order"
            : "Partitions of " + names(keys, plan.inputs().get(0).columns()))
        + (reach == null
            ? (whole.isEmpty() && (plan.order() != null || !(plan.body() instanceof MatchPlan))
                ? keys.isEmpty() ? ": " : ", those that change: "
                : ", RECOMPUTED where a row changes" + whole + ": ")
            : reach.isOnward() ? ", from the first change on: " : ", around the changes: ")
        + plan.reason();
  }

  /** Which functions need all rows of a partition, in brackets. */
  private static String wholePartitions(DeltaPartitionPlan plan) {
    List<String> functions =
        plan.body() instanceof WindowPlan window && !plan.keepsResultOnly()
            ? WindowReach.withoutReach(window)
            : List.of();
    return functions.isEmpty() ? "" : " (for " + String.join(", ", functions) + ")";
  }

  private static String kept(DeltaPartitionPlan plan) {
    if (plan.sessions() != null) {
      List<OutputColumn> input = plan.inputs().get(0).columns();
      return " | keeps the rows of open sessions"
          + until("the last " + end(plan.sessions().ofLast(), input), plan);
    }
    OrderBound order = plan.order();
    if (order != null && plan.body() instanceof MatchPlan match) {
      if (match.startsAnew() && match.withinMillis() != null) {
        TimeBound last =
            new TimeBound(order.time().column(), order.time().plusMillis() + match.withinMillis());
        int rows = match.rowsBefore() + match.rowsBehind();
        return " | keeps "
            + (rows == 0 ? "" : lastRows(rows, plan) + " and ")
            + "the rows of matches that are not decided"
            + until(end(last, plan.inputs().get(0).columns()), plan);
      }
      return match.startsAnew()
          ? " | keeps the rows of matches that are not decided" + unbounded(plan)
          : " | keeps its input" + unbounded(plan);
    }
    if (order != null && order.ends()) {
      String rows = order.backRows() == 0 ? "" : lastRows(order.backRows(), plan);
      String of = plan.keys().get(0).isEmpty() ? "" : " of each partition";
      String carried =
          !order.carries()
              ? ""
              : rows.isEmpty()
                  ? "what the rows" + of + " add up to"
                  : ", what those before add up to";
      return " | keeps "
          + rows
          + carried
          + (rows.isEmpty() && carried.isEmpty() ? "" : " and ")
          + "its input"
          + until(end(order.end(), plan.inputs().get(0).columns()), plan);
    }
    return (plan.keepsResultOnly() ? " | keeps the rows of its result" : " | keeps its input")
        + until(
            plan.bound() == null
                ? null
                : end(plan.bound(), plan.keys().get(0), plan.inputs().get(0).columns()),
            plan);
  }

  private static String lastRows(int rows, DeltaPartitionPlan plan) {
    return (rows == 1 ? "the last row" : "the last " + rows + " rows")
        + (plan.keys().get(0).isEmpty() ? "" : " of each partition");
  }

  private static String topN(DeltaTopNPlan top) {
    String limit = top.limit() == Long.MAX_VALUE ? "" : " limit " + top.limit();
    return "TopN "
        + keys(top.keys(), top.columns())
        + limit
        + (top.offset() == 0 ? "" : " offset " + top.offset());
  }

  private static String keptRows(DeltaTopNPlan top) {
    return top.input().changing() || top.limit() == Long.MAX_VALUE
        ? "all rows of its input, in order" + unbounded(top)
        : "the first " + (top.limit() + top.offset()) + " rows";
  }

  private static String names(List<Integer> columns, List<OutputColumn> of) {
    return columns.stream().map(column -> of.get(column).name()).collect(Collectors.joining(", "));
  }

  private static String keys(List<SortKey> keys, List<OutputColumn> of) {
    return keys.stream()
        .map(
            key ->
                of.get(key.column()).name()
                    + (key.descending() ? " DESC" : "")
                    + (key.nullsFirst() ? " NULLS FIRST" : ""))
        .collect(Collectors.joining(", "));
  }
}
