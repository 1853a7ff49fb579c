package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;

/**
 * COVAR: both means and the sum of the products of differences from them, put together by the
 * formulas of Pébay (Formulas for Robust, One-Pass Parallel Computation of Covariances and
 * Arbitrary-Order Statistical Moments, 2008). So the values may be far from zero, and those of one
 * side much greater than those of the other.
 */
final class CovarianceAccumulator extends GroupedAccumulator {
  private final boolean ofSample;
  private long[] counts = new long[0];
  private double[] firstMeans = new double[0];
  private double[] secondMeans = new double[0];
  private double[] products = new double[0];

  CovarianceAccumulator(boolean ofSample, MemoryScope memory) {
    super(memory);
    this.ofSample = ofSample;
  }

  @Override
  public void ensure(int groups) {
    counts = heap.grow(counts, groups);
    firstMeans = heap.grow(firstMeans, groups);
    secondMeans = heap.grow(secondMeans, groups);
    products = heap.grow(products, groups);
  }

  @Override
  public void add(Column values, int[] rows, int[] groups, int count) {
    throw new IllegalStateException("a covariance of one argument");
  }

  @Override
  public void addAll(List<Column> arguments, int[] rows, int[] groups, int count) {
    FixedColumn firsts = (FixedColumn) arguments.get(0);
    FixedColumn seconds = (FixedColumn) arguments.get(1);
    for (int i = 0; i < count; i++) {
      int group = groups[i];
      double first = firsts.doubleAt(rows[i]);
      double second = seconds.doubleAt(rows[i]);
      long n = ++counts[group];
      double difference = first - firstMeans[group];
      firstMeans[group] += difference / n;
      secondMeans[group] += (second - secondMeans[group]) / n;
      products[group] += difference * (second - secondMeans[group]);
    }
  }

  @Override
  public void merge(GroupedAccumulator other, int[] from, int[] to, int count) {
    CovarianceAccumulator that = (CovarianceAccumulator) other;
    for (int i = 0; i < count; i++) {
      int group = from[i];
      merge(
          to[i],
          that.counts[group],
          that.firstMeans[group],
          that.secondMeans[group],
          that.products[group]);
    }
  }

  private void merge(
      int group, long theirCount, double theirFirst, double theirSecond, double theirProducts) {
    if (theirCount == 0) {
      return;
    }
    if (counts[group] == 0) {
      counts[group] = theirCount;
      firstMeans[group] = theirFirst;
      secondMeans[group] = theirSecond;
      products[group] = theirProducts;
      return;
    }
    long both = counts[group] + theirCount;
    double first = theirFirst - firstMeans[group];
    double second = theirSecond - secondMeans[group];
    double share = (double) theirCount / both;
    products[group] += theirProducts + first * second * counts[group] * share;
    firstMeans[group] += first * share;
    secondMeans[group] += second * share;
    counts[group] = both;
  }

  @Override
  public List<Type> stateTypes() {
    return List.of(Type.BIGINT, Type.DOUBLE, Type.DOUBLE, Type.DOUBLE);
  }

  @Override
  public void writeState(int group, List<ColumnBuilder> state) {
    state.get(0).appendLong(counts[group]);
    state.get(1).appendDouble(firstMeans[group]);
    state.get(2).appendDouble(secondMeans[group]);
    state.get(3).appendDouble(products[group]);
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
          ((FixedColumn) state.get(3)).doubleAt(row));
    }
  }

  @Override
  public void reset(int groups) {
    Arrays.fill(counts, 0, groups, 0);
    Arrays.fill(firstMeans, 0, groups, 0);
    Arrays.fill(secondMeans, 0, groups, 0);
    Arrays.fill(products, 0, groups, 0);
  }

  @Override
  public Column result(int from, int count, MemoryScope scope) {
    try (ColumnBuilder builder = ColumnBuilder.of(Type.DOUBLE, scope, count)) {
      for (int group = from; group < from + count; group++) {
        long divisor = ofSample ? counts[group] - 1 : counts[group];
        if (divisor <= 0) {
          builder.appendNull();
        } else {
          builder.appendDouble(products[group] / divisor);
        }
      }
      return builder.build();
    }
  }
}
