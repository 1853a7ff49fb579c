package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.rows.KeyedRows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * All rows of a relation as one delta that lets them come: with their weights where rows may go as
 * well, else each as often as it is there.
 */
final class WholeRows {
  private WholeRows() {}

  /** Gives rows that are kept by key, as they are. */
  static void give(KeyedRows rows, boolean changing, DeltaOperator.Output to, Step step) {
    int[] part = new int[Batch.MAX_ROWS];
    int next = 0;
    while (next < rows.length()) {
      int count = 0;
      for (; next < rows.length() && count < part.length; next++) {
        if (rows.weight(next) != 0) {
          part[count++] = next;
        }
      }
      if (count > 0) {
        try (Batch batch = batch(rows, part, count, step.memory())) {
          give(batch, changing, to, step);
        }
      }
    }
  }

  private static Batch batch(KeyedRows rows, int[] numbers, int count, MemoryScope memory) {
    List<Column> columns = rows.take(numbers, count, memory);
    try {
      Buffer weights = memory.allocate(count * 8L);
      for (int i = 0; i < count; i++) {
        Memory.putLong(weights.address() + i * 8L, rows.weight(numbers[i]));
      }
      return new Batch(count, columns, null, new FixedColumn(Type.BIGINT, count, 8, weights, null));
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /** Gives a part of the rows, with weights; borrows it. */
  static void give(Batch rows, boolean changing, DeltaOperator.Output to, Step step) {
    if (changing || rows.weights() == null) {
      to.push(rows, step);
      return;
    }
    int[] places = Worker.rows(rows);
    int[] taken = new int[Batch.MAX_ROWS];
    int count = 0;
    for (int i = 0; i < rows.rowCount(); i++) {
      for (long n = rows.weightAt(places[i]); n > 0; n--) {
        taken[count++] = places[i];
        if (count == taken.length) {
          push(rows, taken, count, to, step);
          count = 0;
        }
      }
    }
    if (count > 0) {
      push(rows, taken, count, to, step);
    }
  }

  private static void push(Batch rows, int[] taken, int count, DeltaOperator.Output to, Step step) {
    List<Column> columns =
        columns(rows, column -> Columns.take(rows.column(column), taken, 0, count, step.memory()));
    try (Batch plain = new Batch(count, columns)) {
      to.push(plain, step);
    }
  }

  private static List<Column> columns(Batch rows, IntFunction<Column> of) {
    List<Column> columns = new ArrayList<>(rows.columnCount());
    try {
      for (int i = 0; i < rows.columnCount(); i++) {
        columns.add(of.apply(i));
      }
      return columns;
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }
}
