package dev.tidemill.exec.scan;

import dev.tidemill.exec.expression.ColumnRange;
import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One of the conditions that all rows of a scan fulfil. */
sealed interface ScanCondition {
  /** Keeps those of {@code rows} that fulfil it. */
  void apply(ScanRows rows, EvaluationContext context);

  /**
   * Whether it may be asked before conditions that stand in front of it: it raises no errors that
   * they might prevent.
   */
  boolean isMovable();

  /**
   * Of the plan. Immutable; any thread.
   *
   * @param range the same, where it is a range of one column, else null
   */
  record OfPlan(Predicate predicate, int[] columns, boolean isMovable, @Nullable ColumnRange range)
      implements ScanCondition {
    static OfPlan of(Expression condition, List<Type> types) {
      TreeSet<Integer> columns = new TreeSet<>();
      collect(condition, columns);
      return new OfPlan(
          ExpressionCompiler.compilePredicate(condition, types),
          columns.stream().mapToInt(Integer::intValue).toArray(),
          !condition.mayFail(),
          ColumnRange.within(condition));
    }

    private static void collect(Expression expression, TreeSet<Integer> columns) {
      if (expression instanceof ColumnReference column) {
        columns.add(column.index());
      }
      expression.operands().forEach(operand -> collect(operand, columns));
    }

    @Override
    public void apply(ScanRows rows, EvaluationContext context) {
      if (range != null && rows.keepBetween(range.column().index(), range.low(), range.high())) {
        return;
      }
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
      if (!filter.isUseless() && !filter.keepUnread(rows)) {
        rows.keep(
            filter.select(
                rows.column(filter.column()), rows.length(), rows.selection(), context.memory()));
      }
    }
  }
}
