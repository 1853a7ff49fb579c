package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects rows into batches: whole rows by {@link #appendRow} or {@link #appendFrom}, or value by
 * value through {@link #column} and then {@link #endRow}. For sources, borders and tests. One
 * thread.
 */
public final class BatchBuilder implements AutoCloseable {
  private final List<ColumnBuilder> columns;
  private final @Nullable ColumnBuilder weights;
  private int length;

  private BatchBuilder(List<Type> types, boolean weighted, MemoryScope scope, int expectedRows) {
    columns = new ArrayList<>(types.size());
    for (Type type : types) {
      columns.add(ColumnBuilder.of(type, scope, expectedRows));
    }
    weights = weighted ? ColumnBuilder.of(Type.BIGINT, scope, expectedRows) : null;
  }

  /** A builder of batches without weights. */
  public static BatchBuilder of(List<Type> types, MemoryScope scope, int expectedRows) {
    return new BatchBuilder(types, false, scope, expectedRows);
  }

  /** A builder of deltas: batches with a column of weights. */
  public static BatchBuilder ofDeltas(List<Type> types, MemoryScope scope, int expectedRows) {
    return new BatchBuilder(types, true, scope, expectedRows);
  }

  /** The builder of a column; after a value for each column comes {@link #endRow}. */
  public ColumnBuilder column(int index) {
    return columns.get(index);
  }

  public void endRow() {
    endRow(1);
  }

  /**
   * Ends a row of the given weight.
   *
   * @throws IllegalArgumentException for a weight other than 1 where the builder has no weights
   */
  public void endRow(long weight) {
    if (weights != null) {
      weights.appendLong(weight);
    } else if (weight != 1) {
      throw new IllegalArgumentException("weight " + weight + " in a batch without weights");
    }
    length++;
  }

  /** A row of objects of the classes that {@link Type} names, null for NULL. */
  public void appendRow(@Nullable Object... values) {
    appendWeighted(1, values);
  }

  public void appendWeighted(long weight, @Nullable Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(
          values.length + " values for " + columns.size() + " columns");
    }
    for (int i = 0; i < values.length; i++) {
      columns.get(i).appendValue(values[i]);
    }
    endRow(weight);
  }

  /**
   * A standing row of a batch with columns of the same types; with its weight, where this builds
   * deltas.
   */
  public void appendFrom(Batch batch, int row) {
    appendFrom(batch, row, batch.weightAt(row));
  }

  public void appendFrom(Batch batch, int row, long weight) {
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).appendFrom(batch.column(i), row);
    }
    endRow(weight);
  }

  /** Rows since the last {@link #build}. */
  public int length() {
    return length;
  }

  /** Whether {@link Batch#MAX_ROWS} rows stand. */
  public boolean isFull() {
    return length >= Batch.MAX_ROWS;
  }

  /** The batch of all rows; the builder is empty again and may go on. */
  public Batch build() {
    try (Partial partial = new Partial()) {
      List<Column> built = new ArrayList<>(columns.size());
      for (ColumnBuilder column : columns) {
        built.add(partial.add(column.build()));
      }
      FixedColumn weight = weights == null ? null : (FixedColumn) partial.add(weights.build());
      int rows = length;
      length = 0;
      return partial.done(new Batch(rows, built, null, weight));
    }
  }

  @Override
  public void close() {
    columns.forEach(ColumnBuilder::close);
    if (weights != null) {
      weights.close();
    }
  }
}
