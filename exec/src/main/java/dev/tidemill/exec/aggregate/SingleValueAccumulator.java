package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SINGLE_VALUE: the value, NULL too, of a group's only row. There are few such groups, so values
 * are objects.
 */
final class SingleValueAccumulator extends GroupedAccumulator {
  private final Type type;
  private @Nullable Object[] values = new Object[0];
  private boolean[] seen = new boolean[0];

  SingleValueAccumulator(Type type, MemoryScope memory) {
    super(memory);
    this.type = type;
  }

  @Override
  public boolean takesNulls() {
    return true;
  }

  @Override
  public void ensure(int groups) {
    values = heap.grow(values, groups);
    seen = heap.grow(seen, groups);
  }

  @Override
  public void add(Column column, int[] rows, int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      set(groups[i], column.value(rows[i]));
    }
  }

  private void set(int group, @Nullable Object value) {
    if (seen[group]) {
      throw ExecErrors.moreThanOneRow();
    }
    seen[group] = true;
    values[group] = value;
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    SingleValueAccumulator that = (SingleValueAccumulator) other;
    for (int i = 0; i < count; i++) {
      if (that.seen[from[i]]) {
        set(to[i], that.values[from[i]]);
      }
    }
  }

  @Override
  public List<Type> stateTypes() {
    return List.of(Type.BOOLEAN, type);
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    state.get(0).appendBoolean(seen[group]);
    state.get(1).appendValue(seen[group] ? values[group] : null);
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    BooleanColumn theirSeen = (BooleanColumn) state.get(0);
    for (int i = 0; i < count; i++) {
      if (theirSeen.booleanAt(rows[i])) {
        set(groups[i], state.get(1).value(rows[i]));
      }
    }
  }

  @Override
  public void reset(int groups) {
    Arrays.fill(seen, 0, groups, false);
    Arrays.fill(values, 0, groups, null);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, count)) {
      for (int group = from; group < from + count; group++) {
        builder.appendValue(values[group]);
      }
      return builder.build();
    }
  }
}
