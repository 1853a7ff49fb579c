package dev.tidemill.plan.batch;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.AggregateFunction;
import java.util.List;

/**
 * An aggregate over a group's rows.
 *
 * @param arguments input columns
 * @param distinct whether equal argument values count once
 * @param filter a BOOLEAN input column; only rows where it is TRUE count; or -1
 */
public record AggregateCall(
    AggregateFunction function, List<Integer> arguments, boolean distinct, int filter, Type type) {
  public AggregateCall {
    arguments = List.copyOf(arguments);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(function.name()).append(distinct ? "(DISTINCT " : "(");
    text.append(arguments.isEmpty() ? "*" : "$" + arguments.get(0)).append(')');
    return filter < 0 ? text.toString() : text + " FILTER $" + filter;
  }
}
