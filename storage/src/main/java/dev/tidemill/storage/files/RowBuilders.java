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
 * place, filled with NULLs, and is left out by the batch's selection. A batch has {@link
 * Batch#MAX_ROWS} rows, or fewer where they are long: then it ends with the row that makes it
 * {@value #FULL_BYTES} bytes. One thread.
 */
public final class RowBuilders implements AutoCloseable {
  /** A kilobyte a row of a whole batch. */
  static final long FULL_BYTES = 4 << 20;

  private final List<ColumnBuilder> columns = new ArrayList<>();

  /** Those whose values may be long. */
  private final List<ColumnBuilder> variable = new ArrayList<>();

  private final long[] positions = new long[Batch.MAX_ROWS];
  private int rows;
  private int @Nullable [] good;
  private int goodRows;

  public RowBuilders(List<Type> types, MemoryScope scope) {
    for (Type type : types) {
      ColumnBuilder column = ColumnBuilder.of(type, scope, 1024);
      columns.add(column);
      if (mayBeLong(type)) {
        variable.add(column);
      }
    }
  }

  private static boolean mayBeLong(Type type) {
    return type instanceof Type.Varchar
        || type instanceof Type.Varbinary
        || type instanceof Type.Array
        || type instanceof Type.MapType
        || type instanceof Type.Row;
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
    return rows == Batch.MAX_ROWS || isLong();
  }

  private boolean isLong() {
    long bytes = 0;
    for (int i = 0; i < variable.size(); i++) {
      bytes += variable.get(i).variableBytes();
    }
    return bytes >= FULL_BYTES;
  }

  /** Rows since the last batch, bad ones too. */
  public int length() {
    return rows;
  }

  /** Whether so many rows find room: some always do where there are none. */
  public boolean hasRoomFor(int more) {
    return rows + more <= Batch.MAX_ROWS && (rows == 0 || !isLong());
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
