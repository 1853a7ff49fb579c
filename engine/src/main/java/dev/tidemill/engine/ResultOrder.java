package dev.tidemill.engine;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.LimitPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.SortPlan;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import java.util.ArrayList;
import java.util.List;

/**
 * The top-level ORDER BY of a query whose result is kept. What it sorts by that the result does not
 * have is carried along behind the result's columns:
 *
 * <pre>
 *   SELECT name FROM t ORDER BY age, name      name, $order0    by 1, 0
 * </pre>
 *
 * @param plan the query with the columns that it is sorted by
 * @param keys over the columns of {@code plan}
 * @param hidden how many columns it has more than the query
 */
record ResultOrder(BatchPlan plan, List<SortKey> keys, int hidden) {
  static ResultOrder of(BatchPlan query) {
    return switch (query) {
      case SortPlan sort -> new ResultOrder(sort, sort.keys(), 0);
      case TopNPlan top -> new ResultOrder(top, top.keys(), 0);
      case LimitPlan limit -> {
        ResultOrder below = of(limit.input());
        yield new ResultOrder(
            limit.withInputs(List.of(below.plan())), below.keys(), below.hidden());
      }
      case ProjectPlan project -> of(project);
      case BatchPlan other -> new ResultOrder(other, List.of(), 0);
    };
  }

  private static ResultOrder of(ProjectPlan project) {
    ResultOrder below = of(project.input());
    List<Expression> expressions = new ArrayList<>(project.expressions());
    List<OutputColumn> columns = new ArrayList<>(project.columns());
    List<SortKey> keys = new ArrayList<>();
    for (SortKey key : below.keys()) {
      int column = place(expressions, key.column());
      if (column < 0) {
        OutputColumn sorted = below.plan().columns().get(key.column());
        column = expressions.size();
        columns.add(
            new OutputColumn(
                "$order" + (column - project.columns().size()), sorted.type(), sorted.nullable()));
        expressions.add(new ColumnReference(key.column(), sorted.type()));
      }
      keys.add(new SortKey(column, key.descending(), key.nullsFirst()));
    }
    return new ResultOrder(
        new ProjectPlan(below.plan(), expressions, columns),
        keys,
        columns.size() - project.columns().size());
  }

  private static int place(List<Expression> expressions, int column) {
    for (int i = 0; i < expressions.size(); i++) {
      if (expressions.get(i) instanceof ColumnReference reference && reference.index() == column) {
        return i;
      }
    }
    return -1;
  }
}
