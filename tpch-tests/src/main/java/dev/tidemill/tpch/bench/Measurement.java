package dev.tidemill.tpch.bench;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The milliseconds of a query's measured runs.
 *
 * @param query {@code q1} to {@code q22}
 * @param theirs empty where no peer ran
 * @param difference where the results differ, or null
 */
record Measurement(String query, double[] ours, double[] theirs, @Nullable String difference) {
  double ourMedian() {
    return median(ours);
  }

  double theirMedian() {
    return median(theirs);
  }

  /** Our median over theirs; below 1 is faster. */
  OptionalDouble ratio() {
    return theirs.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(ourMedian() / theirMedian());
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
