package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.user.AggregateFunctionCall;
import dev.tidemill.exec.user.ArgumentRow;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate function of users that can merge: an object of theirs for each group, made when
 * first it is needed. How large these are is not known; each is charged for what it is as bytes,
 * measured whenever it has been changed twice as often as before.
 */
final class UserAccumulator extends GroupedAccumulator {
  /** What a small state is charged for. */
  private static final int STATE_BYTES = 160;

  /** Changes before a state is measured first. */
  private static final int FIRST_MEASURED = 32;

  private final AggregateFunctionCall function;
  private @Nullable Object[] states = new Object[0];
  private int[] changes = new int[0];
  private long[] bytes = new long[0];

  UserAccumulator(AggregateFunctionCall function, MemoryScope memory) {
    super(memory);
    this.function = function;
  }

  /** What the function makes of NULLs is its own. */
  @Override
  public boolean takesNulls() {
    return true;
  }

  @Override
  public void ensure(int groups) {
    states = heap.grow(states, groups);
    changes = heap.grow(changes, groups);
    bytes = heap.grow(bytes, groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    addAll(List.of(values), rows, groups, count);
  }

  @Override
  public void addAll(List<Column> arguments, int[] rows, int[] groups, int count) {
    ArgumentRow row = ArgumentRow.of(arguments);
    for (int i = 0; i < count; i++) {
      row.moveTo(rows[i]);
      if (!function.isLeftOut(row)) {
        function.add(changed(groups[i], 1), row);
      }
    }
  }

  /** The state of a group that is changed now. */
  private Object changed(int group, int times) {
    Object state = states[group];
    if (state == null) {
      state = function.create();
      set(group, state);
    }
    int before = changes[group];
    int now = Math.max(before, before + times);
    changes[group] = now;
    if (now >= FIRST_MEASURED && Integer.highestOneBit(now) != Integer.highestOneBit(before)) {
      charge(group, STATE_BYTES + 2L * function.write(state).length);
    }
    return state;
  }

  private void set(int group, Object state) {
    states[group] = state;
    charge(group, STATE_BYTES);
  }

  private void charge(int group, long now) {
    if (now > bytes[group]) {
      heap.reserve(now - bytes[group]);
      bytes[group] = now;
    }
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    UserAccumulator that = (UserAccumulator) other;
    for (int i = 0; i < count; i++) {
      Object theirs = that.states[from[i]];
      if (theirs != null) {
        function.merge(changed(to[i], Math.max(1, that.changes[from[i]])), theirs);
        charge(to[i], that.bytes[from[i]]);
      }
    }
  }

  @Override
  public List<Type> stateTypes() {
    return List.of(Type.VARBINARY);
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    Object own = states[group];
    if (own == null) {
      state.get(0).appendNull();
    } else {
      byte[] written = function.write(own);
      state.get(0).appendBytes(written, 0, written.length);
    }
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    BytesColumn theirs = (BytesColumn) state.get(0);
    for (int i = 0; i < count; i++) {
      if (theirs.isNull(rows[i])) {
        continue;
      }
      byte[] written = theirs.bytesAt(rows[i]);
      Object read = function.read(written);
      if (states[groups[i]] == null) {
        set(groups[i], read);
      } else {
        function.merge(changed(groups[i], 1), read);
      }
      charge(groups[i], STATE_BYTES + 2L * written.length);
    }
  }

  @Override
  public void reset(int groups) {
    for (int group = 0; group < groups; group++) {
      heap.release(bytes[group]);
    }
    Arrays.fill(states, 0, groups, null);
    Arrays.fill(changes, 0, groups, 0);
    Arrays.fill(bytes, 0, groups, 0);
  }

  /** One thread at a time, since the function's object is of one at a time. */
  @Override
  public Column result(int from, int count, MemoryScope scope) {
    synchronized (function) {
      try (ColumnBuilder builder = ColumnBuilder.of(function.type(), scope, count)) {
        for (int group = from; group < from + count; group++) {
          Object state = states[group];
          function.append(function.result(state == null ? function.create() : state), builder);
        }
        return builder.build();
      }
    }
  }
}
