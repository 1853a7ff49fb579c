package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.DeltaTopNPlan;
import dev.tidemill.plan.delta.EventTime;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeBound;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * EXPLAIN of a standing query: per operator whether its rows can be taken back, what it keeps and what bounds that; then
 * the result's key and time column, and the output modes, of an illegal one with the way out.
 */
public final class StandingExplain {
  private final StringBuilder text = new StringBuilder();

  private StandingExplain() {}

  /** Lines of text, the root first, inputs indented below. */
  public static String explain(StandingPlan plan) {
    StandingExplain explain = new StandingExplain();
    explain.describe(plan.root(), 0);
    explain.line(0, "Key: " + (plan.key().isEmpty() ? "none" : names(plan.key(), plan.columns())));
    if (plan.timeColumn() >= 0) {
      explain.line(0, "Time column: " + plan.columns().get(plan.timeColumn()).name());
    }
    explain.line(
        0, "Output modes: " + plan.modes().stream().map(OutputMode::name).collect(Collectors.joining(", ")));
    plan.illegal().forEach((mode, reason) -> explain.line(0, reason));
    return explain.text.toString();
  }

  private void line(int depth, String content) {
    text.append("  ".repeat(depth)).append(content).append('\n');
  }

  private void describe(DeltaPlan plan, int depth) {
    line(depth, what(plan) + " [" + (plan.changing() ? "changing" : "insert-only") + "]" + kept(plan));
    plan.inputs().forEach(input -> describe(input, depth + 1));
  }

  private static String what(DeltaPlan plan) {
    return switch (plan) {
      case DeltaScanPlan scan -> "Scan(" + scan.table() + ")" + time(scan);
      case StaticPlan pinned -> "Static(" + String.join(", ", tables(pinned.body())) + ") pinned at the first step";
      case LinearPlan linear -> "Linear(" + String.join(", ", linearNodes(linear.body())) + ")";
      case RecomputePlan recompute -> "RECOMPUTED (" + recompute.reason() + ")";
      case DeltaAggregatePlan aggregate ->
          aggregate.calls().isEmpty() && !aggregate.keys().isEmpty()
              ? "Distinct"
              : "Aggregate(" + names(aggregate.keys(), aggregate.input().columns()) + ")";
      case DeltaJoinPlan join ->
          join.kind() + " Join(" + names(join.leftKeys(), join.left().columns()) + ")";
      case DeltaTopNPlan top -> "TopN(" + top.keys() + ", limit " + top.limit() + ", offset " + top.offset() + ")";
    };
  }

  private static String time(DeltaScanPlan scan) {
    EventTime eventTime = scan.eventTime();
    if (eventTime == null) {
      return "";
    }
    String late =
        switch (eventTime.lateness()) {
          case EventTime.Never never -> "no row is late";
          case EventTime.ByWindow byWindow -> "late by window";
          case EventTime.ByTime byTime -> "late by time";
        };
    return " watermark " + named(eventTime.watermark().toString(), scan.columns()) + ", " + late;
  }

  /** Column numbers as names, the longest numbers first. */
  private static String named(String expression, List<OutputColumn> columns) {
    String text = expression;
    for (int i = columns.size() - 1; i >= 0; i--) {
      text = text.replace("$" + i, columns.get(i).name());
    }
    return text;
  }

  private static String kept(DeltaPlan plan) {
    return switch (plan) {
      case DeltaScanPlan scan -> "";
      case StaticPlan pinned -> "";
      case LinearPlan linear -> "";
      case RecomputePlan recompute ->
          " keeps all rows of its inputs and of its result, UNBOUNDED; each step costs as much as the whole query";
      case DeltaAggregatePlan aggregate ->
          " keeps an accumulator per group, " + bound(aggregate.bound(), aggregate.columns(), null);
      case DeltaJoinPlan join ->
          " keeps "
              + (join.right() instanceof StaticPlan
                  ? "the rows of its right side"
                  : join.left() instanceof StaticPlan ? "the rows of its left side" : "the rows of both sides")
              + ", "
              + (join.right() instanceof StaticPlan || join.left() instanceof StaticPlan
                  ? "which is static"
                  : bound(join.bound(), join.left().columns(), join.leftKeys()));
      case DeltaTopNPlan top ->
          top.input().changing() ? " keeps all rows, UNBOUNDED" : " keeps limit and offset rows";
    };
  }

  private static String bound(@Nullable TimeBound bound, List<OutputColumn> columns, @Nullable List<Integer> keys) {
    if (bound == null) {
      return "UNBOUNDED";
    }
    int column = keys == null ? bound.column() : keys.get(bound.column());
    String plus = bound.plusMillis() == 0 ? "" : " + " + bound.plusMillis() + " ms";
    return "bounded by the watermark: dropped when it reaches " + columns.get(column).name() + plus;
  }

  private static String names(List<Integer> columns, List<OutputColumn> of) {
    return columns.stream().map(column -> of.get(column).name()).collect(Collectors.joining(", "));
  }

  private static List<String> tables(BatchPlan plan) {
    List<String> tables = new ArrayList<>();
    if (plan instanceof ScanPlan scan) {
      tables.add(scan.table().toString());
    }
    plan.inputs().forEach(input -> tables.addAll(tables(input)));
    return tables.isEmpty() && plan.inputs().isEmpty() ? List.of("literals") : tables.stream().distinct().toList();
  }

  private static List<String> linearNodes(BatchPlan plan) {
    List<String> nodes = new ArrayList<>();
    switch (plan) {
      case FilterPlan filter ->
          nodes.add("Filter " + named(filter.condition().toString(), filter.input().columns()));
      case ProjectPlan project -> nodes.add("Project");
      case UnionPlan union -> nodes.add("Union");
      case WindowTablePlan windows ->
          nodes.add(
              (windows.sizeMillis() == windows.slideMillis() ? "Tumble " : "Hop ")
                  + windows.input().columns().get(windows.timeColumn()).name());
      default -> {}
    }
    plan.inputs().forEach(input -> nodes.addAll(linearNodes(input)));
    return nodes;
  }
}
