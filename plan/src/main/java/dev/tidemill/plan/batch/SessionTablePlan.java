package dev.tidemill.plan.batch;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.function.WindowFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * SESSION: each row of the input with {@code window_start} and {@code window_end} (of the time
 * column's type) of its session behind its columns. Rows of one key are in one session where none
 * is further behind the one before it than the gap; a session starts at its first row and ends a
 * gap behind its last. A row whose time is NULL is in none.
 *
 * @param keys the columns that partition the rows
 */
public record SessionTablePlan(BatchPlan input, List<Integer> keys, int timeColumn, long gapMillis)
    implements BatchPlan {
  private static final WindowFrame WHOLE =
      frame(
          WindowFrame.Unit.ROWS,
          new WindowFrame.UnboundedPreceding(),
          new WindowFrame.UnboundedFollowing());
  private static final WindowFrame TO_HERE =
      frame(
          WindowFrame.Unit.RANGE,
          new WindowFrame.UnboundedPreceding(),
          new WindowFrame.CurrentRow());
  private static final WindowFrame FROM_HERE =
      frame(
          WindowFrame.Unit.RANGE,
          new WindowFrame.CurrentRow(),
          new WindowFrame.UnboundedFollowing());

  public SessionTablePlan {
    keys = List.copyOf(keys);
    if (gapMillis <= 0) {
      throw new IllegalArgumentException("gap " + gapMillis);
    }
  }

  private static WindowFrame frame(
      WindowFrame.Unit unit, WindowFrame.Bound from, WindowFrame.Bound to) {
    return new WindowFrame(unit, from, to, WindowFrame.Exclusion.NO_OTHERS);
  }

  private Type time() {
    return input.columns().get(timeColumn).type();
  }

  @Override
  public List<OutputColumn> columns() {
    List<OutputColumn> columns = new ArrayList<>(input.columns());
    columns.add(new OutputColumn("window_start", time(), false));
    columns.add(new OutputColumn("window_end", time(), false));
    return columns;
  }

  @Override
  public List<BatchPlan> inputs() {
    return List.of(input);
  }

  @Override
  public SessionTablePlan withInputs(List<BatchPlan> inputs) {
    return new SessionTablePlan(inputs.get(0), keys, timeColumn, gapMillis);
  }

  /**
   * The same written with OVER: a session begins where the row before is further away than the gap
   * and ends where the next one is, so a row's has the last beginning up to it and the first end
   * from it on.
   */
  public BatchPlan definition() {
    int width = input.columns().size();
    List<SortKey> order = List.of(new SortKey(timeColumn, false, false));
    Expression time = column(timeColumn);
    BatchPlan timed =
        new FilterPlan(input, new Call(ScalarFunction.IS_NOT_NULL, List.of(time), Type.BOOLEAN));
    BatchPlan neighbours =
        new WindowPlan(
            timed,
            keys,
            order,
            List.of(neighbour(WindowFunction.LAG), neighbour(WindowFunction.LEAD)),
            with("previous", "next"));
    BatchPlan ends =
        new ProjectPlan(
            neighbours,
            expressions(
                unless(isNear(column(width), time), time),
                unless(isNear(time, column(width + 1)), time)),
            with("first", "last"));
    List<OutputColumn> columns = new ArrayList<>(ends.columns());
    columns.add(new OutputColumn("window_start", time(), false));
    columns.add(new OutputColumn("ending", time(), false));
    BatchPlan sessions =
        new WindowPlan(
            ends,
            keys,
            order,
            List.of(
                extreme(AggregateFunction.MAX, width, TO_HERE),
                extreme(AggregateFunction.MIN, width + 1, FROM_HERE)),
            columns);
    return new ProjectPlan(
        sessions, expressions(column(width + 2), later(column(width + 3))), columns());
  }

  private Expression column(int number) {
    return new ColumnReference(
        number, number < input.columns().size() ? input.columns().get(number).type() : time());
  }

  /** The input's columns and two of the time's type. */
  private List<OutputColumn> with(String first, String second) {
    List<OutputColumn> columns = new ArrayList<>(input.columns());
    columns.add(new OutputColumn(first, time(), true));
    columns.add(new OutputColumn(second, time(), true));
    return columns;
  }

  private List<Expression> expressions(Expression first, Expression second) {
    List<Expression> expressions = new ArrayList<>();
    for (int i = 0; i < input.columns().size(); i++) {
      expressions.add(column(i));
    }
    expressions.add(first);
    expressions.add(second);
    return expressions;
  }

  private WindowCall neighbour(WindowFunction function) {
    return new WindowCall.Function(function, List.of(timeColumn), false, WHOLE, time());
  }

  private WindowCall extreme(AggregateFunction function, int column, WindowFrame frame) {
    return new WindowCall.Aggregate(function, List.of(column), frame, time());
  }

  private Expression later(Expression time) {
    return new Call(
        ScalarFunction.ADD,
        List.of(time, new Literal(new Type.TimeInterval(), Duration.ofMillis(gapMillis))),
        time());
  }

  /** Whether a time is not further behind an earlier one than the gap; not TRUE if one is NULL. */
  private Expression isNear(Expression earlier, Expression time) {
    return new Call(ScalarFunction.GREATER_OR_EQUAL, List.of(later(earlier), time), Type.BOOLEAN);
  }

  private Expression unless(Expression condition, Expression value) {
    return new Case(List.of(new Case.When(condition, Literal.nullOf(time()))), value, time());
  }
}
