package dev.tidemill.exec.linear;

import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.UnnestPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * UNNEST: each row once per element. It writes the numbers of rows and of elements, and a batch of
 * them is gathered at a time. Linear.
 */
public final class UnnestOperator extends Operator {
  private final UnnestPlan unnest;

  public UnnestOperator(UnnestPlan plan, Operator input) {
    super(plan, List.of(input));
    this.unnest = plan;
  }

  @Override
  public String name() {
    return "Unnest("
        + unnest.collections().stream()
            .map(c -> unnest.input().columns().get(c).name())
            .collect(Collectors.joining(", "))
        + ")";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    run.connect(
        inputs().get(0),
        run.through(this, (worker, next) -> new UnnestStage(run.memory(this), next), down));
  }

  private final class UnnestStage implements BatchSink {
    private final MemoryScope memory;
    private final BatchSink next;
    private final int[] rows = new int[Batch.MAX_ROWS];
    private final int[] ordinals = new int[Batch.MAX_ROWS];
    private final int[][] elements = new int[unnest.collections().size()][Batch.MAX_ROWS];
    private int count;

    UnnestStage(MemoryScope memory, BatchSink next) {
      this.memory = memory;
      this.next = next;
    }

    @Override
    public boolean push(Batch batch) {
      List<Column> decoded = new ArrayList<>();
      try {
        for (int collection : unnest.collections()) {
          decoded.add(Columns.decode(batch.column(collection), memory));
        }
        return push(batch, decoded.stream().map(ListColumn.class::cast).toList());
      } finally {
        decoded.forEach(Column::close);
      }
    }

    private boolean push(Batch batch, List<ListColumn> lists) {
      int[] selected = Worker.rows(batch);
      int selectedCount = batch.rowCount();
      for (int i = 0; i < selectedCount; i++) {
        int row = selected[i];
        int longest = 0;
        for (ListColumn list : lists) {
          longest = Math.max(longest, length(list, row));
        }
        int times = longest == 0 && unnest.outer() ? 1 : longest;
        for (int e = 0; e < times; e++) {
          rows[count] = row;
          ordinals[count] = longest == 0 ? 0 : e + 1;
          for (int k = 0; k < elements.length; k++) {
            ListColumn list = lists.get(k);
            elements[k][count] = e < length(list, row) ? list.startAt(row) + e : -1;
          }
          if (++count == rows.length && !flush(batch, lists)) {
            return false;
          }
        }
      }
      return flush(batch, lists);
    }

    private static int length(ListColumn list, int row) {
      return list.isNull(row) ? 0 : list.endAt(row) - list.startAt(row);
    }

    private boolean flush(Batch batch, List<ListColumn> lists) {
      if (count == 0) {
        return true;
      }
      int length = count;
      count = 0;
      try (Batch unnested = batch(batch, lists, length)) {
        return next.push(unnested);
      }
    }

    private Batch batch(Batch batch, List<ListColumn> lists, int length) {
      List<Column> columns = new ArrayList<>();
      boolean done = false;
      try {
        for (int kept : unnest.kept()) {
          columns.add(Columns.take(batch.column(kept), rows, 0, length, memory));
        }
        for (int k = 0; k < elements.length; k++) {
          addElements(lists.get(k), elements[k], length, columns);
        }
        if (unnest.ordinality()) {
          columns.add(ordinality(length));
        }
        FixedColumn weights = batch.weights();
        FixedColumn taken =
            weights == null ? null : (FixedColumn) Columns.take(weights, rows, 0, length, memory);
        Batch made = new Batch(length, columns, null, taken);
        done = true;
        return made;
      } finally {
        if (!done) {
          columns.forEach(Column::close);
        }
      }
    }

    /** The fields of ROWs and of a MAP's entries; where a ROW is NULL, they are. */
    private void addElements(ListColumn list, int[] numbers, int length, List<Column> columns) {
      if (!(list.elements() instanceof RowColumn row)) {
        columns.add(Columns.take(list.elements(), numbers, 0, length, memory));
        return;
      }
      int[] present = numbers;
      if (row.mayHaveNulls()) {
        present = new int[length];
        for (int i = 0; i < length; i++) {
          present[i] = numbers[i] < 0 || row.isNull(numbers[i]) ? -1 : numbers[i];
        }
      }
      for (int f = 0; f < row.fieldCount(); f++) {
        columns.add(Columns.take(row.field(f), present, 0, length, memory));
      }
    }

    private Column ordinality(int length) {
      Buffer values = memory.allocate(length * 4L);
      @Nullable Buffer validity = null;
      for (int i = 0; i < length; i++) {
        Memory.putInt(values.address() + i * 4L, ordinals[i]);
      }
      if (unnest.outer()) {
        validity = memory.allocateZeroed(Math.max(8, Bits.bytes(length)));
        for (int i = 0; i < length; i++) {
          if (ordinals[i] > 0) {
            Bits.set(validity.address(), i);
          }
        }
      }
      return new FixedColumn(Type.INTEGER, length, 4, values, validity);
    }

    @Override
    public void finish() {
      next.finish();
    }

    @Override
    public void close() {
      next.close();
    }
  }
}
