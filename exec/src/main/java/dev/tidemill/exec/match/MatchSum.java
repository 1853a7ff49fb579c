package dev.tidemill.exec.match;

import dev.tidemill.exec.aggregate.GroupedAccumulator;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.window.WindowRows;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.MatchValue;
import dev.tidemill.plan.function.AggregateFunction;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate of a condition: of all rows of the match before some row, and of those up to it.
 * Where states are small each row has the one of the rows before it, so that to go back to a row
 * costs no more than to go on.
 *
 * <pre>
 *   rows     a 3   a 5   a 1   b 2         back to the third row
 *   states   0     3     8     9           8 is there
 * </pre>
 */
final class MatchSum implements AutoCloseable {
  /** So many states are kept before those that no row has any more are cleared away. */
  private static final int FEWEST_STATES = 4_096;

  private final MatchHistory history;
  private final MemoryScope memory;
  private final HeapMemory heap;
  private final RunningAggregate before;
  private final RunningAggregate last;
  private final GroupedAccumulator result;

  /** States, one behind the other as they came; null where they are large. */
  private final @Nullable GroupedAccumulator states;

  private int stateCount;
  private int mostStates = FEWEST_STATES;

  /** By row, from the first one of the match on, the number of the state with it. */
  private int[] stateOf = new int[64];

  private final int watcher;
  private int start = -1;

  /** The rows from the first one on up to here are in {@code before}, and have their states. */
  private int added;

  MatchSum(
      MatchValue.Aggregate call,
      WindowRows rows,
      PatternProgram program,
      MatchHistory history,
      HeapMemory heap) {
    this.history = history;
    this.heap = heap;
    this.memory = rows.memory();
    this.watcher = history.watch();
    this.before = new RunningAggregate(call, rows.rows(), program, memory);
    try {
      this.last = new RunningAggregate(call, rows.rows(), program, memory);
    } catch (Throwable t) {
      before.close();
      throw t;
    }
    this.result = before.accumulator(call, memory);
    this.states = isSmall(call.function()) ? before.accumulator(call, memory) : null;
    try {
      result.ensure(1);
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  /** Whether a state is as large whatever it is of. */
  private static boolean isSmall(AggregateFunction function) {
    return switch (function) {
      case COUNT,
          SUM,
          SUM0,
          AVG,
          MIN,
          MAX,
          ANY_VALUE,
          BOOL_AND,
          BOOL_OR,
          BIT_AND,
          BIT_OR,
          BIT_XOR,
          STDDEV_POP,
          STDDEV_SAMP,
          VAR_POP,
          VAR_SAMP,
          COVAR_POP,
          COVAR_SAMP ->
          true;
      default -> false;
    };
  }

  /** The aggregate over the rows up to one, the caller's to close. */
  Column at(int row) {
    int changed = history.relabelled(watcher);
    if (history.start() != start || changed < start) {
      start = history.start();
      clear();
    } else if (Math.min(changed, row) < added) {
      goBack(Math.min(changed, row));
    }
    while (added < row) {
      add();
    }
    result.reset(1);
    before.copy(result, 0);
    last.reset();
    last.add(row, history.step(row));
    last.copy(result, 0);
    return result.result(0, 1, memory);
  }

  private void clear() {
    if (states != null) {
      states.reset(stateCount);
    }
    stateCount = 0;
    before.reset();
    added = start;
  }

  /** Takes rows from one on away. */
  private void goBack(int row) {
    if (states == null || row == start) {
      before.reset();
      added = start;
    } else {
      before.take(states, stateOf[row - 1 - start]);
      added = row;
    }
  }

  private void add() {
    if (states != null && stateCount == mostStates) {
      // Most are of rows that have been taken away: those that are there are added once more.
      mostStates = Math.max(mostStates, 2 * (added - start + 1));
      clear();
    }
    before.add(added, history.step(added));
    if (states != null) {
      stateOf = heap.grow(stateOf, added - start + 1);
      stateOf[added - start] = stateCount;
      states.ensure(stateCount + 1);
      before.copy(states, stateCount++);
    }
    added++;
  }

  @Override
  public void close() {
    before.close();
    last.close();
    result.close();
    if (states != null) {
      states.close();
    }
  }
}
