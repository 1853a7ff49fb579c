package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** SUM, SUM0 and AVG of floating point, to DOUBLE. */
final class DoubleSumAccumulator extends WeightedAccumulator {
  /** What becomes of a sum. */
  enum Kind {
    SUM,
    SUM0,
    AVG
  }

  private final Kind kind;
  private final Longs sums;
  private final Longs counts;

  DoubleSumAccumulator(Kind kind, MemoryScope memory) {
    super(memory);
    this.kind = kind;
    this.sums = new Longs(memory);
    this.counts = new Longs(memory);
  }

  @Override
  public void ensure(int groups) {
    sums.ensure(groups);
    counts.ensure(groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    FixedColumn fixed = (FixedColumn) values;
    for (int i = 0; i < count; i++) {
      sums.addDouble(groups[i], fixed.doubleAt(rows[i]));
      counts.add(groups[i], 1);
    }
  }

  @Override
  public void addWeighted(
      @Nullable Column values, int[] rows, int[] groups, long[] weights, int count) {
    FixedColumn fixed = (FixedColumn) Objects.requireNonNull(values);
    for (int i = 0; i < count; i++) {
      sums.addDouble(groups[i], fixed.doubleAt(rows[i]) * weights[i]);
      counts.add(groups[i], weights[i]);
    }
  }

  @Override
  public void clear(int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      sums.setDouble(groups[i], 0);
      counts.set(groups[i], 0);
    }
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    DoubleSumAccumulator that = (DoubleSumAccumulator) other;
    for (int i = 0; i < count; i++) {
      sums.addDouble(to[i], that.sums.getDouble(from[i]));
      counts.add(to[i], that.counts.get(from[i]));
    }
  }

  @Override
  public List<Type> stateTypes() {
    return List.of(Type.DOUBLE, Type.BIGINT);
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    state.get(0).appendDouble(sums.getDouble(group));
    state.get(1).appendLong(counts.get(group));
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    FixedColumn theirSums = (FixedColumn) state.get(0);
    FixedColumn theirCounts = (FixedColumn) state.get(1);
    for (int i = 0; i < count; i++) {
      sums.addDouble(groups[i], theirSums.doubleAt(rows[i]));
      counts.add(groups[i], theirCounts.longAt(rows[i]));
    }
  }

  @Override
  public void reset(int groups) {
    sums.clear(0, groups);
    counts.clear(0, groups);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.DOUBLE, scope, count)) {
      for (int group = from; group < from + count; group++) {
        if (counts.get(group) == 0 && kind != Kind.SUM0) {
          builder.appendNull();
        } else {
          builder.appendDouble(
              kind == Kind.AVG ? sums.getDouble(group) / counts.get(group) : sums.getDouble(group));
        }
      }
      return builder.build();
    }
  }

  @Override
  public void close() {
    sums.close();
    counts.close();
    super.close();
  }
}
