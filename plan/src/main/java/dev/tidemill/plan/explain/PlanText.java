package dev.tidemill.plan.explain;

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
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.batch.UnnestPlan;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.batch.WorkingTablePlan;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A batch plan as EXPLAIN shows it: a tree, one node a line, its inputs indented below it,
 * expressions with names of columns.
 *
 * <pre>
 * TopN revenue DESC NULLS LAST limit 10
 *   Aggregate by l_orderkey: SUM(x) AS revenue (~1000 rows)
 *     HashJoin INNER on l_orderkey = o_orderkey, BROADCAST: build side 1.2 MiB &lt;= broadcast_threshold 64 MiB (~30000 rows)
 *       …
 * </pre>
 */
public final class PlanText {
  private static final int MOST_ROWS_SHOWN = 3;

  private PlanText() {}

  /** The lines, each ended by a line feed. */
  public static String of(BatchPlan plan) {
    StringBuilder text = new StringBuilder();
    write(plan, 0, new HashSet<>(), text);
    return text.toString();
  }

  /** What one node says of itself, without its inputs. */
  public static String line(BatchPlan plan) {
    return switch (plan) {
      case ScanPlan p -> scan(p);
      case InputPlan p -> "Input " + p.number() + " " + columns(p.columns());
      case ValuesPlan p -> values(p);
      case FilterPlan p -> "Filter " + text(p.condition(), p.input());
      case ProjectPlan p -> project(p);
      case WindowTablePlan p -> windowTable(p);
      case SessionTablePlan p -> sessionTable(p);
      case UnnestPlan p ->
          "Unnest "
              + names(p.collections(), p.input())
              + (p.ordinality() ? " with ordinality" : "")
              + (p.outer() ? ", rows without elements too" : "");
      case AggregatePlan p -> aggregate(p);
      case HashJoinPlan p -> hashJoin(p);
      case NestedLoopJoinPlan p ->
          "NestedLoopJoin "
              + p.kind()
              + (p.condition() == null
                  ? ""
                  : " if " + ExpressionText.of(p.condition(), both(p.left(), p.right())))
              + rows(p.estimatedRows());
      case AsofJoinPlan p -> asofJoin(p) + rows(p.estimatedRows());
      case SortPlan p -> "Sort " + keys(p.keys(), p.input());
      case TopNPlan p -> "TopN " + keys(p.keys(), p.input()) + limit(p.limit(), p.offset());
      case LimitPlan p -> "Limit" + limit(p.limit(), p.offset());
      case UnionPlan p -> "Union all";
      case IntersectPlan p -> "Intersect" + (p.all() ? " all" : "");
      case ExceptPlan p -> "Except" + (p.all() ? " all" : "");
      case WindowPlan p -> window(p);
      case MatchPlan p -> match(p);
      case ExchangePlan p ->
          "Exchange " + p.kind() + (p.keys().isEmpty() ? "" : " by " + names(p.keys(), p.input()));
      case SharedPlan p -> "Shared " + p.number();
      case RecursivePlan p ->
          "Recursive " + p.number() + (p.distinct() ? " distinct: first, next" : ": first, next");
      case WorkingTablePlan p -> "Rows of the round before of Recursive " + p.number();
    };
  }

  /** About how many rows a node gives, or -1 where nobody said. */
  public static double estimatedRows(BatchPlan plan) {
    return switch (plan) {
      case ScanPlan p -> p.estimatedRows();
      case AggregatePlan p -> p.estimatedGroups();
      case HashJoinPlan p -> p.estimatedRows();
      case NestedLoopJoinPlan p -> p.estimatedRows();
      case AsofJoinPlan p -> p.estimatedRows();
      case ValuesPlan p -> p.rows().size();
      case ProjectPlan p -> estimatedRows(p.input());
      case WindowPlan p -> estimatedRows(p.input());
      case SortPlan p -> estimatedRows(p.input());
      case ExchangePlan p -> estimatedRows(p.input());
      case SharedPlan p -> estimatedRows(p.input());
      case TopNPlan p -> atMost(p.limit(), estimatedRows(p.input()));
      case LimitPlan p -> atMost(p.limit(), estimatedRows(p.input()));
      case UnionPlan p -> {
        double sum = 0;
        for (BatchPlan input : p.inputs()) {
          double rows = estimatedRows(input);
          sum = rows < 0 || sum < 0 ? -1 : sum + rows;
        }
        yield sum;
      }
      case InputPlan p -> -1;
      case FilterPlan p -> -1;
      case WindowTablePlan p -> -1;
      case MatchPlan p -> -1;
      case SessionTablePlan p -> estimatedRows(p.input());
      case UnnestPlan p -> -1;
      case IntersectPlan p -> -1;
      case ExceptPlan p -> -1;
      case RecursivePlan p -> -1;
      case WorkingTablePlan p -> -1;
    };
  }

  private static double atMost(long limit, double rows) {
    return limit < 0 ? rows : rows < 0 ? limit : Math.min(limit, rows);
  }

  private static void write(BatchPlan plan, int depth, Set<Integer> shown, StringBuilder text) {
    text.append("  ".repeat(depth)).append(line(plan));
    if (plan instanceof SharedPlan shared && !shown.add(shared.number())) {
      text.append(" (as above)\n");
      return;
    }
    text.append('\n');
    plan.inputs().forEach(input -> write(input, depth + 1, shown, text));
  }

  private static String scan(ScanPlan scan) {
    StringBuilder text =
        new StringBuilder("Scan ").append(scan.table()).append(' ').append(columns(scan.columns()));
    if (!scan.filters().isEmpty()) {
      text.append(" where ").append(ExpressionText.all(scan.filters(), names(scan)));
    }
    if (scan.limit() >= 0) {
      text.append(" limit ").append(scan.limit());
    }
    return text.append(rows(scan.estimatedRows())).toString();
  }

  private static String values(ValuesPlan values) {
    String shown =
        values.rows().stream()
            .limit(MOST_ROWS_SHOWN)
            .map(r -> r.stream().map(Literal::toString).collect(Collectors.joining(", ", "(", ")")))
            .collect(Collectors.joining(", "));
    int more = values.rows().size() - MOST_ROWS_SHOWN;
    String rest =
        values.rows().isEmpty() ? "no rows" : shown + (more > 0 ? " and " + more + " more" : "");
    return "Values " + columns(values.columns()) + ": " + rest;
  }

  private static String project(ProjectPlan project) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < project.expressions().size(); i++) {
      Expression expression = project.expressions().get(i);
      String name = project.columns().get(i).name();
      String text = text(expression, project.input());
      parts.add(named(text, name));
    }
    return "Project " + String.join(", ", parts);
  }

  /** What a column is; its name is left out where it says the same. */
  static String named(String text, String name) {
    return text.equals(name) ? text : text + " AS " + name;
  }

  private static String windowTable(WindowTablePlan table) {
    String time = table.input().columns().get(table.timeColumn()).name();
    String size = interval(table.sizeMillis());
    String offset = table.offsetMillis() == 0 ? "" : " offset " + interval(table.offsetMillis());
    if (table.cumulative()) {
      return "Cumulate "
          + time
          + " by "
          + interval(table.slideMillis())
          + " up to "
          + size
          + offset;
    }
    return table.slideMillis() == table.sizeMillis()
        ? "Tumble " + time + " every " + size + offset
        : "Hop " + time + " every " + interval(table.slideMillis()) + " for " + size + offset;
  }

  private static String sessionTable(SessionTablePlan table) {
    List<OutputColumn> columns = table.input().columns();
    return "Sessions of "
        + columns.get(table.timeColumn()).name()
        + (table.keys().isEmpty() ? "" : " by " + names(table.keys(), table.input()))
        + ", gap "
        + interval(table.gapMillis());
  }

  static String interval(long millis) {
    return millis % 1000 == 0
        ? millis / 1000 + " s"
        : BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString() + " s";
  }

  private static String aggregate(AggregatePlan aggregate) {
    StringBuilder text = new StringBuilder(aggregate.calls().isEmpty() ? "Distinct" : "Aggregate");
    if (!aggregate.keys().isEmpty()) {
      text.append(aggregate.calls().isEmpty() ? " " : " by ")
          .append(names(aggregate.keys(), aggregate.input()));
    }
    if (!aggregate.isSimple()) {
      text.append(" in sets ")
          .append(
              aggregate.groupingSets().stream()
                  .map(
                      s -> names(s.stream().map(aggregate.keys()::get).toList(), aggregate.input()))
                  .collect(Collectors.joining("), (", "(", ")")));
    }
    String separator = aggregate.keys().isEmpty() ? " " : ": ";
    for (int i = 0; i < aggregate.calls().size(); i++) {
      String name = aggregate.columns().get(aggregate.keys().size() + i).name();
      text.append(i == 0 ? separator : ", ")
          .append(named(call(aggregate.calls().get(i), aggregate.input()), name));
    }
    return text.append(rows(aggregate.estimatedGroups())).toString();
  }

  private static String call(AggregateCall call, BatchPlan input) {
    String arguments = call.arguments().isEmpty() ? "*" : names(call.arguments(), input);
    String text =
        call.functionName() + "(" + (call.distinct() ? "DISTINCT " : "") + arguments + ")";
    return call.filter() < 0
        ? text
        : text + " FILTER (" + input.columns().get(call.filter()).name() + ")";
  }

  private static String hashJoin(HashJoinPlan join) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < join.leftKeys().size(); i++) {
      keys.add(
          join.left().columns().get(join.leftKeys().get(i)).name()
              + (join.nullsMatch().get(i) ? " IS NOT DISTINCT FROM " : " = ")
              + join.right().columns().get(join.rightKeys().get(i)).name());
    }
    String residual =
        join.residual() == null
            ? ""
            : " if " + ExpressionText.of(join.residual(), both(join.left(), join.right()));
    return "HashJoin "
        + join.kind()
        + " on "
        + String.join(" AND ", keys)
        + residual
        + ", "
        + join.distribution()
        + (join.buildsLeft() ? " of the left: " : ": ")
        + join.distributionReason()
        + rows(join.estimatedRows());
  }

  private static String asofJoin(AsofJoinPlan join) {
    return asofJoin(
        join.outer(),
        join.left().columns(),
        join.right().columns(),
        join.leftKeys(),
        join.rightKeys(),
        join.nullsMatch(),
        join.left().columns().get(join.leftTime()).name()
            + " "
            + join.comparison().symbol()
            + " "
            + join.right().columns().get(join.rightTime()).name());
  }

  /** What batch and standing queries say of an ASOF join. */
  static String asofJoin(
      boolean outer,
      List<OutputColumn> left,
      List<OutputColumn> right,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      List<Boolean> nullsMatch,
      String match) {
    String keys =
        IntStream.range(0, leftKeys.size())
            .mapToObj(
                i ->
                    left.get(leftKeys.get(i)).name()
                        + (nullsMatch.get(i) ? " IS NOT DISTINCT FROM " : " = ")
                        + right.get(rightKeys.get(i)).name())
            .collect(Collectors.joining(" AND "));
    return "AsofJoin "
        + (outer ? "LEFT" : "INNER")
        + (keys.isEmpty() ? "" : " on " + keys)
        + " match "
        + match;
  }

  private static String match(MatchPlan match) {
    return inOrder("Match", match.partitionKeys(), match.orderKeys(), match.input())
        + " "
        + MatchText.of(match);
  }

  private static String inOrder(
      String name, List<Integer> partition, List<SortKey> order, BatchPlan input) {
    return name
        + (partition.isEmpty() ? "" : " partition by " + names(partition, input))
        + (order.isEmpty() ? "" : " order by " + keys(order, input));
  }

  private static String window(WindowPlan window) {
    StringBuilder text =
        new StringBuilder(
            inOrder("Window", window.partitionKeys(), window.orderKeys(), window.input()));
    int inputs = window.input().columns().size();
    for (int i = 0; i < window.calls().size(); i++) {
      text.append(i == 0 ? ": " : ", ")
          .append(
              named(
                  over(window.calls().get(i), window.input()),
                  window.columns().get(inputs + i).name()));
    }
    return text.toString();
  }

  private static String over(WindowCall call, BatchPlan input) {
    return switch (call) {
      case WindowCall.Aggregate c ->
          c.functionName()
              + "("
              + (c.arguments().isEmpty() ? "*" : names(c.arguments(), input))
              + ")"
              + frame(c.frame());
      case WindowCall.Function c -> {
        boolean framed =
            switch (c.function()) {
              case FIRST_VALUE, LAST_VALUE, NTH_VALUE, NTH_VALUE_FROM_LAST -> true;
              case ROW_NUMBER, RANK, DENSE_RANK, PERCENT_RANK, CUME_DIST, NTILE, LAG, LEAD -> false;
            };
        yield c.function()
            + "("
            + names(c.arguments(), input)
            + ")"
            + (c.ignoreNulls() ? " IGNORE NULLS" : "")
            + (framed ? frame(c.frame()) : "");
      }
    };
  }

  private static String frame(WindowFrame frame) {
    String exclusion =
        switch (frame.exclusion()) {
          case NO_OTHERS -> "";
          case CURRENT_ROW -> " EXCLUDE CURRENT ROW";
          case GROUP -> " EXCLUDE GROUP";
          case TIES -> " EXCLUDE TIES";
        };
    return " "
        + frame.unit()
        + " BETWEEN "
        + bound(frame.start())
        + " AND "
        + bound(frame.end())
        + exclusion;
  }

  private static String bound(WindowFrame.Bound bound) {
    return switch (bound) {
      case WindowFrame.UnboundedPreceding b -> "UNBOUNDED PRECEDING";
      case WindowFrame.Preceding b -> ExpressionText.of(b.distance(), i -> "") + " PRECEDING";
      case WindowFrame.CurrentRow b -> "CURRENT ROW";
      case WindowFrame.Following b -> ExpressionText.of(b.distance(), i -> "") + " FOLLOWING";
      case WindowFrame.UnboundedFollowing b -> "UNBOUNDED FOLLOWING";
    };
  }

  private static String limit(long limit, long offset) {
    return (limit < 0 ? "" : " limit " + limit) + (offset == 0 ? "" : " offset " + offset);
  }

  private static String keys(List<SortKey> keys, BatchPlan input) {
    return keys.stream()
        .map(
            k ->
                input.columns().get(k.column()).name()
                    + (k.descending() ? " DESC" : "")
                    + (k.nullsFirst() ? " NULLS FIRST" : ""))
        .collect(Collectors.joining(", "));
  }

  private static String columns(List<OutputColumn> columns) {
    return columns.stream().map(OutputColumn::name).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String names(List<Integer> columns, BatchPlan input) {
    return columns.stream()
        .map(c -> input.columns().get(c).name())
        .collect(Collectors.joining(", "));
  }

  private static IntFunction<String> names(BatchPlan input) {
    return i -> input.columns().get(i).name();
  }

  /** Names over both sides of a join; those that both have say which side. */
  private static IntFunction<String> both(BatchPlan left, BatchPlan right) {
    int columns = left.columns().size();
    return i -> {
      boolean first = i < columns;
      String name = (first ? left : right).columns().get(first ? i : i - columns).name();
      boolean twice =
          (first ? right : left).columns().stream().anyMatch(c -> c.name().equals(name));
      return twice ? (first ? "left." : "right.") + name : name;
    };
  }

  private static String text(Expression expression, BatchPlan input) {
    return ExpressionText.of(expression, names(input));
  }

  private static String rows(double estimate) {
    return estimate < 0 ? "" : String.format(Locale.ROOT, " (~%.0f rows)", estimate);
  }
}
