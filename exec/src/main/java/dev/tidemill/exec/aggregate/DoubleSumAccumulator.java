package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
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
  private double[] sums = new double[0];
  private long[] counts = new long[0];

  DoubleSumAccumulator(Kind kind, MemoryScope memory) {
    super(memory);
    this.kind = kind;
  }

  @Override
  public void ensure(int groups) {
    sums = heap.grow(sums, groups);
    counts = heap.grow(counts, groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    FixedColumn fixed = (FixedColumn) values;
    for (int i = 0; i < count; i++) {
      sums[groups[i]] += fixed.doubleAt(rows[i]);
      counts[groups[i]]++;
    }
  }

  @Override
  public void addWeighted(
      @Nullable Column values, int[] rows, int[] groups, long[] weights, int count) {
    FixedColumn fixed = (FixedColumn) Objects.requireNonNull(values);
    for (int i = 0; i < count; i++) {
      sums[groups[i]] += fixed.doubleAt(rows[i]) * weights[i];
      counts[groups[i]] += weights[i];
    }
  }

  @Override
  public void clear(int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      sums[groups[i]] = 0;
      counts[groups[i]] = 0;
    }
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    DoubleSumAccumulator that = (DoubleSumAccumulator) other;
    for (int i = 0; i < count; i++) {
      sums[to[i]] += that.sums[from[i]];
      counts[to[i]] += that.counts[from[i]];
    }
  }

  @Override
  public List<Type> stateTypes() {
    return List.of(Type.DOUBLE, Type.BIGINT);
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    state.get(0).appendDouble(sums[group]);
    state.get(1).appendLong(counts[group]);
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    FixedColumn theirSums = (FixedColumn) state.get(0);
    FixedColumn theirCounts = (FixedColumn) state.get(1);
    for (int i = 0; i < count; i++) {
      sums[groups[i]] += theirSums.doubleAt(rows[i]);
      counts[groups[i]] += theirCounts.longAt(rows[i]);
    }
  }

  @Override
  public void reset(int groups) {
    Arrays.fill(sums, 0, groups, 0);
    Arrays.fill(counts, 0, groups, 0);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.DOUBLE, scope, count)) {
      for (int group = from; group < from + count; group++) {
        if (counts[group] == 0 && kind != Kind.SUM0) {
          builder.appendNull();
        } else {
          builder.appendDouble(kind == Kind.AVG ? sums[group] / counts[group] : sums[group]);
        }
      }
      return builder.build();
    }
  }
}
