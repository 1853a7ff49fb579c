package dev.tidemill.exec.match;

import dev.tidemill.exec.aggregate.Accumulators;
import dev.tidemill.exec.aggregate.GroupedAccumulator;
import dev.tidemill.exec.window.FrameValues;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.MatchValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An aggregate over the rows of some variables of a match, row by row. One thread. */
final class RunningAggregate implements AutoCloseable {
  private final FrameValues values;
  private final boolean[] members;
  private final GroupedAccumulator state;
  private final int[] rows = new int[Batch.MAX_ROWS];
  private final int[] groups = new int[Batch.MAX_ROWS];
  private final int[] from = new int[1];
  private final int[] to = new int[1];
  private int pending;

  RunningAggregate(
      MatchValue.Aggregate call, Batch table, PatternProgram program, MemoryScope memory) {
    List<Column> arguments = new ArrayList<>();
    this.values = new FrameValues(arguments);
    this.members = MatchHistory.members(call.variables(), program);
    try {
      for (int argument : call.arguments()) {
        arguments.add(Columns.decode(table.column(argument), memory));
      }
      this.state = accumulator(call, memory);
    } catch (Throwable t) {
      values.close();
      throw t;
    }
    try {
      state.ensure(1);
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  /** A new accumulator for results of the call. */
  GroupedAccumulator accumulator(MatchValue.Aggregate call, MemoryScope memory) {
    return Accumulators.of(
        call.function(), values.types(), call.parameters(), call.user(), call.type(), memory);
  }

  /** Begins anew with no rows. */
  void reset() {
    pending = 0;
    state.reset(1);
  }

  /** Adds the next row, if it counts. */
  void add(int row, int step) {
    if (members[step]) {
      if (pending == rows.length) {
        flush();
      }
      rows[pending++] = row;
    }
  }

  private void flush() {
    if (pending > 0) {
      Arrays.fill(groups, 0, pending, 0);
      values.add(state, rows, groups, pending);
      pending = 0;
    }
  }

  /** Adds what has been added so far to a group of another accumulator. */
  void copy(GroupedAccumulator results, int group) {
    flush();
    to[0] = group;
    results.merge(state, from, to, 1);
  }

  /** Begins anew with what a group of another accumulator has. */
  void take(GroupedAccumulator other, int group) {
    reset();
    from[0] = group;
    to[0] = 0;
    state.merge(other, from, to, 1);
    from[0] = 0;
  }

  @Override
  public void close() {
    state.close();
    values.close();
  }
}
