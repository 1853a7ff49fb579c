package dev.tidemill.engine;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.MatchValue;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DynamicFilterPlan;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.explain.ExpressionText;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.UserCall;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which rows that cannot be computed a standing query cannot set aside: those within what it
 * computes as a whole, a partition or all rows at once.
 */
final class RowFailures {
  private RowFailures() {}

  /**
   * Says that a query cannot set aside every row that an expression fails of, where that is so.
   *
   * @throws dev.tidemill.foundation.error.TidemillException UNSUPPORTED_ON_ERROR
   */
  static void requireSkippable(DeltaPlan plan) {
    switch (plan) {
      case RecomputePlan recomputed ->
          requireNone(recomputed.body(), "RECOMPUTED (" + recomputed.reason() + ")");
      case DeltaPartitionPlan partitions ->
          requireNone(partitions.body(), "computed by partition (" + partitions.reason() + ")");
      case DynamicFilterPlan filter -> requireNone(filter);
      default -> {}
    }
    plan.inputs().forEach(RowFailures::requireSkippable);
  }

  /** Rows that a filter fails of are set aside, but not because of the row that it goes by. */
  private static void requireNone(DynamicFilterPlan filter) {
    List<OutputColumn> columns = filter.row().columns();
    for (DynamicFilterPlan.Threshold threshold : filter.thresholds()) {
      if (mayFail(threshold.threshold())) {
        throw EngineErrors.cannotSkip(
            ExpressionText.of(threshold.threshold(), i -> columns.get(i).name()),
            "compared with all rows");
      }
    }
  }

  private static void requireNone(BatchPlan body, String how) {
    String failing = failing(body);
    if (failing != null) {
      throw EngineErrors.cannotSkip(failing, how);
    }
  }

  /** An expression over rows that may be an error, as text, or null. */
  private static @Nullable String failing(BatchPlan plan) {
    List<OutputColumn> columns = new ArrayList<>();
    if (plan instanceof MatchPlan match) {
      match.values().forEach(value -> columns.add(named(value, match.input().columns())));
    } else {
      plan.inputs().forEach(input -> columns.addAll(input.columns()));
    }
    for (Expression expression : expressions(plan)) {
      if (mayFail(expression)) {
        return ExpressionText.of(
            expression, i -> i < columns.size() ? columns.get(i).name() : "column " + i);
      }
    }
    return plan.inputs().stream()
        .map(RowFailures::failing)
        .filter(text -> text != null)
        .findFirst()
        .orElse(null);
  }

  /** What a condition or measure knows of its match, called after the column that it is of. */
  private static OutputColumn named(MatchValue value, List<OutputColumn> input) {
    String name =
        value instanceof MatchValue.Column column ? input.get(column.column()).name() : "its match";
    return new OutputColumn(name, value.type(), true);
  }

  private static List<Expression> expressions(BatchPlan plan) {
    return switch (plan) {
      case ScanPlan scan -> scan.filters();
      case FilterPlan filter -> List.of(filter.condition());
      case ProjectPlan project -> project.expressions();
      case HashJoinPlan join -> join.residual() == null ? List.of() : List.of(join.residual());
      case NestedLoopJoinPlan join ->
          join.condition() == null ? List.of() : List.of(join.condition());
      case MatchPlan match ->
          Stream.concat(match.conditions().stream(), match.measures().stream()).toList();
      default -> List.of();
    };
  }

  /** As {@link Expression#mayFail}; that a time and an interval leave the calendar is left out. */
  private static boolean mayFail(Expression expression) {
    if (!expression.mayFail()) {
      return false;
    }
    boolean isOfParts =
        movesTime(expression)
            || expression.type() instanceof Type.Bool && !(expression instanceof UserCall);
    if (isOfParts && expression.operands().stream().anyMatch(Expression::mayFail)) {
      return expression.operands().stream().anyMatch(RowFailures::mayFail);
    }
    return !movesTime(expression);
  }

  private static boolean movesTime(Expression expression) {
    return expression instanceof Call call
        && (call.function() == ScalarFunction.ADD || call.function() == ScalarFunction.SUBTRACT)
        && switch (call.type()) {
          case Type.Date t -> true;
          case Type.Time t -> true;
          case Type.Timestamp t -> true;
          case Type.ZonedTimestamp t -> true;
          default -> false;
        };
  }
}
