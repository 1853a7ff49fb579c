package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SessionTablePlan;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaAsofJoinPlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.DeltaTopNPlan;
import dev.tidemill.plan.delta.DynamicFilterPlan;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.delta.OrderBound;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeFilterPlan;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the operators whose state grows for as long as rows come: nothing that they keep is dropped
 * when the watermark passes, and what they keep follows the number of rows or of keys. The kept
 * result itself is none of them.
 */
public final class UnboundedState {
  private UnboundedState() {}

  /**
   * Refuses a plan with such an operator.
   *
   * @throws dev.tidemill.foundation.error.TidemillException UNBOUNDED_STATE, naming the first
   *     operator from the top and the way out
   */
  public static void forbid(StandingPlan plan) {
    String found = find(plan.root());
    if (found != null) {
      throw StandingErrors.unboundedState(found);
    }
  }

  private static @Nullable String find(DeltaPlan plan) {
    String here = plan.expires() ? null : here(plan);
    if (here != null) {
      return here;
    }
    for (DeltaPlan input : plan.inputs()) {
      String below = find(input);
      if (below != null) {
        return below;
      }
    }
    return null;
  }

  private static @Nullable String here(DeltaPlan plan) {
    return switch (plan) {
      case DeltaScanPlan scan ->
          scan.key().isEmpty()
              ? null
              : "the scan of %s keeps the last row of each key: read a changelog that has rows as they were ('before'='full')"
                  .formatted(scan.table());
      case StaticPlan fixed -> null;
      case LinearPlan linear -> null;
      case DeltaAggregatePlan aggregate -> aggregate(aggregate);
      case DeltaJoinPlan join -> join(join);
      case DeltaAsofJoinPlan join ->
          join.pinsRight() || join.leftEnd() != null && join.comparison().looksBack()
              ? null
              : "the ASOF join keeps the rows of its growing sides: look back (left.ts >= right.ts) over times that both have a watermark,"
                  + " or declare the right side static ('static'='true')";
      case DeltaTopNPlan top ->
          top.input().changing() || top.limit() == Long.MAX_VALUE
              ? "ORDER BY … LIMIT keeps all rows of its input, of which rows may go: take the first of rows that only come"
              : null;
      case DeltaPartitionPlan partition -> partition(partition);
      case TimeFilterPlan filter ->
          filter.input().changing()
              ? "a filter by time keeps what has come in, of which rows may go: filter rows that only come"
              : null;
      case DynamicFilterPlan filter ->
          "a condition on an aggregate keeps all rows of its input: group by window_start of TUMBLE or HOP over a column with a"
              + " watermark, and join on it";
      case RecomputePlan recompute ->
          "%s is recomputed and keeps all rows of its inputs: there is no bounded form of it"
              .formatted(recompute.reason());
    };
  }

  private static @Nullable String aggregate(DeltaAggregatePlan aggregate) {
    if (aggregate.bound() != null) {
      return null;
    }
    String keys = names(aggregate.keys(), aggregate.input().columns());
    if (aggregate.calls().isEmpty()) {
      return "DISTINCT %s keeps a count of each row: add window_start of a time window over a column with a watermark"
          .formatted(keys);
    }
    if (!aggregate.keys().isEmpty()) {
      return "GROUP BY %s keeps a group of each: add window_start of TUMBLE or HOP over a column with a watermark"
          .formatted(keys);
    }
    for (AggregateCall call : aggregate.calls()) {
      if (!DeltaAggregatePlan.isSmall(call, aggregate.input().changing())) {
        return "the aggregate %s keeps the values of all rows: group by window_start of TUMBLE or HOP over a column with a watermark"
            .formatted(call.functionName());
      }
    }
    return null;
  }

  private static @Nullable String join(DeltaJoinPlan join) {
    boolean isPinned =
        join.bilinear()
            && (join.left() instanceof StaticPlan || join.right() instanceof StaticPlan);
    if (isPinned || join.ends(0) && join.ends(1)) {
      return null;
    }
    return ("the %s join keeps the rows of its growing sides: join on window_start of both sides too, or bound the time of"
            + " each by the other's (a.ts BETWEEN b.ts - INTERVAL '5' MINUTE AND b.ts, both with a watermark), or declare one"
            + " side static ('static'='true')")
        .formatted(join.kind());
  }

  private static @Nullable String partition(DeltaPartitionPlan partition) {
    List<Integer> keys = partition.keys().get(0);
    if (partition.ends() || partition.keepsResultOnly() && keys.isEmpty()) {
      return null;
    }
    OrderBound order = partition.order();
    if (order != null && order.ends()) {
      if (order.carries() && !keys.isEmpty()) {
        return "%s keeps what the rows of each partition add up to: leave out PARTITION BY, or partition by window_start of TUMBLE or HOP, too, or give the frame a distance (RANGE BETWEEN INTERVAL … PRECEDING AND CURRENT ROW)"
            .formatted(partition.reason());
      }
      return keys.isEmpty() || order.backRows() == 0
          ? null
          : "%s keeps rows of each partition: leave out PARTITION BY, or give the frame a distance (RANGE BETWEEN INTERVAL … PRECEDING AND CURRENT ROW)"
              .formatted(partition.reason());
    }
    if (order != null && partition.body() instanceof MatchPlan match) {
      if (match.startsAnew() && match.withinMillis() != null) {
        return keys.isEmpty() || match.rowsBefore() + match.rowsBehind() == 0
            ? null
            : "MATCH_RECOGNIZE keeps rows of each partition that PREV, NEXT and ^ ask for: leave them or PARTITION BY out";
      }
      return match.startsAnew()
          ? "MATCH_RECOGNIZE keeps, of each partition, the rows from the first match on that later rows may go on with: leave nothing open at the end of the PATTERN, or say WITHIN what time it ends"
          : "MATCH_RECOGNIZE keeps all rows of its input: MATCH_NUMBER() and WITH UNMATCHED ROWS depend on all matches before";
    }
    if (partition.body() instanceof SessionTablePlan sessions) {
      return "SESSION keeps all rows of its input: declare a watermark for "
          + sessions.columns().get(sessions.timeColumn()).name();
    }
    return "%s keeps %s: partition by window_start of TUMBLE or HOP over a column with a watermark"
        .formatted(
            partition.reason(),
            partition.keepsResultOnly() ? "rows of each partition" : "all rows of its input");
  }

  private static String names(List<Integer> columns, List<OutputColumn> of) {
    return columns.stream().map(column -> of.get(column).name()).collect(Collectors.joining(", "));
  }
}
