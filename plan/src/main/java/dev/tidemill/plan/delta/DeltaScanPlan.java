package dev.tidemill.plan.delta;

import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.expression.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a step takes from a growing or bounded table: those not late for which every filter
 * is TRUE.
 *
 * @param columns the stored columns that are read, in order; also what the watermark needs
 * @param eventTime null where the table declares no watermark
 * @param filters conjuncts over {@code columns}, applied after lateness is decided
 * @param changing whether the table removes rows too
 */
public record DeltaScanPlan(
    TableReference table,
    List<OutputColumn> columns,
    @Nullable EventTime eventTime,
    List<Expression> filters,
    boolean changing)
    implements DeltaPlan {
  public DeltaScanPlan {
    columns = List.copyOf(columns);
    filters = List.copyOf(filters);
  }

  @Override
  public List<DeltaPlan> inputs() {
    return List.of();
  }
}
