package dev.tidemill.planner;

import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.expression.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table's columns and watermark as expressions over its stored columns, computed ones inlined: a
 * column reference's index is the position in {@code stored}.
 *
 * @param stored what the table keeps, in the order of its schema
 * @param columns what queries see, in order
 * @param expressions per column of {@code columns} what it is
 * @param timeColumn position of the watermark's column in {@code columns}, or -1
 * @param watermark the watermark's expression, of the time column's type, or null
 */
public record CompiledTable(
    List<OutputColumn> stored,
    List<OutputColumn> columns,
    List<Expression> expressions,
    int timeColumn,
    @Nullable Expression watermark) {
  public CompiledTable {
    stored = List.copyOf(stored);
    columns = List.copyOf(columns);
    expressions = List.copyOf(expressions);
  }

  /** The time column over the stored columns, or null where there is no watermark. */
  public @Nullable Expression time() {
    return timeColumn < 0 ? null : expressions.get(timeColumn);
  }
}
