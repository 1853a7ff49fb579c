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
 * SKEWNESS and KURTOSIS: count, mean and the sums of the second to fourth powers of differences
 * from it, put together by the formulas of Pébay (Formulas for Robust, One-Pass Parallel
 * Computation of Covariances and Arbitrary-Order Statistical Moments, 2008).
 */
final class HigherMomentsAccumulator extends GroupedAccumulator {
  private final AggregateFunction function;
  private long[] counts = new long[0];
  private double[] means = new double[0];
  private double[] seconds = new double[0];
  private double[] thirds = new double[0];
  private double[] fourths = new double[0];

  HigherMomentsAccumulator(AggregateFunction function, MemoryScope memory) {
    super(memory);
    this.function = function;
  }

  @Override
  public void ensure(int groups) {
    counts = heap.grow(counts, groups);
    means = heap.grow(means, groups);
    seconds = heap.grow(seconds, groups);
    thirds = heap.grow(thirds, groups);
    fourths = heap.grow(fourths, groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    FixedColumn fixed = (FixedColumn) values;
    for (int i = 0; i < count; i++) {
      merge(groups[i], 1, fixed.doubleAt(rows[i]), 0, 0, 0);
    }
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    HigherMomentsAccumulator that = (HigherMomentsAccumulator) other;
    for (int i = 0; i < count; i++) {
      int group = from[i];
      merge(
          to[i],
          that.counts[group],
          that.means[group],
          that.seconds[group],
          that.thirds[group],
          that.fourths[group]);
    }
  }

  private void merge(
      int group,
      long theirCount,
      double theirMean,
      double theirSecond,
      double theirThird,
      double theirFourth) {
    if (theirCount == 0) {
      return;
    }
    double a = counts[group];
    double b = theirCount;
    double n = a + b;
    double difference = theirMean - means[group];
    double share = difference / n;
    double second = seconds[group];
    double third = thirds[group];
    fourths[group] +=
        theirFourth
            + difference * share * share * share * a * b * (a * a - a * b + b * b)
            + 6 * share * share * (a * a * theirSecond + b * b * second)
            + 4 * share * (a * theirThird - b * third);
    thirds[group] +=
        theirThird
            + difference * share * share * a * b * (a - b)
            + 3 * share * (a * theirSecond - b * second);
    seconds[group] += theirSecond + difference * share * a * b;
    means[group] = counts[group] == 0 ? theirMean : means[group] + share * b;
    counts[group] += theirCount;
  }

  @Override
  public List<Type> stateTypes() {
    return List.of(Type.BIGINT, Type.DOUBLE, Type.DOUBLE, Type.DOUBLE, Type.DOUBLE);
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    state.get(0).appendLong(counts[group]);
    state.get(1).appendDouble(means[group]);
    state.get(2).appendDouble(seconds[group]);
    state.get(3).appendDouble(thirds[group]);
    state.get(4).appendDouble(fourths[group]);
  }

  @Override
  public void mergeState(List<Column> state, int[] rows, int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      merge(
          groups[i],
          ((FixedColumn) state.get(0)).longAt(row),
          ((FixedColumn) state.get(1)).doubleAt(row),
          ((FixedColumn) state.get(2)).doubleAt(row),
          ((FixedColumn) state.get(3)).doubleAt(row),
          ((FixedColumn) state.get(4)).doubleAt(row));
    }
  }

  @Override
  public void reset(int groups) {
    Arrays.fill(counts, 0, groups, 0);
    Arrays.fill(means, 0, groups, 0);
    Arrays.fill(seconds, 0, groups, 0);
    Arrays.fill(thirds, 0, groups, 0);
    Arrays.fill(fourths, 0, groups, 0);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.DOUBLE, scope, count)) {
      for (int group = from; group < from + count; group++) {
        double result = result(group);
        if (Double.isNaN(result) && !Double.isNaN(means[group])) {
          builder.appendNull();
        } else {
          builder.appendDouble(result);
        }
      }
      return builder.build();
    }
  }

  /** NaN where it is not defined: too few values, or all the same. */
  private double result(int group) {
    double n = counts[group];
    double second = seconds[group] / n;
    boolean skewness = function == AggregateFunction.SKEWNESS;
    boolean ofSample = function == AggregateFunction.KURTOSIS;
    if (n < (skewness ? 3 : ofSample ? 4 : 2) || second == 0) {
      return Double.NaN;
    }
    if (skewness) {
      return Math.sqrt(n * (n - 1)) / (n - 2) * (thirds[group] / n) / Math.pow(second, 1.5);
    }
    double excess = fourths[group] / n / (second * second) - 3;
    return ofSample ? (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6) : excess;
  }
}
