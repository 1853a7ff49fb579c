package dev.tidemill.exec.scan;

import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.FieldAccess;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.expression.Parameter;
import java.util.List;
import java.util.TreeSet;

/** One of the conditions that all rows of a scan fulfil. */
sealed interface ScanCondition {
  /** Keeps those of {@code rows} that fulfil it. */
  void apply(ScanRows rows, EvaluationContext context);

  /**
   * Whether it may be asked before conditions that stand in front of it: it raises no errors that
   * they might prevent.
   */
  boolean isMovable();

  /** Of the plan. Immutable; any thread. */
  record OfPlan(Predicate predicate, int[] columns, boolean isMovable) implements ScanCondition {
    static OfPlan of(Expression condition, List<Type> types) {
      TreeSet<Integer> columns = new TreeSet<>();
      collect(condition, columns);
      return new OfPlan(
          ExpressionCompiler.compilePredicate(condition, types),
          columns.stream().mapToInt(Integer::intValue).toArray(),
          !mayFail(condition));
    }

    private static void collect(Expression expression, TreeSet<Integer> columns) {
      if (expression instanceof ColumnReference column) {
        columns.add(column.index());
      }
      expression.operands().forEach(operand -> collect(operand, columns));
    }

    private static boolean mayFail(Expression expression) {
      boolean itself =
          switch (expression) {
            case ColumnReference e -> false;
            case Literal e -> false;
            case Parameter e -> false;
            case And e -> false;
            case Or e -> false;
            case InList e -> false;
            case FieldAccess e -> false;
            case Case e -> false;
            case Cast e -> true;
            case Call e -> mayFail(e);
          };
      return itself || expression.operands().stream().anyMatch(OfPlan::mayFail);
    }

    private static boolean mayFail(Call call) {
      return switch (call.function()) {
        case EQUAL,
            NOT_EQUAL,
            LESS,
            LESS_OR_EQUAL,
            GREATER,
            GREATER_OR_EQUAL,
            IS_DISTINCT,
            IS_NOT_DISTINCT,
            IS_NULL,
            IS_NOT_NULL,
            IS_TRUE,
            IS_NOT_TRUE,
            IS_FALSE,
            IS_NOT_FALSE,
            NOT,
            LIKE,
            STARTS_WITH ->
            false;
        default -> true;
      };
    }

    @Override
    public void apply(ScanRows rows, EvaluationContext context) {
      for (int column : columns) {
        rows.column(column);
      }
      rows.keep(predicate.filter(rows.columns(), rows.length(), rows.selection(), context));
    }
  }

  /** Found while the query runs. One worker's. */
  record OfRun(RuntimeSelection filter) implements ScanCondition {
    @Override
    public boolean isMovable() {
      return true;
    }

    @Override
    public void apply(ScanRows rows, EvaluationContext context) {
      if (!filter.isUseless()) {
        rows.keep(
            filter.select(
                rows.column(filter.column()), rows.length(), rows.selection(), context.memory()));
      }
    }
  }
}
