package dev.tidemill.planner.delta;

import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a condition of a join says of two times: {@code later <= earlier + plusMillis}, where it is
 * TRUE; rounded up to milliseconds. The columns are those of both sides, right behind left.
 *
 * <pre>
 *   a.ts BETWEEN b.ts - INTERVAL '5' MINUTE AND b.ts      b.ts &lt;= a.ts + 5 min,  a.ts &lt;= b.ts + 0
 * </pre>
 */
record TimeDistance(int later, int earlier, long plusMillis) {
  /** All that a condition says of pairs of times of which one is of either side. */
  static List<TimeDistance> of(@Nullable Expression condition, int leftColumns) {
    List<TimeDistance> found = new ArrayList<>();
    if (condition != null) {
      collect(condition, leftColumns, found);
    }
    return found;
  }

  private static void collect(Expression condition, int leftColumns, List<TimeDistance> found) {
    if (condition instanceof And and) {
      and.operands().forEach(part -> collect(part, leftColumns, found));
    } else if (condition instanceof Call call && call.arguments().size() == 2) {
      MovedTime first = time(call.arguments().get(0));
      MovedTime second = time(call.arguments().get(1));
      if (first == null
          || second == null
          || first.column() < leftColumns == second.column() < leftColumns) {
        return;
      }
      switch (call.function()) {
        case LESS, LESS_OR_EQUAL -> found.add(between(first, second));
        case GREATER, GREATER_OR_EQUAL -> found.add(between(second, first));
        case EQUAL -> {
          found.add(between(first, second));
          found.add(between(second, first));
        }
        default -> {}
      }
    }
  }

  private static @Nullable MovedTime time(Expression expression) {
    return MovedTime.isTime(expression.type()) ? MovedTime.of(expression) : null;
  }

  /** From {@code later + x <= earlier + y}. */
  private static TimeDistance between(MovedTime later, MovedTime earlier) {
    return new TimeDistance(
        later.column(), earlier.column(), MovedTime.ceilMillis(earlier.by().minus(later.by())));
  }
}
