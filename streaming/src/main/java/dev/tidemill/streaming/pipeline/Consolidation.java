package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Deltas in which each row is there once, with its weights summed up; those of 0 are left out. */
final class Consolidation {
  private Consolidation() {}

  /** Batches of the same rows, each once, the caller's to close; {@code batches} are borrowed. */
  static List<Batch> of(List<Batch> batches, List<Type> types, MemoryScope memory) {
    int rows = batches.stream().mapToInt(Batch::rowCount).sum();
    long[] weights = new long[rows];
    // By batch, the rows that stand for all that are equal.
    List<int[]> firsts = new ArrayList<>();
    List<int[]> numbers = new ArrayList<>();
    try (GroupTable table = GroupTable.of(types, memory)) {
      int known = 0;
      for (Batch batch : batches) {
        int count = batch.rowCount();
        int[] found = new int[count];
        List<Column> columns = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
          columns.add(batch.column(i));
        }
        table.groups(columns, Worker.rows(batch), count, found);
        int[] first = new int[count];
        int[] number = new int[count];
        int fresh = 0;
        for (int i = 0; i < count; i++) {
          int row = batch.row(i);
          if (found[i] == known) {
            first[fresh] = row;
            number[fresh++] = known++;
          }
          weights[found[i]] = Math.addExact(weights[found[i]], batch.weightAt(row));
        }
        firsts.add(Arrays.copyOf(first, fresh));
        numbers.add(Arrays.copyOf(number, fresh));
      }
    }
    List<Batch> all = new ArrayList<>();
    try {
      for (int b = 0; b < batches.size(); b++) {
        Batch batch = changed(batches.get(b), firsts.get(b), numbers.get(b), weights, memory);
        if (batch != null) {
          all.add(batch);
        }
      }
      return all;
    } catch (Throwable t) {
      all.forEach(Batch::close);
      throw t;
    }
  }

  /** Those rows whose weight, by number, is not 0. */
  private static @Nullable Batch changed(
      Batch batch, int[] rows, int[] numbers, long[] weights, MemoryScope memory) {
    int[] kept = new int[rows.length];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (weights[numbers[i]] != 0) {
        numbers[count] = numbers[i];
        kept[count++] = rows[i];
      }
    }
    if (count == 0) {
      return null;
    }
    try (Batch taken = Batches.take(batch, kept, 0, count, memory)) {
      List<Column> columns = new ArrayList<>(taken.columnCount());
      Buffer buffer = memory.allocate(count * 8L);
      for (int i = 0; i < count; i++) {
        Memory.putLong(buffer.address() + i * 8L, weights[numbers[i]]);
      }
      for (int i = 0; i < taken.columnCount(); i++) {
        columns.add(taken.column(i).retain());
      }
      return new Batch(count, columns, null, new FixedColumn(Type.BIGINT, count, 8, buffer, null));
    }
  }
}
