package dev.tidemill.plan.batch;

import dev.tidemill.plan.expression.Literal;
import java.util.List;

/** Rows of literals, possibly none; with no columns, rows without columns. */
public record ValuesPlan(List<OutputColumn> columns, List<List<Literal>> rows)
    implements BatchPlan {
  public ValuesPlan {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<Literal> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            row.size() + " values for " + columns.size() + " columns");
      }
    }
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of();
  }

  @Override
  public ValuesPlan withInputs(List<BatchPlan> inputs) {
    return this;
  }
}
