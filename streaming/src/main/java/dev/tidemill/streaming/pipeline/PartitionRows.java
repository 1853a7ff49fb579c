package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.rows.KeyedRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of partitions as batches: without weights, a row of weight n stands there n times. */
final class PartitionRows {
  /** What gathering a row takes on the heap: its number and its weight. */
  private static final long HEAP_BYTES_A_ROW = 12;

  private PartitionRows() {}

  /**
   * Takes the rows of some partitions; how many these are.
   *
   * @param before whether as they were before the step
   */
  static long gather(
      KeyedRows rows,
      int[] partitions,
      int count,
      boolean before,
      List<Batch> batches,
      MemoryScope memory) {
    try (HeapMemory heap = new HeapMemory(memory)) {
      int[] found = heap.ints(Batch.MAX_ROWS);
      int length = 0;
      for (int i = 0; i < count; i++) {
        for (int row = rows.first(partitions[i]); row >= 0; row = rows.next(row)) {
          if (before || rows.weight(row) != 0) {
            found = heap.grow(found, length + 1);
            found[length++] = row;
          }
        }
      }
      heap.reserve(length * HEAP_BYTES_A_ROW);
      found = Arrays.copyOf(found, length);
      if (before) {
        long[] weights = new long[length];
        rows.weightsBefore(found, length, weights);
        return gather(rows, found, weights, batches, memory);
      }
      return gather(rows, found, weights(rows, found), batches, memory);
    }
  }

  static long[] weights(KeyedRows rows, int[] numbers) {
    long[] weights = new long[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      weights[i] = rows.weight(numbers[i]);
    }
    return weights;
  }

  /** Takes rows, one of weight n n times; how many these are. */
  static long gather(
      KeyedRows rows, int[] numbers, long[] weights, List<Batch> batches, MemoryScope memory) {
    int[] part = new int[Batch.MAX_ROWS];
    int filled = 0;
    long all = 0;
    for (int i = 0; i < numbers.length; i++) {
      if (weights[i] < 0) {
        throw PipelineErrors.removedTooOften();
      }
      all += weights[i];
      for (long n = weights[i]; n > 0; n--) {
        part[filled++] = numbers[i];
        if (filled == part.length) {
          batches.add(new Batch(filled, rows.take(part, filled, memory)));
          filled = 0;
        }
      }
    }
    if (filled > 0) {
      batches.add(new Batch(filled, rows.take(part, filled, memory)));
    }
    return all;
  }

  /** The rows of a result as removed. */
  static Batch removed(Batch batch, MemoryScope memory) {
    List<Column> columns = new ArrayList<>();
    try {
      for (int i = 0; i < batch.columnCount(); i++) {
        columns.add(batch.column(i).retain());
      }
      return new Batch(
          batch.length(),
          columns,
          batch.selection(),
          (FixedColumn) Columns.constant(Type.BIGINT, -1L, batch.length(), memory));
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }
}
