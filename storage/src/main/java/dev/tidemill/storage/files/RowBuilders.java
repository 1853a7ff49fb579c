package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects rows of text formats into batches. A row that turns out bad in its middle keeps its
 * place, filled with NULLs, and is left out by the batch's selection. One thread.
 */
public final class RowBuilders implements AutoCloseable {
  private final List<ColumnBuilder> columns = new ArrayList<>();
  private final long[] positions = new long[Batch.MAX_ROWS];
  private int rows;
  private int @Nullable [] good;
  private int goodRows;

  public RowBuilders(List<Type> types, MemoryScope scope) {
    for (Type type : types) {
      columns.add(ColumnBuilder.of(type, scope, 1024));
    }
  }

  public ColumnBuilder column(int index) {
    return columns.get(index);
  }

  /**
   * Ends a row for which each column got a value.
   *
   * @param position where it begins in its file
   */
  public void endRow(long position) {
    positions[rows] = position;
    if (good != null) {
      good[goodRows] = rows;
    }
    goodRows++;
    rows++;
  }

  /** Ends a row that is left out; columns without a value get a NULL. */
  public void endBadRow() {
    if (good == null) {
      good = new int[Batch.MAX_ROWS];
      for (int i = 0; i < rows; i++) {
        good[i] = i;
      }
    }
    rows++;
    for (ColumnBuilder column : columns) {
      if (column.length() < rows) {
        column.appendNull();
      }
    }
  }

  public boolean isFull() {
    return rows == Batch.MAX_ROWS;
  }

  /** Rows since the last batch, bad ones too. */
  public int length() {
    return rows;
  }

  /** Whether so many rows find room. */
  public boolean hasRoomFor(int more) {
    return rows + more <= Batch.MAX_ROWS;
  }

  /** Where a row of the last batch begins in its file, until the next row ends. */
  public long positionOf(int row) {
    return positions[row];
  }

  /** The batch of the rows so far, or null if none is good. Starts anew. */
  public @Nullable Batch build() {
    List<Column> built = new ArrayList<>(columns.size());
    for (ColumnBuilder column : columns) {
      built.add(column.build());
    }
    Selection selection = good == null ? null : new Selection(good, goodRows);
    Batch batch = new Batch(rows, built, selection, null);
    boolean empty = goodRows == 0;
    rows = 0;
    goodRows = 0;
    good = null;
    if (empty) {
      batch.close();
      return null;
    }
    return batch;
  }

  @Override
  public void close() {
    columns.forEach(ColumnBuilder::close);
  }
}
