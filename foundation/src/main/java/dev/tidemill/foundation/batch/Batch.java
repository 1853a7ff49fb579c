package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.MemoryScope;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * At most {@value #MAX_ROWS} rows as columns, with an optional selection and, where rows are a
 * delta, an optional column of weights.
 *
 * <ul>
 *   <li>{@link #length()} rows stand in the columns; {@link #rowCount()} of them count: all, or
 *       those of the selection.
 *   <li>Weights are BIGINT, one per standing row, never NULL, +n inserted n times, -n removed n
 *       times, 0 never. No weights: every row is inserted once.
 *   <li>A batch owns one reference of each column. {@code push} lends a batch for the call; who
 *       keeps it calls {@link #retain()} (and {@link #chargeTo}), and closes it later. Immutable
 *       but for the counting.
 * </ul>
 */
public final class Batch implements AutoCloseable {
  public static final int MAX_ROWS = 4096;

  private final int length;
  private final Column[] columns;
  private final @Nullable Selection selection;
  private final @Nullable FixedColumn weights;
  private final AtomicInteger references = new AtomicInteger(1);

  /** Takes ownership of the columns (one reference each) and of {@code weights}. */
  public Batch(
      int length,
      List<? extends Column> columns,
      @Nullable Selection selection,
      @Nullable FixedColumn weights) {
    this.length = length;
    this.columns = columns.toArray(Column[]::new);
    this.selection = selection;
    this.weights = weights;
    for (Column column : this.columns) {
      if (column.length() != length) {
        throw new IllegalArgumentException(
            "a column of " + column.length() + " rows in a batch of " + length);
      }
    }
  }

  public Batch(int length, List<? extends Column> columns) {
    this(length, columns, null, null);
  }

  /** Rows that stand in the columns, selected or not. */
  public int length() {
    return length;
  }

  /** Rows that count. */
  public int rowCount() {
    return selection == null ? length : selection.count();
  }

  /** The row number of the {@code index}th row that counts. */
  public int row(int index) {
    return selection == null ? index : selection.row(index);
  }

  public int columnCount() {
    return columns.length;
  }

  /** A column, borrowed. */
  public Column column(int index) {
    return columns[index];
  }

  /** The rows that count, or null where all do. */
  public @Nullable Selection selection() {
    return selection;
  }

  /** The weights, borrowed, or null where every row has weight 1. */
  public @Nullable FixedColumn weights() {
    return weights;
  }

  public long weightAt(int row) {
    return weights == null ? 1 : weights.longAt(row);
  }

  /**
   * Another batch of the same rows with another selection (taken over); shares columns and weights.
   */
  public Batch select(@Nullable Selection other) {
    for (Column column : columns) {
      column.retain();
    }
    return new Batch(length, List.of(columns), other, retainedWeights());
  }

  /**
   * Another batch of the same rows, selection and weights with other columns (taken over, each
   * {@link #length()} rows).
   */
  public Batch withColumns(List<? extends Column> others) {
    return new Batch(length, others, selection, retainedWeights());
  }

  private @Nullable FixedColumn retainedWeights() {
    return weights == null ? null : (FixedColumn) weights.retain();
  }

  public Batch retain() {
    if (references.getAndIncrement() <= 0) {
      throw new IllegalStateException("the batch is closed");
    }
    return this;
  }

  public void chargeTo(MemoryScope scope) {
    for (Column column : columns) {
      column.chargeTo(scope);
    }
    if (weights != null) {
      weights.chargeTo(scope);
    }
  }

  /** Bytes of all columns; shared buffers count in each. */
  public long bytes() {
    long bytes = weights == null ? 0 : weights.bytes();
    for (Column column : columns) {
      bytes += column.bytes();
    }
    return bytes;
  }

  @Override
  public void close() {
    int left = references.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("the batch was closed too often");
    }
    if (left == 0) {
      for (Column column : columns) {
        column.close();
      }
      if (weights != null) {
        weights.close();
      }
    }
  }
}
