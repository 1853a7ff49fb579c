package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whole batches from whole batches. Arguments are borrowed, results are the caller's to close. */
public final class Batches {
  private Batches() {}

  /**
   * The rows that count, with their weights, in a batch without a selection that shares no buffer
   * of values with {@code batch} (dictionaries stay shared).
   */
  public static Batch compact(Batch batch, MemoryScope scope) {
    try (Partial partial = new Partial()) {
      List<Column> columns = new ArrayList<>(batch.columnCount());
      for (int i = 0; i < batch.columnCount(); i++) {
        columns.add(partial.add(Columns.compact(batch.column(i), batch.selection(), scope)));
      }
      FixedColumn weights = batch.weights();
      FixedColumn compacted =
          weights == null
              ? null
              : (FixedColumn) partial.add(Columns.compact(weights, batch.selection(), scope));
      return partial.done(new Batch(batch.rowCount(), columns, null, compacted));
    }
  }

  /**
   * Rows of {@code batch} by number, with their weights; {@link Columns#take}. A row -1 is all NULL
   * and has no place in a batch with weights.
   */
  public static Batch take(Batch batch, int[] rows, int offset, int count, MemoryScope scope) {
    try (Partial partial = new Partial()) {
      List<Column> columns = new ArrayList<>(batch.columnCount());
      for (int i = 0; i < batch.columnCount(); i++) {
        columns.add(partial.add(Columns.take(batch.column(i), rows, offset, count, scope)));
      }
      FixedColumn weights = batch.weights();
      FixedColumn taken =
          weights == null
              ? null
              : (FixedColumn) partial.add(Columns.take(weights, rows, offset, count, scope));
      return partial.done(new Batch(count, columns, null, taken));
    }
  }

  /**
   * All rows that count of {@code batches}, one after the other, with weights if one of them has
   * weights. The result may be longer than {@link Batch#MAX_ROWS}.
   */
  public static Batch concat(List<Batch> batches, List<Type> types, MemoryScope scope) {
    try (Partial partial = new Partial();
        Partial selected = new Partial()) {
      int count = 0;
      boolean weighted = false;
      for (Batch batch : batches) {
        count = Math.addExact(count, batch.rowCount());
        weighted |= batch.weights() != null;
      }
      List<Column> columns = new ArrayList<>(types.size());
      for (int i = 0; i < types.size(); i++) {
        List<Column> parts = new ArrayList<>(batches.size());
        for (Batch batch : batches) {
          parts.add(selected.add(selected(batch, batch.column(i), scope)));
        }
        columns.add(partial.add(Columns.concat(parts, types.get(i), scope)));
      }
      FixedColumn weights = null;
      if (weighted) {
        List<Column> parts = new ArrayList<>(batches.size());
        for (Batch batch : batches) {
          FixedColumn own = batch.weights();
          parts.add(
              selected.add(
                  own == null
                      ? Columns.constant(Type.BIGINT, 1L, batch.rowCount(), scope)
                      : selected(batch, own, scope)));
        }
        weights = (FixedColumn) partial.add(Columns.concat(parts, Type.BIGINT, scope));
      }
      return partial.done(new Batch(count, columns, null, weights));
    }
  }

  private static Column selected(Batch batch, Column column, MemoryScope scope) {
    Selection selection = batch.selection();
    return selection == null
        ? column.retain()
        : Columns.take(column, selection.rows(), 0, selection.count(), scope);
  }

  /** A batch of rows of objects of the classes that {@link Type} names. */
  public static Batch fromRows(List<Type> types, List<? extends List<?>> rows, MemoryScope scope) {
    return fromRows(types, rows, null, scope);
  }

  /** As {@link #fromRows(List, List, MemoryScope)}, with a weight for each row, or none. */
  public static Batch fromRows(
      List<Type> types,
      List<? extends List<?>> rows,
      long @Nullable [] weights,
      MemoryScope scope) {
    try (BatchBuilder builder =
        weights == null
            ? BatchBuilder.of(types, scope, rows.size())
            : BatchBuilder.ofDeltas(types, scope, rows.size())) {
      for (int i = 0; i < rows.size(); i++) {
        builder.appendWeighted(weights == null ? 1 : weights[i], rows.get(i).toArray());
      }
      return builder.build();
    }
  }

  /** The rows that count as objects, null for NULL; without the weights. */
  public static List<List<@Nullable Object>> toRows(Batch batch) {
    List<List<@Nullable Object>> rows = new ArrayList<>(batch.rowCount());
    for (int i = 0; i < batch.rowCount(); i++) {
      rows.add(row(batch, batch.row(i)));
    }
    return rows;
  }

  /** A standing row as objects, null for NULL. */
  public static List<@Nullable Object> row(Batch batch, int row) {
    List<@Nullable Object> values = new ArrayList<>(batch.columnCount());
    for (int c = 0; c < batch.columnCount(); c++) {
      values.add(batch.column(c).value(row));
    }
    return values;
  }

  /** The weights of the rows that count. */
  public static long[] weights(Batch batch) {
    long[] weights = new long[batch.rowCount()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = batch.weightAt(batch.row(i));
    }
    return weights;
  }
}
