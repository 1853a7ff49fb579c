package dev.tidemill.planner.delta;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import java.util.List;

/** Columns that are never NULL, by their types or since conditions leave rows with a NULL out. */
final class NotNull {
  private NotNull() {}

  static boolean is(BatchPlan plan, int column) {
    if (!plan.columns().get(column).nullable()) {
      return true;
    }
    return switch (plan) {
      case FilterPlan filter ->
          rejectsNull(filter.condition(), column) || is(filter.input(), column);
      case ScanPlan scan -> scan.filters().stream().anyMatch(f -> rejectsNull(f, column));
      case ProjectPlan project ->
          project.expressions().get(column) instanceof ColumnReference reference
              && is(project.input(), reference.index());
      case ExchangePlan exchange -> is(exchange.input(), column);
      case SharedPlan shared -> is(shared.input(), column);
      case WindowTablePlan windows ->
          column >= windows.input().columns().size() || is(windows.input(), column);
      default -> false;
    };
  }

  private static boolean rejectsNull(Expression condition, int column) {
    if (condition instanceof And and) {
      return and.operands().stream().anyMatch(part -> rejectsNull(part, column));
    }
    if (!(condition instanceof Call call)) {
      return false;
    }
    return switch (call.function()) {
      case IS_NOT_NULL, EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
          isAmong(call.arguments(), column);
      default -> false;
    };
  }

  private static boolean isAmong(List<Expression> arguments, int column) {
    return arguments.stream()
        .anyMatch(a -> a instanceof ColumnReference reference && reference.index() == column);
  }
}
