package dev.tidemill.plan.batch;

import dev.tidemill.plan.expression.Expression;
import java.util.List;

/**
 * Reads a table: of its stored columns those named, of its rows those for which every filter is
 * TRUE.
 *
 * @param table what to read
 * @param columns the stored columns to read, in order; the table gives them by name
 * @param filters conjuncts over {@code columns}, pushed into storage as far as it takes them and
 *     checked here
 * @param limit at most this many rows are needed (any), or -1
 * @param estimatedRows the planner's estimate of the result's rows, or -1
 */
public record ScanPlan(
    TableReference table,
    List<OutputColumn> columns,
    List<Expression> filters,
    long limit,
    double estimatedRows)
    implements BatchPlan {
  public ScanPlan {
    columns = List.copyOf(columns);
    filters = List.copyOf(filters);
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of();
  }

  @Override
  public ScanPlan withInputs(List<BatchPlan> inputs) {
    return this;
  }
}
