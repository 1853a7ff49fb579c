package dev.tidemill.plan.delta;

import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.expression.Expression;
import java.util.List;

/**
 * A filter by the time of the step, incrementally: keeps the rows that may still come in or go out
 * as time passes, ordered by when.
 *
 * <pre>
 *   ts &gt; CURRENT_TIMESTAMP - INTERVAL '1' HOUR     there until an hour after ts
 *   ts &lt;= CURRENT_TIMESTAMP                        there from ts on
 * </pre>
 *
 * @param conditions of which all must be TRUE
 */
public record TimeFilterPlan(DeltaPlan input, List<Condition> conditions) implements DeltaPlan {
  public TimeFilterPlan {
    conditions = List.copyOf(conditions);
    if (conditions.isEmpty()) {
      throw new IllegalArgumentException("a filter of no conditions");
    }
  }

  /**
   * A comparison with the clock.
   *
   * @param time over the input's columns, a date or timestamp
   * @param clock of the same type, over no columns, goes by CURRENT_* and never goes back as time
   *     passes
   * @param relation how {@code time} is to be to {@code clock}
   */
  public record Condition(Expression time, Expression clock, Relation relation) {}

  /** How a time is to be to the clock. */
  public enum Relation {
    BEFORE,
    NOT_AFTER,
    AFTER,
    NOT_BEFORE;

    /** Whether what it is true for it will not be true for in the end. */
    public boolean passes() {
      return this == AFTER || this == NOT_BEFORE;
    }
  }

  @Override
  public List<OutputColumn> columns() {
    return input.columns();
  }

  @Override
  public List<DeltaPlan> inputs() {
    return List.of(input);
  }

  /** Whether rows go as time passes. */
  public boolean removes() {
    return conditions.stream().anyMatch(condition -> condition.relation().passes());
  }

  @Override
  public boolean changing() {
    return input.changing() || removes();
  }

  @Override
  public boolean expires() {
    return removes() || input.expires();
  }
}
