package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.streaming.pipeline.JoinPresence.Stand;
import java.util.ArrayList;
import java.util.List;

/**
 * What a join gives out: pairs of rows, and rows of one side alone.
 *
 * <pre>
 *   pair   left columns | right columns
 *   alone  left columns | NULLs               or NULLs | right columns; or left columns (, mark)
 * </pre>
 */
final class JoinOutput {
  /** Where columns of rows by number come from. */
  interface Source {
    /** The caller's to close. */
    List<Column> take(int[] rows, int count, MemoryScope memory);
  }

  private final DeltaJoinPlan plan;
  private final DeltaOperator.Output output;

  // Rows alone that have not been given out.
  private final int[] rows = new int[Batch.MAX_ROWS];
  private final Stand[] stands = new Stand[Batch.MAX_ROWS];
  private final long[] weights = new long[Batch.MAX_ROWS];
  private int count;

  JoinOutput(DeltaJoinPlan plan, DeltaOperator.Output output) {
    this.plan = plan;
    this.output = output;
  }

  /** Forgets what a step that failed may have left. */
  void begin() {
    count = 0;
  }

  /** Gives out pairs; takes over the columns. */
  void pairs(List<Column> left, List<Column> right, long[] pairWeights, int pairs, Step step) {
    List<Column> columns = new ArrayList<>(left);
    columns.addAll(right);
    push(columns, pairWeights, pairs, step);
  }

  private void push(List<Column> columns, long[] rowWeights, int length, Step step) {
    try (Batch batch = DeltaWeights.batch(columns, rowWeights, length, step.memory())) {
      output.push(batch, step);
    }
  }

  /**
   * Adds a row of a side alone, {@code weight} times; {@link #flush} gives out the last ones. Rows
   * of another side or source are not added before that.
   */
  void alone(int side, Source source, int row, Stand stand, long weight, Step step) {
    if (stand == Stand.ABSENT || weight == 0) {
      return;
    }
    rows[count] = row;
    stands[count] = stand;
    weights[count++] = weight;
    if (count == rows.length) {
      flush(side, source, step);
    }
  }

  /** Gives out the rows that were added. */
  void flush(int side, Source source, Step step) {
    if (count == 0) {
      return;
    }
    int length = count;
    count = 0;
    List<Column> columns = new ArrayList<>();
    try {
      if (side == 1) {
        columns.addAll(nulls(0, plan.left().columns().size(), length, step.memory()));
      }
      columns.addAll(source.take(rows, length, step.memory()));
      if (side == 0) {
        int own = columns.size();
        columns.addAll(
            stands[0] == Stand.ALONE
                ? nulls(own, plan.columns().size(), length, step.memory())
                : List.of(marks(length, step.memory())));
      }
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
    push(columns, weights, length, step);
  }

  private List<Column> nulls(int from, int to, int length, MemoryScope memory) {
    List<Column> nulls = new ArrayList<>();
    try {
      for (OutputColumn column : plan.columns().subList(from, to)) {
        nulls.add(Columns.nulls(column.type(), length, memory));
      }
      return nulls;
    } catch (Throwable t) {
      nulls.forEach(Column::close);
      throw t;
    }
  }

  private Column marks(int length, MemoryScope memory) {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.BOOLEAN, memory, length)) {
      for (int i = 0; i < length; i++) {
        if (stands[i] == Stand.MARKED_UNKNOWN) {
          builder.appendNull();
        } else {
          builder.appendBoolean(stands[i] == Stand.MARKED_TRUE);
        }
      }
      return builder.build();
    }
  }
}
