package dev.tidemill.streaming.rows;

import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * Leaves out of a delta what comes and goes in it: an update of columns that nobody reads.
 *
 * <pre>
 *   -1  7 'a'          +1  8 'c'
 *   +1  7 'a'    ->
 *   +1  8 'c'
 * </pre>
 */
public final class OppositeRows {
  private OppositeRows() {}

  /** The delta, or one with fewer rows; the caller's to close. */
  public static Batch without(Batch delta, MemoryScope memory) {
    FixedColumn given = delta.weights();
    int count = delta.rowCount();
    if (given == null) {
      return delta.retain();
    }
    int[] rows = Worker.rows(delta);
    long[] weights = new long[count];
    int going = 0;
    for (int i = 0; i < count; i++) {
      weights[i] = given.longAt(rows[i]);
      going += weights[i] < 0 ? 1 : 0;
    }
    if (going == 0 || going == count || delta.columnCount() == 0) {
      return delta.retain();
    }
    List<Column> plain = new ArrayList<>(delta.columnCount());
    try {
      for (int i = 0; i < delta.columnCount(); i++) {
        plain.add(Columns.decode(delta.column(i), memory));
      }
      return cancel(plain, rows, weights, going)
          ? left(delta, rows, weights, memory)
          : delta.retain();
    } finally {
      plain.forEach(Column::close);
    }
  }

  /** Takes rows that come from the weights of those that go; whether there were such. */
  private static boolean cancel(List<Column> plain, int[] rows, long[] weights, int going) {
    long[] hashes = new long[plain.get(0).length()];
    RowStore.hash(plain, hashes.length, hashes);
    int size = Integer.highestOneBit(going) * 4;
    int[] places = new int[size];
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] < 0) {
        int place = (int) hashes[rows[i]] & size - 1;
        while (places[place] != 0) {
          place = place + 1 & size - 1;
        }
        places[place] = i + 1;
      }
    }
    boolean any = false;
    for (int i = 0; i < weights.length; i++) {
      int place = (int) hashes[rows[i]] & size - 1;
      while (weights[i] > 0 && places[place] != 0) {
        int other = places[place] - 1;
        if (weights[other] < 0
            && hashes[rows[other]] == hashes[rows[i]]
            && areEqual(plain, rows[other], rows[i])) {
          long taken = Math.min(weights[i], -weights[other]);
          weights[i] -= taken;
          weights[other] += taken;
          any = true;
        }
        place = place + 1 & size - 1;
      }
    }
    return any;
  }

  private static boolean areEqual(List<Column> columns, int row, int other) {
    for (Column column : columns) {
      if (!ColumnStore.equal(column, row, column, other)) {
        return false;
      }
    }
    return true;
  }

  private static Batch left(Batch delta, int[] rows, long[] weights, MemoryScope memory) {
    int[] kept = new int[weights.length];
    int count = 0;
    Buffer buffer = memory.allocate(Math.max(1, delta.length()) * 8L);
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] != 0) {
        Memory.putLong(buffer.address() + rows[i] * 8L, weights[i]);
        kept[count++] = rows[i];
      }
    }
    List<Column> columns = new ArrayList<>(delta.columnCount());
    for (int i = 0; i < delta.columnCount(); i++) {
      columns.add(delta.column(i).retain());
    }
    return new Batch(
        delta.length(),
        columns,
        new Selection(kept, count),
        new FixedColumn(Type.BIGINT, delta.length(), 8, buffer, null));
  }
}
