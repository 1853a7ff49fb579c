package dev.tidemill.planner.delta;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.Duration;
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
      Moved first = moved(call.arguments().get(0));
      Moved second = moved(call.arguments().get(1));
      if (first == null
          || second == null
          || first.column < leftColumns == second.column < leftColumns) {
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

  /** From {@code later + x <= earlier + y}. */
  private static TimeDistance between(Moved later, Moved earlier) {
    Duration plus = earlier.by.minus(later.by);
    long millis = plus.toMillis();
    boolean isWhole = Duration.ofMillis(millis).equals(plus);
    return new TimeDistance(later.column, earlier.column, isWhole ? millis : millis + 1);
  }

  /** A column of times, so much later. */
  private record Moved(int column, Duration by) {}

  private static @Nullable Moved moved(Expression expression) {
    if (expression instanceof ColumnReference column && isTime(column.type())) {
      return new Moved(column.index(), Duration.ZERO);
    }
    if (expression instanceof Call call
        && (call.function() == ScalarFunction.ADD || call.function() == ScalarFunction.SUBTRACT)
        && call.arguments().get(1) instanceof Literal literal
        && literal.value() instanceof Duration by) {
      Moved of = moved(call.arguments().get(0));
      boolean adds = call.function() == ScalarFunction.ADD;
      return of == null || by.abs().compareTo(Duration.ofDays(36_500)) > 0
          ? null
          : new Moved(of.column, adds ? of.by.plus(by) : of.by.minus(by));
    }
    return null;
  }

  private static boolean isTime(Type type) {
    return type instanceof Type.Timestamp || type instanceof Type.ZonedTimestamp;
  }
}
