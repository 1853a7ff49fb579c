package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.AggregateFunction;
import java.util.Arrays;
import java.util.List;

/**
 * STDDEV and VAR by Welford's method: mean and sum of squared differences from it, merged as Chan,
 * Golub and LeVeque do (Updating Formulae and a Pairwise Algorithm for Computing Sample Variances,
 * 1979).
 */
final class MomentsAccumulator extends GroupedAccumulator {
  private final AggregateFunction function;
  private long[] counts = new long[0];
  private double[] means = new double[0];
  private double[] squares = new double[0];

  MomentsAccumulator(AggregateFunction function, MemoryScope memory) {
    super(memory);
    this.function = function;
  }

  @Override
  public void ensure(int groups) {
    counts = heap.grow(counts, groups);
    means = heap.grow(means, groups);
    squares = heap.grow(squares, groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    FixedColumn fixed = (FixedColumn) values;
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      double value = fixed.doubleAt(rows[i]);
      double difference = value - means[group];
      means[group] += difference / ++counts[group];
      squares[group] += difference * (value - means[group]);
    }
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    MomentsAccumulator that = (MomentsAccumulator) other;
    for (int i = 0; i < count; i++) {
      merge(to[i], that.counts[from[i]], that.means[from[i]], that.squares[from[i]]);
    }
  }

  private void merge(int group, long theirCount, double theirMean, double theirSquares) {
    if (theirCount > 0) {
      long both = counts[group] + theirCount;
      double difference = theirMean - means[group];
      double share = (double) theirCount / both;
      squares[group] += theirSquares + difference * difference * counts[group] * share;
      means[group] = counts[group] == 0 ? theirMean : means[group] + difference * share;
      counts[group] = both;
    }
  }

  @Override
  public List<Type> stateTypes() {
    return List.of(Type.BIGINT, Type.DOUBLE, Type.DOUBLE);
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    state.get(0).appendLong(counts[group]);
    state.get(1).appendDouble(means[group]);
    state.get(2).appendDouble(squares[group]);
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    FixedColumn theirCounts = (FixedColumn) state.get(0);
    FixedColumn theirMeans = (FixedColumn) state.get(1);
    FixedColumn theirSquares = (FixedColumn) state.get(2);
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      merge(
          groups[i], theirCounts.longAt(row), theirMeans.doubleAt(row), theirSquares.doubleAt(row));
    }
  }

  @Override
  public void reset(int groups) {
    Arrays.fill(counts, 0, groups, 0);
    Arrays.fill(means, 0, groups, 0);
    Arrays.fill(squares, 0, groups, 0);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    boolean sample =
        function == AggregateFunction.STDDEV_SAMP || function == AggregateFunction.VAR_SAMP;
    boolean root =
        function == AggregateFunction.STDDEV_SAMP || function == AggregateFunction.STDDEV_POP;
    try (ColumnBuilder builder = ColumnBuilder.of(Type.DOUBLE, scope, count)) {
      for (int group = from; group < from + count; group++) {
        long divisor = sample ? counts[group] - 1 : counts[group];
        if (divisor <= 0) {
          builder.appendNull();
        } else {
          double variance = squares[group] / divisor;
          builder.appendDouble(root ? Math.sqrt(variance) : variance);
        }
      }
      return builder.build();
    }
  }
}
