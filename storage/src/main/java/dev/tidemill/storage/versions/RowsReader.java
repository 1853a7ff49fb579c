package dev.tidemill.storage.versions;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.SkippedReads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of a segment without those that are gone, with weights, with their numbers. */
final class RowsReader implements BatchReader {
  private final BatchReader segment;
  private final long id;
  private final int[] gone;
  private final boolean removes;
  private final int rowColumn;
  private final MemoryScope scope;
  private int next;

  /**
   * @param gone numbers of rows that are left out, ascending
   * @param removes whether the rows have weight -1
   * @param rowColumn where the column of row numbers is put, or -1
   */
  RowsReader(
      BatchReader segment, long id, int[] gone, boolean removes, int rowColumn, MemoryScope scope) {
    this.segment = segment;
    this.id = id;
    this.gone = gone;
    this.removes = removes;
    this.rowColumn = rowColumn;
    this.scope = scope;
  }

  @Override
  public @Nullable Batch next() {
    for (Batch read = segment.next(); read != null; read = segment.next()) {
      try (Batch batch = read) {
        int[] kept = kept(batch);
        if (kept.length > 0) {
          return with(batch, kept);
        }
      }
    }
    return null;
  }

  private int[] kept(Batch batch) {
    int[] kept = new int[batch.rowCount()];
    int count = 0;
    if (gone.length > 0 && batch.rowCount() > 0) {
      int at = Arrays.binarySearch(gone, Math.toIntExact(segment.positionOf(batch.row(0))));
      next = at < 0 ? -1 - at : at;
    }
    for (int i = 0; i < batch.rowCount(); i++) {
      int row = batch.row(i);
      long number = gone.length == 0 ? -1 : segment.positionOf(row);
      while (next < gone.length && gone[next] < number) {
        next++;
      }
      if (next >= gone.length || gone[next] != number) {
        kept[count++] = row;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  private Batch with(Batch batch, int[] kept) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < batch.columnCount(); i++) {
      columns.add(batch.column(i).retain());
    }
    if (rowColumn >= 0) {
      Buffer buffer = scope.allocate(Math.max(1, batch.length()) * 8L);
      for (int row = 0; row < batch.length(); row++) {
        Memory.putLong(buffer.address() + row * 8L, Deletes.row(id, segment.positionOf(row)));
      }
      columns.add(rowColumn, new FixedColumn(Type.BIGINT, batch.length(), 8, buffer, null));
    }
    Selection selection = kept.length == batch.length() ? null : new Selection(kept, kept.length);
    return new Batch(batch.length(), columns, selection, removes ? weights(batch.length()) : null);
  }

  private FixedColumn weights(int length) {
    Buffer buffer = scope.allocate(length * 8L);
    for (int row = 0; row < length; row++) {
      Memory.putLong(buffer.address() + row * 8L, -1);
    }
    return new FixedColumn(Type.BIGINT, length, 8, buffer, null);
  }

  @Override
  public long positionOf(int row) {
    return segment.positionOf(row);
  }

  @Override
  public long bytesRead() {
    return segment.bytesRead();
  }

  @Override
  public SkippedReads skipped() {
    return segment.skipped();
  }

  @Override
  public void close() {
    segment.close();
  }
}
