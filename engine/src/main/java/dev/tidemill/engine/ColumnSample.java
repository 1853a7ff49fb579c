package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.hash.DistinctEstimate;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.storage.catalog.AnalyzedTable;
import dev.tidemill.storage.table.ValueDistribution;
import dev.tidemill.storage.table.ValueDistribution.Common;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ANALYZE TABLE gathers of one column: NULLs and distinct values of all rows, and the values
 * of a sample of the rows, the same for every column.
 */
final class ColumnSample {
  private static final int MOST_COMMON = 100;
  private static final int BUCKETS = 100;

  /** A value is common if it is so many times as frequent as the average one. */
  private static final double MORE_THAN_AVERAGE = 1.25;

  private final DistinctEstimate sketch = new DistinctEstimate();
  private final @Nullable Object[] values;
  private long nulls;
  private long[] hashes = new long[Batch.MAX_ROWS];

  /** A sample of at most {@code size} rows. */
  ColumnSample(int size) {
    values = new Object[size];
  }

  /** Counts the rows of the batch that count. */
  void add(Batch batch, int index) {
    Column column = batch.column(index);
    if (hashes.length < batch.length()) {
      hashes = new long[batch.length()];
    }
    Hash.hash(column, batch.length(), hashes);
    int rows = batch.rowCount();
    for (int i = 0; i < rows; i++) {
      int row = batch.row(i);
      if (column.mayHaveNulls() && column.isNull(row)) {
        nulls++;
      } else {
        sketch.add(hashes[row]);
      }
    }
  }

  /** Puts a row's value into a place of the sample. */
  void put(int place, Column column, int row) {
    values[place] = column.value(row);
  }

  /**
   * What is known of the column.
   *
   * @param rows that were counted
   * @param sampled places of the sample that are taken
   */
  AnalyzedTable.Column result(long rows, int sampled) {
    boolean whole = rows == sampled;
    Map<Object, Integer> counts = new HashMap<>();
    int present = 0;
    long bytes = 0;
    for (int i = 0; i < sampled; i++) {
      Object place = ValueDistribution.place(values[i]);
      if (place != null) {
        counts.merge(place, 1, Integer::sum);
        present++;
        bytes += place instanceof String text ? text.getBytes(StandardCharsets.UTF_8).length : 0;
      }
    }
    double distinct = whole ? counts.size() : sketch.estimate(rows - nulls);
    List<Object> places = new ArrayList<>(counts.keySet());
    places.sort(ValueDistribution::compare);
    List<Common> common = common(counts, sampled);
    common.forEach(c -> counts.remove(c.value()));
    return new AnalyzedTable.Column(
        rows == 0 ? 0 : (double) nulls / rows,
        Math.max(whole && counts.isEmpty() && common.isEmpty() ? 0 : 1, distinct),
        bytes == 0 ? -1 : (double) bytes / present,
        whole && !places.isEmpty() ? places.getFirst() : null,
        whole && !places.isEmpty() ? places.getLast() : null,
        new ValueDistribution(common, bounds(counts, places)));
  }

  private static List<Common> common(Map<Object, Integer> counts, int sampled) {
    double average = (double) sampled / Math.max(1, counts.size());
    boolean few = counts.size() <= MOST_COMMON;
    return counts.entrySet().stream()
        .filter(e -> few || e.getValue() > Math.max(1, average * MORE_THAN_AVERAGE))
        .sorted(
            Map.Entry.<Object, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry::getKey, ValueDistribution::compare))
        .limit(MOST_COMMON)
        .map(e -> new Common(e.getKey(), (double) e.getValue() / sampled))
        .toList();
  }

  /** Bounds between which equally many of the sampled rows lie that are not of common values. */
  private static List<Object> bounds(Map<Object, Integer> counts, List<Object> places) {
    long rest = counts.values().stream().mapToLong(Integer::longValue).sum();
    List<Object> bounds = new ArrayList<>();
    int buckets = (int) Math.min(BUCKETS, rest);
    long seen = 0;
    Object last = null;
    for (Object place : places) {
      Integer count = counts.get(place);
      if (count == null) {
        continue;
      }
      for (int i = 0; i < count; i++, seen++) {
        if (seen * buckets / Math.max(1, rest) >= bounds.size()) {
          bounds.add(place);
        }
      }
      last = place;
    }
    if (last != null) {
      bounds.add(last);
    }
    return bounds;
  }
}
