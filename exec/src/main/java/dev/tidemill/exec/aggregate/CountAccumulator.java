package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** COUNT: how many values. */
final class CountAccumulator extends WeightedAccumulator {
  private final Longs counts;

  CountAccumulator(MemoryScope memory) {
    super(memory);
    this.counts = new Longs(memory);
  }

  @Override
  public void ensure(int groups) {
    counts.ensure(groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    addRows(groups, count);
  }

  @Override
  public void addRows(int[] groups, int count) {
    long own = counts.address();
    for (int i = 0; i < count; i++) {
      long at = own + ((long) groups[i] << 3);
      Memory.putLong(at, Memory.getLong(at) + 1);
    }
  }

  /** Adds as many rows to each group as it occurs in some rows of {@code groups}, of BIGINT. */
  void addRows(FixedColumn groups) {
    long own = counts.address();
    for (int i = 0; i < groups.length(); i++) {
      long at = own + (groups.longAt(i) << 3);
      Memory.putLong(at, Memory.getLong(at) + 1);
    }
  }

  @Override
  void addRuns(Column values, GroupRuns runs, int[] rows, int[] groups, int count) {
    addRowRuns(runs, groups, count);
  }

  @Override
  void addRowRuns(GroupRuns runs, int[] groups, int count) {
    for (int run = 0; run < runs.count(); run++) {
      counts.add(runs.group(run), runs.start(run + 1) - runs.start(run));
    }
  }

  @Override
  public boolean removes() {
    return true;
  }

  @Override
  public void addWeighted(
      @Nullable Column values, int[] rows, int[] groups, long[] weights, int count) {
    for (int i = 0; i < count; i++) {
      counts.add(groups[i], weights[i]);
    }
  }

  @Override
  public void clear(int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      counts.set(groups[i], 0);
    }
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    Longs theirs = ((CountAccumulator) other).counts;
    for (int i = 0; i < count; i++) {
      counts.add(to[i], theirs.get(from[i]));
    }
  }

  @Override
  public List<Type> stateTypes() {
    return List.of(Type.BIGINT);
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    state.get(0).appendLong(counts.get(group));
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    FixedColumn theirs = (FixedColumn) state.get(0);
    for (int i = 0; i < count; i++) {
      counts.add(groups[i], theirs.longAt(rows[i]));
    }
  }

  @Override
  public void reset(int groups) {
    counts.clear(0, groups);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    Buffer values = scope.allocate(count * 8L);
    Memory.copy(counts.address() + from * 8L, values.address(), count * 8L);
    return new FixedColumn(Type.BIGINT, count, 8, values, null);
  }

  @Override
  public void close() {
    counts.close();
    super.close();
  }
}
