package dev.tidemill.storage.cache;

import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.Pruning;
import dev.tidemill.storage.table.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some batches of a cached table, with what is known of their columns: a unit of reading that
 * filters may leave out, whole or by batches.
 */
final class CachedChunk implements Split, AutoCloseable {
  private final List<CachedBatch> batches;
  private final long rows;
  private final @Nullable WordBounds[] bounds;

  /** By column whether values that are close in the table are close in their order. */
  private final boolean[] clustered;

  /** Takes over the batches. */
  CachedChunk(List<CachedBatch> batches, int columns) {
    this.batches = List.copyOf(batches);
    this.rows = batches.stream().mapToLong(CachedBatch::length).sum();
    this.bounds = new WordBounds[columns];
    this.clustered = new boolean[columns];
    for (int i = 0; i < columns; i++) {
      List<@Nullable WordBounds> parts = new ArrayList<>();
      for (CachedBatch batch : batches) {
        parts.add(batch.bounds()[i]);
      }
      WordBounds all = WordBounds.union(parts);
      bounds[i] = all;
      clustered[i] = all != null && isClustered(parts, all);
    }
  }

  /** Whether a batch spans less than half of what all do. */
  private static boolean isClustered(List<? extends @Nullable WordBounds> parts, WordBounds all) {
    double spans = 0;
    for (WordBounds part : parts) {
      spans += part == null || part.isEmpty() ? 0 : (double) part.greatest() - part.least();
    }
    return spans < ((double) all.greatest() - all.least()) * parts.size() / 2;
  }

  List<CachedBatch> batches() {
    return batches;
  }

  @Override
  public long estimatedRows() {
    return rows;
  }

  /** Whether no row passes one of the filters; {@code columns} are places by name. */
  boolean isRejected(List<ColumnFilter> filters, Map<String, Integer> columns) {
    for (ColumnFilter filter : filters) {
      if (isRejected(filter, bounds, columns.get(filter.column()))) {
        return true;
      }
    }
    return false;
  }

  /** Whether no row of one of the batches passes one of the filters. */
  boolean isRejected(CachedBatch batch, List<ColumnFilter> filters, Map<String, Integer> columns) {
    for (ColumnFilter filter : filters) {
      Integer column = columns.get(filter.column());
      if (column != null && clustered[column] && isRejected(filter, batch.bounds(), column)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRejected(
      ColumnFilter filter, @Nullable WordBounds[] bounds, @Nullable Integer column) {
    WordBounds known = column == null ? null : bounds[column];
    return known != null && Pruning.rejects(filter, known.values());
  }

  @Override
  public void close() {
    batches.forEach(CachedBatch::close);
  }
}
