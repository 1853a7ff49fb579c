package dev.tidemill.plan.delta;

import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.List;

/**
 * A filter by the values of one row, which change, incrementally: keeps its rows in the order of
 * what is compared, so that of a threshold that moves only the rows in between are looked at.
 *
 * <pre>
 *   v &gt; (SELECT AVG(v) FROM t)      v   1  3  4 │ 6  7  9        the average was 5
 *                                        1  3  4   6 │ 7  9     it is 6.5: 6 goes
 * </pre>
 *
 * @param row gives one row, or none: then no row passes
 * @param condition over the input's columns and those of the row (right behind)
 * @param thresholds the comparisons that the condition is made of, with AND, OR, NOT and conditions
 *     on the input alone
 */
public record DynamicFilterPlan(
    DeltaPlan input, DeltaPlan row, Expression condition, List<Threshold> thresholds)
    implements DeltaPlan {
  public DynamicFilterPlan {
    thresholds = List.copyOf(thresholds);
    if (thresholds.isEmpty()) {
      throw new IllegalArgumentException("a filter by nothing of its row");
    }
  }

  /**
   * A comparison with a value of the one row.
   *
   * @param value over the input's columns
   * @param comparison how {@code value} is to be to {@code threshold}
   * @param threshold over the columns of the row, of the same order as {@code value}
   */
  public record Threshold(Expression value, ScalarFunction comparison, Expression threshold) {}

  @Override
  public List<OutputColumn> columns() {
    return input.columns();
  }

  @Override
  public List<DeltaPlan> inputs() {
    return List.of(input, row);
  }

  @Override
  public boolean changing() {
    return true;
  }

  /** Rows that go as time passes go from here, too. */
  @Override
  public boolean expires() {
    return input.expires();
  }
}
