package dev.tidemill.exec.linear;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.WindowTablePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * TUMBLE, HOP and CUMULATE: each row once per time window that holds it, the windows' start and end
 * behind its columns. Linear.
 *
 * <p>A window starts at {@code offset + k * slide} for every integer k, and holds the times from
 * its start up to, without, its end. So of a row at time t the last window starts at {@code t -
 * floorMod(t - offset, slide)}, the others a slide each before it, as long as they end after t;
 * where the slide is longer than the size, a row may be in none. All is counted in the unit of the
 * time column; sizes that are no whole number of its units (milliseconds over TIMESTAMP(0)) are
 * refused. CUMULATE has windows of each size that is a multiple of the slide from each start that
 * is a multiple of the size.
 */
public final class TimeWindowOperator extends Operator {
  private final WindowTablePlan windows;
  private final Type timeType;

  private final long size;
  private final long slide;
  private final long offset;

  public TimeWindowOperator(WindowTablePlan plan, Operator input) {
    super(plan, List.of(input));
    this.windows = plan;
    this.timeType = plan.input().columns().get(plan.timeColumn()).type();
    long perSecond =
        switch (timeType) {
          case Type.Timestamp t -> TimeUnits.perSecond(t.precision());
          case Type.ZonedTimestamp t -> TimeUnits.perSecond(t.precision());
          default -> throw ExecErrors.brokenPlan("time windows over a column of " + timeType);
        };
    this.size = units(plan.sizeMillis(), perSecond);
    this.slide = units(plan.slideMillis(), perSecond);
    this.offset = units(plan.offsetMillis(), perSecond);
  }

  private long units(long millis, long perSecond) {
    if (perSecond >= 1000) {
      return Math.multiplyExact(millis, perSecond / 1000);
    }
    if (millis % 1000 != 0) {
      throw ExecErrors.unsupportedWindow(millis, timeType);
    }
    return millis / 1000;
  }

  @Override
  public String name() {
    return "TimeWindow(" + windows.input().columns().get(windows.timeColumn()).name() + ")";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    run.connect(
        inputs().get(0),
        run.through(this, (worker, next) -> new TimeWindowStage(run.memory(this), next), down));
  }

  private final class TimeWindowStage implements BatchSink {
    private final MemoryScope memory;
    private final BatchSink next;
    private final int[] rows = new int[Batch.MAX_ROWS];
    private final long[] starts = new long[Batch.MAX_ROWS];
    private final long[] ends = new long[Batch.MAX_ROWS];
    private int count;

    TimeWindowStage(MemoryScope memory, BatchSink next) {
      this.memory = memory;
      this.next = next;
    }

    @Override
    public boolean push(Batch batch) {
      try (Column decoded = Columns.decode(batch.column(windows.timeColumn()), memory)) {
        FixedColumn times = (FixedColumn) decoded;
        int[] selected = Worker.rows(batch);
        int selectedCount = batch.rowCount();
        for (int i = 0; i < selectedCount; i++) {
          int row = selected[i];
          if (!times.isNull(row) && !assign(batch, times, row)) {
            count = 0;
            return false;
          }
        }
        return flush(batch);
      }
    }

    /** Adds the row once per window, first the earliest; says whether more rows are needed. */
    private boolean assign(Batch batch, FixedColumn times, int row) {
      return windows.cumulative() ? cumulate(batch, times, row) : hop(batch, times, row);
    }

    private boolean cumulate(Batch batch, FixedColumn times, int row) {
      long time = times.longAt(row);
      long start;
      long end;
      try {
        start = Math.subtractExact(time, Math.floorMod(Math.subtractExact(time, offset), size));
        end = Math.addExact(start, size);
      } catch (ArithmeticException e) {
        throw outOfRange(times, row);
      }
      for (long left = (end - 1 - time) / slide; left >= 0; left--) {
        if (!add(batch, row, start, end - left * slide)) {
          return false;
        }
      }
      return true;
    }

    private boolean hop(Batch batch, FixedColumn times, int row) {
      long time = times.longAt(row);
      long last;
      long earlier;
      try {
        last = Math.subtractExact(time, Math.floorMod(Math.subtractExact(time, offset), slide));
        earlier = time - last >= size ? -1 : (size - 1 - (time - last)) / slide;
        Math.subtractExact(last, Math.multiplyExact(Math.max(earlier, 0), slide));
        Math.addExact(last, size);
      } catch (ArithmeticException e) {
        throw outOfRange(times, row);
      }
      for (long k = earlier; k >= 0; k--) {
        if (!add(batch, row, last - k * slide, last - k * slide + size)) {
          return false;
        }
      }
      return true;
    }

    private boolean add(Batch batch, int row, long start, long end) {
      rows[count] = row;
      starts[count] = start;
      ends[count++] = end;
      return count < rows.length || flush(batch);
    }

    private TidemillException outOfRange(FixedColumn times, int row) {
      return ExecErrors.windowTimeOutOfRange(
          windows.input().columns().get(windows.timeColumn()).name(),
          String.valueOf(times.value(row)));
    }

    private boolean flush(Batch batch) {
      if (count == 0) {
        return true;
      }
      int length = count;
      count = 0;
      try (Batch taken = Batches.take(batch, rows, 0, length, memory);
          Column start = bounds(length, starts);
          Column end = bounds(length, ends)) {
        List<Column> columns = new ArrayList<>(taken.columnCount() + 2);
        for (int i = 0; i < taken.columnCount(); i++) {
          columns.add(taken.column(i).retain());
        }
        columns.add(start.retain());
        columns.add(end.retain());
        try (Batch windowed = taken.withColumns(columns)) {
          return next.push(windowed);
        }
      }
    }

    private Column bounds(int length, long[] bounds) {
      Buffer values = memory.allocate(length * 8L);
      for (int i = 0; i < length; i++) {
        Memory.putLong(values.address() + i * 8L, bounds[i]);
      }
      return new FixedColumn(timeType, length, 8, values, null);
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
