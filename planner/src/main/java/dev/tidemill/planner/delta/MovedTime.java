package dev.tidemill.planner.delta;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A column of times, so much later, and perhaps of more digits.
 *
 * <pre>
 *   CAST(ts AS TIMESTAMP(6)) + INTERVAL '5' SECOND     ts, 5 s
 * </pre>
 */
record MovedTime(int column, Duration by) {
  private static final Duration FARTHEST = Duration.ofDays(36_500);

  /** What an expression is, or null where it is something else. */
  static @Nullable MovedTime of(Expression expression) {
    if (expression instanceof ColumnReference column) {
      return new MovedTime(column.index(), Duration.ZERO);
    }
    Expression moved = within(expression);
    MovedTime of = moved == null ? null : of(moved);
    if (of == null) {
      return null;
    }
    Duration by = of.by.plus(distance(expression));
    return by.abs().compareTo(FARTHEST) > 0 ? null : new MovedTime(of.column, by);
  }

  /** The time that an expression moves, by one step, or null where it does not. */
  static @Nullable Expression within(@Nullable Expression expression) {
    return switch (expression) {
      case Cast cast when isWidening(cast.operand().type(), cast.type()) -> cast.operand();
      case Call call
          when (call.function() == ScalarFunction.ADD || call.function() == ScalarFunction.SUBTRACT)
              && call.arguments().size() == 2
              && isTime(call.type())
              && isTime(call.arguments().get(0).type())
              && call.arguments().get(1) instanceof Literal literal
              && literal.value() instanceof Duration by
              && by.abs().compareTo(FARTHEST) <= 0 ->
          call.arguments().get(0);
      case null, default -> null;
    };
  }

  private static Duration distance(Expression expression) {
    return expression instanceof Call call
            && call.arguments().get(1) instanceof Literal literal
            && literal.value() instanceof Duration by
        ? call.function() == ScalarFunction.ADD ? by : by.negated()
        : Duration.ZERO;
  }

  /** How much earlier the column is, in milliseconds, rounded up. */
  long minusMillis() {
    return ceilMillis(by.negated());
  }

  static long ceilMillis(Duration duration) {
    long millis = duration.toMillis();
    return Duration.ofMillis(millis).compareTo(duration) < 0 ? millis + 1 : millis;
  }

  private static boolean isWidening(Type from, Type to) {
    return from instanceof Type.Timestamp a
            && to instanceof Type.Timestamp b
            && a.precision() <= b.precision()
        || from instanceof Type.ZonedTimestamp c
            && to instanceof Type.ZonedTimestamp d
            && c.precision() <= d.precision();
  }

  static boolean isTime(Type type) {
    return type instanceof Type.Timestamp || type instanceof Type.ZonedTimestamp;
  }
}
