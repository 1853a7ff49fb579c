package dev.tidemill.exec.linear;

import dev.tidemill.exec.expression.Series;
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
        run.through(this, (worker, next) -> new UnnestStage(run.memory(this), worker, next), down));
  }

  private final class UnnestStage implements BatchSink {
    private final MemoryScope memory;
    private final Worker worker;
    private final BatchSink next;
    private final int[] rows = new int[Batch.MAX_ROWS];
    private final long[] ordinals = new long[Batch.MAX_ROWS];
    private int count;

    UnnestStage(MemoryScope memory, Worker worker, BatchSink next) {
      this.memory = memory;
      this.worker = worker;
      this.next = next;
    }

    @Override
    public boolean push(Batch batch) {
      List<Column> decoded = new ArrayList<>();
      try {
        List<Elements> collections = new ArrayList<>();
        for (int collection : unnest.collections()) {
          Column column = Columns.decode(batch.column(collection), memory);
          decoded.add(column);
          collections.add(
              column instanceof RowColumn series
                  ? new SeriesElements(series)
                  : new ListElements((ListColumn) column));
        }
        return push(batch, collections);
      } finally {
        decoded.forEach(Column::close);
      }
    }

    private boolean push(Batch batch, List<Elements> collections) {
      int[] selected = Worker.rows(batch);
      int selectedCount = batch.rowCount();
      for (int i = 0; i < selectedCount; i++) {
        int row = selected[i];
        long longest = 0;
        for (Elements elements : collections) {
          longest = Math.max(longest, elements.count(row));
        }
        long times = longest == 0 && unnest.outer() ? 1 : longest;
        for (long e = 0; e < times; e++) {
          rows[count] = row;
          ordinals[count] = longest == 0 ? 0 : e + 1;
          for (Elements elements : collections) {
            elements.choose(count, row, e);
          }
          if (++count == rows.length && !flush(batch, collections)) {
            return false;
          }
        }
      }
      return flush(batch, collections);
    }

    private boolean flush(Batch batch, List<Elements> collections) {
      if (count == 0) {
        return true;
      }
      worker.check();
      int length = count;
      count = 0;
      try (Batch unnested = batch(batch, collections, length)) {
        return next.push(unnested);
      }
    }

    private Batch batch(Batch batch, List<Elements> collections, int length) {
      List<Column> columns = new ArrayList<>();
      boolean done = false;
      try {
        for (int kept : unnest.kept()) {
          columns.add(Columns.take(batch.column(kept), rows, 0, length, memory));
        }
        for (Elements elements : collections) {
          elements.addColumns(length, columns, memory);
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

    private Column ordinality(int length) {
      Buffer values = memory.allocate(length * 4L);
      @Nullable Buffer validity = null;
      for (int i = 0; i < length; i++) {
        Memory.putInt(values.address() + i * 4L, Math.toIntExact(ordinals[i]));
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

  /** A collection of each row of a batch, and what was chosen of them for the rows of another. */
  private interface Elements {
    long count(int row);

    /** Puts an element, or NULL behind the last, at a place of the result. */
    void choose(int place, int row, long element);

    /** Adds the columns that the chosen elements make. */
    void addColumns(int length, List<Column> columns, MemoryScope memory);
  }

  private static final class ListElements implements Elements {
    private final ListColumn lists;
    private final int[] chosen = new int[Batch.MAX_ROWS];

    ListElements(ListColumn lists) {
      this.lists = lists;
    }

    @Override
    public long count(int row) {
      return lists.isNull(row) ? 0 : lists.endAt(row) - lists.startAt(row);
    }

    @Override
    public void choose(int place, int row, long element) {
      chosen[place] = element < count(row) ? lists.startAt(row) + (int) element : -1;
    }

    /** The fields of ROWs and of a MAP's entries; where a ROW is NULL, they are. */
    @Override
    public void addColumns(int length, List<Column> columns, MemoryScope memory) {
      if (!(lists.elements() instanceof RowColumn row)) {
        columns.add(Columns.take(lists.elements(), chosen, 0, length, memory));
        return;
      }
      int[] present = chosen;
      if (row.mayHaveNulls()) {
        present = new int[length];
        for (int i = 0; i < length; i++) {
          present[i] = chosen[i] < 0 || row.isNull(chosen[i]) ? -1 : chosen[i];
        }
      }
      for (int f = 0; f < row.fieldCount(); f++) {
        columns.add(Columns.take(row.field(f), present, 0, length, memory));
      }
    }
  }

  /** A series, which is counted through: a ROW of its first value, their number and the step. */
  private static final class SeriesElements implements Elements {
    private final RowColumn series;
    private final FixedColumn first;
    private final FixedColumn counts;
    private final FixedColumn steps;
    private final long[] values = new long[Batch.MAX_ROWS];
    private final boolean[] present = new boolean[Batch.MAX_ROWS];

    SeriesElements(RowColumn series) {
      this.series = series;
      this.first = (FixedColumn) series.field(0);
      this.counts = (FixedColumn) series.field(1);
      this.steps = (FixedColumn) series.field(2);
    }

    @Override
    public long count(int row) {
      return series.isNull(row) ? 0 : counts.longAt(row);
    }

    @Override
    public void choose(int place, int row, long element) {
      present[place] = element < count(row);
      values[place] =
          present[place]
              ? Series.value(first.longAt(row), steps.longAt(row), steps.type(), element)
              : 0;
    }

    @Override
    public void addColumns(int length, List<Column> columns, MemoryScope memory) {
      Buffer data = memory.allocate(length * 8L);
      Buffer validity = memory.allocateZeroed(Math.max(8, Bits.bytes(length)));
      for (int i = 0; i < length; i++) {
        Memory.putLong(data.address() + i * 8L, values[i]);
        if (present[i]) {
          Bits.set(validity.address(), i);
        }
      }
      columns.add(new FixedColumn(first.type(), length, 8, data, validity));
    }
  }
}
