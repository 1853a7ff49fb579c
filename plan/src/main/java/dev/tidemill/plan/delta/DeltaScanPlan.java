package dev.tidemill.plan.delta;

import com.fasterxml.jackson.annotation.JsonInclude;
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
 * @param key names of the columns by which the table tells the rows that go: the last row of each
 *     key is kept; none where those that go stand there as they were
 * @param ofResult whether the table is the result of a standing query, whose watermark is the
 *     table's
 */
public record DeltaScanPlan(
    TableReference table,
    List<OutputColumn> columns,
    @Nullable EventTime eventTime,
    List<Expression> filters,
    boolean changing,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable List<String> key,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean ofResult)
    implements DeltaPlan {
  public DeltaScanPlan {
    key = key == null ? List.of() : List.copyOf(key);
    columns = List.copyOf(columns);
    filters = List.copyOf(filters);
  }

  /** A scan of a table that tells rows that go as they were, if any do. */
  public DeltaScanPlan(
      TableReference table,
      List<OutputColumn> columns,
      @Nullable EventTime eventTime,
      List<Expression> filters,
      boolean changing) {
    this(table, columns, eventTime, filters, changing, List.of());
  }

  /** A scan of a table that is no result. */
  public DeltaScanPlan(
      TableReference table,
      List<OutputColumn> columns,
      @Nullable EventTime eventTime,
      List<Expression> filters,
      boolean changing,
      @Nullable List<String> key) {
    this(table, columns, eventTime, filters, changing, key, false);
  }

  @Override
  public List<String> key() {
    return key == null ? List.of() : key;
  }

  @Override
  public List<DeltaPlan> inputs() {
    return List.of();
  }
}
