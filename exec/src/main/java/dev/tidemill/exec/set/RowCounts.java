package dev.tidemill.exec.set;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/** How often each distinct row has come on the left and on the right. One thread at a time. */
final class RowCounts implements AutoCloseable {
  private final GroupTable table;
  private final HeapMemory heap;
  private long[] left = new long[1];
  private long[] right = new long[1];
  private final int[] groups = new int[Batch.MAX_ROWS];

  RowCounts(List<Type> types, MemoryScope memory) {
    this.table = GroupTable.of(types, memory);
    this.heap = new HeapMemory(memory);
  }

  void add(Batch batch, boolean isLeft) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < batch.columnCount(); i++) {
      columns.add(batch.column(i));
    }
    table.groups(columns, Worker.rows(batch), batch.rowCount(), groups);
    ensure();
    long[] counts = isLeft ? left : right;
    for (int i = 0; i < batch.rowCount(); i++) {
      counts[groups[i]]++;
    }
  }

  private void ensure() {
    left = heap.grow(left, table.groupCount());
    right = heap.grow(right, table.groupCount());
  }

  /** Adds the counts of another; it takes no more rows then. */
  void addAll(RowCounts other) {
    List<Column> theirs = other.keys();
    try {
      int count = other.table.groupCount();
      int[] rows = new int[Batch.MAX_ROWS];
      for (int from = 0; from < count; from += Batch.MAX_ROWS) {
        int length = Math.min(Batch.MAX_ROWS, count - from);
        for (int i = 0; i < length; i++) {
          rows[i] = from + i;
        }
        table.groups(theirs, rows, length, groups);
        ensure();
        for (int i = 0; i < length; i++) {
          left[groups[i]] += other.left[from + i];
          right[groups[i]] += other.right[from + i];
        }
      }
    } finally {
      theirs.forEach(Column::close);
    }
  }

  /** The distinct rows, the caller's to close; no more rows may come. */
  List<Column> keys() {
    return table.keys();
  }

  int count() {
    return table.groupCount();
  }

  long left(int group) {
    return group < left.length ? left[group] : 0;
  }

  long right(int group) {
    return group < right.length ? right[group] : 0;
  }

  @Override
  public void close() {
    table.close();
    heap.close();
  }
}
