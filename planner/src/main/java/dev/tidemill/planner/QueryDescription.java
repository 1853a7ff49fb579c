package dev.tidemill.planner;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;

/** What a query gives and what it wants. */
public record QueryDescription(List<OutputColumn> columns, List<Type> parameterTypes) {
  public QueryDescription {
    columns = List.copyOf(columns);
    parameterTypes = List.copyOf(parameterTypes);
  }
}
