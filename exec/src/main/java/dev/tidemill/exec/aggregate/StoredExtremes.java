package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.scan.ScanOperator;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.function.AggregateFunction;

/**
 * Aggregates that are MIN and MAX of stored columns over all rows: their scan may give the least
 * and greatest values that the table knows, and read nothing.
 */
final class StoredExtremes {
  private StoredExtremes() {}

  /** Tells the scan below {@code input} where that is so; before operators are connected. */
  static void tell(Run run, AggregatePlan plan, Operator input) {
    if (!plan.keys().isEmpty() || !plan.calls().stream().allMatch(StoredExtremes::isExtreme)) {
      return;
    }
    Operator operator = input;
    while (operator.plan() instanceof ProjectPlan project
        && project.expressions().stream().allMatch(ColumnReference.class::isInstance)) {
      operator = operator.inputs().get(0);
    }
    if (operator instanceof ScanOperator scan
        && operator.plan() instanceof ScanPlan rows
        && rows.filters().isEmpty()
        && rows.limit() < 0) {
      scan.needsExtremesOnly(run);
    }
  }

  private static boolean isExtreme(AggregateCall call) {
    boolean isExtreme =
        call.function() == AggregateFunction.MIN || call.function() == AggregateFunction.MAX;
    return isExtreme && call.filter() < 0 && call.arguments().size() == 1;
  }
}
