package dev.tidemill.exec.window;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.function.WindowFunction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The functions that give the value of another row: LAG and LEAD of the partition, FIRST_VALUE,
 * LAST_VALUE and NTH_VALUE of the frame. They find the row's number; the values are taken at the
 * end. With IGNORE NULLS only rows with a value are counted, by a list of them.
 */
final class ValueWindow implements AutoCloseable {
  private final WindowCall.Function call;
  private final WindowRows rows;
  private final MemoryScope memory;
  private final HeapMemory heap;
  private final Column values;

  /** The second argument, decoded: an offset, or n. */
  private @Nullable FixedColumn number;

  /**
   * With IGNORE NULLS: {@code countBefore[row]} rows before it have a value; {@code valid[k]} is
   * the kth that has one.
   */
  private int[] countBefore = new int[0];

  private int[] valid = new int[0];

  ValueWindow(WindowCall.Function call, WindowRows rows) {
    this.call = call;
    this.rows = rows;
    this.memory = rows.memory();
    this.heap = new HeapMemory(memory);
    this.values = rows.rows().column(call.arguments().get(0));
  }

  /**
   * The results of all rows, the caller's to close.
   *
   * @param frames of the call, or null for LAG and LEAD
   */
  Column compute(@Nullable Frames frames) {
    if (call.arguments().size() > 1) {
      number = (FixedColumn) Columns.decode(rows.rows().column(call.arguments().get(1)), memory);
    }
    if (call.ignoreNulls()) {
      findValid();
    }
    int[] found = heap.ints(rows.count());
    int[] ranges = new int[2 * Frames.MAX_RANGES];
    for (int partition = 0; partition < rows.partitionCount(); partition++) {
      rows.check();
      if (frames != null) {
        frames.partition(partition);
      }
      for (int row = rows.partitionFrom(partition); row < rows.partitionTo(partition); row++) {
        found[row] =
            frames == null
                ? shifted(partition, row)
                : inFrame(partition, row, ranges, frames.ranges(row, ranges));
      }
    }
    return take(found);
  }

  private void findValid() {
    countBefore = heap.ints(rows.count() + 1);
    valid = heap.ints(rows.count());
    int count = 0;
    for (int row = 0; row < rows.count(); row++) {
      countBefore[row] = count;
      if (!values.isNull(row)) {
        valid[count++] = row;
      }
    }
    countBefore[rows.count()] = count;
  }

  /** LAG and LEAD: the row, -1 for NULL, -2 for the default. */
  private int shifted(int partition, int row) {
    long offset = 1;
    if (number != null) {
      if (number.isNull(row)) {
        return -1;
      }
      offset = number.longAt(row);
      if (offset < 0) {
        throw ExecErrors.invalidOffset(call.function().name(), offset);
      }
    }
    if (offset == 0) {
      return row;
    }
    int from = rows.partitionFrom(partition);
    int to = rows.partitionTo(partition);
    boolean back = call.function() == WindowFunction.LAG;
    if (!call.ignoreNulls()) {
      return back
          ? (offset <= row - from ? (int) (row - offset) : -2)
          : offset < to - row ? (int) (row + offset) : -2;
    }
    if (back) {
      long index = countBefore[row] - offset;
      return index >= countBefore[from] ? valid[(int) index] : -2;
    }
    long index = countBefore[row + 1] + (offset - 1);
    return index < countBefore[to] ? valid[(int) index] : -2;
  }

  /** FIRST_VALUE, LAST_VALUE, NTH_VALUE: the row, -1 for NULL. */
  private int inFrame(int partition, int row, int[] ranges, int count) {
    long size = 0;
    for (int i = 0; i < count; i++) {
      size += size(ranges[2 * i], ranges[2 * i + 1]);
    }
    long wanted =
        switch (call.function()) {
          case FIRST_VALUE -> 0;
          case LAST_VALUE -> size - 1;
          case NTH_VALUE_FROM_LAST -> {
            long n = nth(row);
            yield n < 0 || n >= size ? -1 : size - 1 - n;
          }
          default -> nth(row);
        };
    if (wanted < 0 || wanted >= size) {
      return -1;
    }
    if (rows.parts() != null && call.frame().start() instanceof WindowFrame.UnboundedPreceding) {
      // Of such frames parts are asked for the first and the last value only.
      return call.function() == WindowFunction.FIRST_VALUE
          ? rows.head(partition)
          : ranges[2 * count - 1] - 1;
    }
    for (int i = 0; i < count; i++) {
      int part = size(ranges[2 * i], ranges[2 * i + 1]);
      if (wanted < part) {
        int first = ranges[2 * i];
        return call.ignoreNulls() ? valid[countBefore[first] + (int) wanted] : first + (int) wanted;
      }
      wanted -= part;
    }
    return -1;
  }

  private int size(int from, int to) {
    return call.ignoreNulls() ? countBefore[to] - countBefore[from] : to - from;
  }

  private long nth(int row) {
    if (number == null || number.isNull(row)) {
      return -1;
    }
    long n = number.longAt(row);
    if (n <= 0) {
      throw ExecErrors.invalidNth(n);
    }
    return n - 1;
  }

  /** The values of the rows found; a default stands in its own row of a column behind. */
  private Column take(int[] found) {
    if (call.arguments().size() < 3) {
      for (int row = 0; row < found.length; row++) {
        found[row] = Math.max(found[row], -1);
      }
      return Columns.take(values, found, 0, found.length, memory);
    }
    Column defaults = rows.rows().column(call.arguments().get(2));
    for (int row = 0; row < found.length; row++) {
      found[row] = found[row] == -2 ? values.length() + row : found[row];
    }
    try (Column both = Columns.concat(List.of(values, defaults), call.type(), memory)) {
      return Columns.take(both, found, 0, found.length, memory);
    }
  }

  @Override
  public void close() {
    if (number != null) {
      number.close();
      number = null;
    }
    heap.close();
  }
}
