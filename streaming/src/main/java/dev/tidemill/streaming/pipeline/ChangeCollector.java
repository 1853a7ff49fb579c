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
import dev.tidemill.plan.batch.OutputColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a pipeline: the change of the result. Where rows go as well as come, each row is there
 * once, with its weights summed up, in the order in which rows first came.
 */
final class ChangeCollector implements DeltaOperator.Output {
  private static final String NAME = "result";

  private final List<Type> types;

  /** Whether a row may come several times and weights cancel each other out. */
  private final boolean isLoose;

  private final List<Batch> batches = new ArrayList<>();
  private @Nullable Step running;

  ChangeCollector(List<OutputColumn> columns, boolean isLoose) {
    this.types = columns.stream().map(OutputColumn::type).toList();
    this.isLoose = isLoose;
  }

  @Override
  public void push(Batch delta, Step step) {
    running = step;
    batches.add(delta.retain());
  }

  /** Forgets what a step that failed may have left. */
  void begin() {
    batches.forEach(Batch::close);
    batches.clear();
    running = null;
  }

  /** All that has changed, the caller's to close. */
  List<Batch> finish() {
    Step step = running;
    if (step == null) {
      return List.of();
    }
    String before = step.times().enter(NAME);
    List<Batch> all = isLoose && !isOneRow() ? consolidated(step.memory()) : retained();
    begin();
    step.times().enter(before);
    return all;
  }

  private boolean isOneRow() {
    return batches.size() == 1 && batches.getFirst().rowCount() == 1;
  }

  private List<Batch> retained() {
    return batches.stream().map(Batch::retain).toList();
  }

  private List<Batch> consolidated(MemoryScope memory) {
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
