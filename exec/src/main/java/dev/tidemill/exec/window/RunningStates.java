package dev.tidemill.exec.window;

import dev.tidemill.exec.aggregate.Accumulators;
import dev.tidemill.exec.aggregate.GroupedAccumulator;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilders;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.batch.WindowPlan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * States of the running aggregates of a window at places in its partitions, by number: what all
 * rows of a partition before the place add up to. Numbers are given out once; {@link #keep} begins
 * anew.
 *
 * <p>One thread. What it holds is charged to the scope it is made with.
 */
public final class RunningStates implements AutoCloseable {
  private final WindowPlan plan;
  private final MemoryScope memory;

  /** By call, null where it does not run. */
  private List<@Nullable GroupedAccumulator> states;

  private int count;
  private @Nullable WindowParts parts;

  public RunningStates(WindowPlan plan, MemoryScope memory) {
    this.plan = plan;
    this.memory = memory;
    this.states = fresh();
  }

  private List<@Nullable GroupedAccumulator> fresh() {
    List<@Nullable GroupedAccumulator> made = new ArrayList<>();
    try {
      for (WindowCall call : plan.calls()) {
        made.add(
            call instanceof WindowCall.Aggregate aggregate && runs(aggregate)
                ? accumulator(aggregate)
                : null);
      }
    } catch (Throwable t) {
      close(made);
      throw t;
    }
    return made;
  }

  private static boolean runs(WindowCall.Aggregate call) {
    return call.frame().start() instanceof WindowFrame.UnboundedPreceding;
  }

  private GroupedAccumulator accumulator(WindowCall.Aggregate call) {
    List<OutputColumn> columns = plan.input().columns();
    List<Type> arguments = call.arguments().stream().map(i -> columns.get(i).type()).toList();
    return Accumulators.of(
        call.function(), arguments, call.parameters(), call.user(), call.type(), memory);
  }

  /** A state that was never there, of no rows. */
  public int add() {
    count++;
    for (GroupedAccumulator state : states) {
      if (state != null) {
        state.ensure(count);
      }
    }
    return count - 1;
  }

  /** How many numbers have been given out. */
  public int count() {
    return count;
  }

  /** State {@code live[i]} becomes i, the others are gone. */
  public void keep(int[] live, int liveCount) {
    List<@Nullable GroupedAccumulator> fewer = fresh();
    try {
      int[] to = new int[liveCount];
      for (int i = 0; i < liveCount; i++) {
        to[i] = i;
      }
      for (int call = 0; call < states.size(); call++) {
        GroupedAccumulator from = states.get(call);
        GroupedAccumulator into = fewer.get(call);
        if (from != null && into != null) {
          into.ensure(Math.max(1, liveCount));
          into.merge(from, live, to, liveCount);
        }
      }
    } catch (Throwable t) {
      close(fewer);
      throw t;
    }
    close(states);
    states = fewer;
    count = liveCount;
  }

  /** The types of what {@link #write} gives. */
  public List<Type> types() {
    List<Type> types = new ArrayList<>();
    for (GroupedAccumulator state : states) {
      if (state != null) {
        types.addAll(state.stateTypes());
      }
    }
    return types;
  }

  /** What there is to know of some states, a row each; the caller's to close. */
  public List<Column> write(int[] of, int stateCount, MemoryScope scope) {
    List<Column> columns = new ArrayList<>();
    try {
      for (GroupedAccumulator state : states) {
        if (state != null) {
          write(state, of, stateCount, columns, scope);
        }
      }
      return columns;
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  private static void write(
      GroupedAccumulator state, int[] of, int count, List<Column> to, MemoryScope scope) {
    try (ColumnBuilders builders = new ColumnBuilders(state.stateTypes(), scope, count)) {
      for (int i = 0; i < count; i++) {
        state.writeState(of[i], builders.all());
      }
      to.addAll(builders.build());
    }
  }

  /** Adds what was written to states: row {@code rows[i]} to {@code to[i]}. */
  public void read(List<Column> written, int[] rows, int[] to, int rowCount) {
    int next = 0;
    for (GroupedAccumulator state : states) {
      if (state != null) {
        int end = next + state.stateTypes().size();
        state.mergeState(written.subList(next, end), rows, to, rowCount);
        next = end;
      }
    }
  }

  /** What the next rows that are computed are. */
  void begin(WindowParts of) {
    parts = of;
  }

  /** The places of a call, or null if it does not run. */
  @Nullable Places places(int call) {
    GroupedAccumulator accumulator = states.get(call);
    WindowParts of = parts;
    return accumulator == null || of == null ? null : new Places(of, accumulator);
  }

  /** Where the states of a call are read and written while its parts are computed in order. */
  static final class Places {
    private final WindowParts parts;
    private final GroupedAccumulator states;
    private final int[] from = new int[1];
    private final int[] to = new int[1];
    private int next;
    private int end;

    Places(WindowParts parts, GroupedAccumulator states) {
      this.parts = parts;
      this.states = states;
    }

    /** Begins with a part: its state goes into the first group. */
    void begin(int part, GroupedAccumulator running) {
      int seed = parts.seed(part);
      if (seed >= 0) {
        from[0] = seed;
        to[0] = 0;
        running.merge(states, from, to, 1);
      }
      next = parts.firstMark(part);
      end = parts.firstMark(part + 1);
    }

    /** Before which row a copy is wanted next. */
    int next() {
      return next < end ? parts.markRow(next) : Integer.MAX_VALUE;
    }

    /** Before which row of the part the last copy is wanted; {@code otherwise} if there is none. */
    int last(int otherwise) {
      return next < end ? parts.markRow(end - 1) : otherwise;
    }

    /** Copies the first group. */
    void copy(GroupedAccumulator running) {
      from[0] = 0;
      to[0] = parts.markState(next++);
      states.merge(running, from, to, 1);
    }
  }

  private static void close(List<@Nullable GroupedAccumulator> of) {
    for (GroupedAccumulator state : of) {
      if (state != null) {
        state.close();
      }
    }
  }

  @Override
  public void close() {
    close(states);
    states = List.of();
  }
}
