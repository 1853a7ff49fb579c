package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.function.AggregateFunction;
import java.util.Arrays;

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
      int a = to[i];
      int b = from[i];
      if (that.counts[b] > 0) {
        long both = counts[a] + that.counts[b];
        double difference = that.means[b] - means[a];
        double share = (double) that.counts[b] / both;
        squares[a] += that.squares[b] + difference * difference * counts[a] * share;
        means[a] = counts[a] == 0 ? that.means[b] : means[a] + difference * share;
        counts[a] = both;
      }
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
