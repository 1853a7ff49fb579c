package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowReach;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.OrderBound;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.expression.Literal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Windows in the order of a time that the watermark bounds, whose frames end at the current row, or
 * some rows behind it:
 *
 * <pre>
 *   LAG(n) OVER (PARTITION BY k ORDER BY window_start)      final at window_start + 10 s, keeps one row of each k
 *   SUM(n) OVER (ORDER BY window_end ROWS 5 PRECEDING)      final at window_end, keeps five rows
 *   SUM(n) OVER (ORDER BY window_start)                     final as well, keeps one row and the sum before it
 *   LEAD(n, 2) OVER (ORDER BY window_start)                 final when the two next rows are, keeps two rows
 *   FIRST_VALUE(n) OVER (ORDER BY window_start)             final as well, but keeps all
 * </pre>
 *
 * <p>Of a table's own time rows are late behind the watermark then, but only where rows go.
 */
final class WindowOrder {
  /** What is further away is not waited for. */
  private static final Duration FURTHEST = Duration.ofDays(36_500);

  private static final int MOST_ROWS = 1_000_000;

  /** How rows become final whatever their order. */
  static final String BY_PARTITIONS =
      "PARTITION BY window_start and window_end of TUMBLE or HOP over a column with a watermark, too";

  private WindowOrder() {}

  /** What bounds the rows of a window by their order, or null. */
  static @Nullable OrderBound bound(WindowPlan window, DeltaPartitionPlan plan, Edge input) {
    if (!plan.byRows() || plan.bound() != null || window.orderKeys().isEmpty()) {
      return null;
    }
    WindowReach reach = WindowReach.of(window);
    SortKey by = window.orderKeys().get(0);
    TimeBound time = input.bound(by.column());
    if (reach == null
        || reach.looksAhead() && !looksAtRowsOnly(reach)
        || time == null
        || by.descending()
        || !NotNull.is(window.input(), by.column())) {
      return null;
    }
    Long back = backMillis(reach);
    long ahead = reach.rowsAhead();
    for (int offset : reach.offsetsAhead()) {
      long reached = offset < 0 ? 1 : literal(window.input(), offset);
      if (reached < 0) {
        return null;
      }
      ahead = Math.max(ahead, reached);
    }
    long rows = reach.rowsBack();
    for (int offset : reach.offsetsBack()) {
      long reached = offset < 0 ? 1 : literal(window.input(), offset);
      back = reached < 0 || reached > MOST_ROWS ? null : back;
      rows = Math.max(rows, reached);
    }
    boolean ends = back != null;
    if (ahead > MOST_ROWS || ahead > 0 && !ends) {
      return null;
    }
    return new OrderBound(
        time, back, ends ? (int) (rows + ahead) : 0, (int) ahead, ends && reach.isOnward());
  }

  /** What would make rows final that no order bounds. */
  static String fix(WindowPlan window, Edge input, Map<TableReference, TableTraits> tables) {
    SortKey by = window.orderKeys().isEmpty() ? null : window.orderKeys().get(0);
    if (by == null || by.descending() || !isTime(window.input(), by.column(), input, tables)) {
      return "ORDER BY a time that a watermark bounds, ascending, or " + BY_PARTITIONS;
    }
    return NotNull.is(window.input(), by.column())
        ? "let it look back by a number of rows or a time (LAG(x, 2), ROWS 5 PRECEDING, RANGE INTERVAL '1' HOUR PRECEDING), or "
            + BY_PARTITIONS
        : "leave out rows without a time (WHERE %s IS NOT NULL)"
            .formatted(window.input().columns().get(by.column()).name());
  }

  /** Whether a watermark bounds a column, or would if rows were late by it. */
  private static boolean isTime(
      BatchPlan plan, int column, Edge input, Map<TableReference, TableTraits> tables) {
    TimeOrigin origin = TimeOrigin.of(plan, tables);
    return input.bound(column) != null || origin != null && origin.isMovedTime(column, tables);
  }

  /** Whether a row's results depend on its peers, and on others by their number only. */
  private static boolean looksAtRowsOnly(WindowReach reach) {
    return reach.groupsAhead() == 0
        && reach.valuesAhead().isEmpty()
        && reach.valuesBack().isEmpty();
  }

  /** The number that a column is in all rows, or -1. */
  private static long literal(BatchPlan plan, int column) {
    return plan instanceof ProjectPlan project
            && project.expressions().get(column) instanceof Literal literal
            && literal.value() instanceof Number number
        ? number.longValue()
        : -1;
  }

  /** How far back frames reach by distance, or null where they may reach any row. */
  private static @Nullable Long backMillis(WindowReach reach) {
    if (reach.first() || reach.groupsBack() > 0) {
      return null;
    }
    return backMillis(reach.valuesBack());
  }

  private static @Nullable Long backMillis(List<Literal> distances) {
    long furthest = 0;
    for (Literal distance : distances) {
      if (!(distance.value() instanceof Duration by) || by.compareTo(FURTHEST) > 0) {
        return null;
      }
      furthest = Math.max(furthest, by.plusMillis(1).minusNanos(1).toMillis());
    }
    return furthest;
  }
}
