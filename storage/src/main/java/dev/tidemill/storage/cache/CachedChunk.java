package dev.tidemill.storage.cache;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.Pruning;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.ValueBounds;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some batches of a cached table, with what is known of their columns: a unit of reading that
 * filters may leave out.
 */
final class CachedChunk implements Split {
  private final List<Batch> batches;
  private final long rows;
  private final @Nullable ValueBounds[] bounds;

  /** Takes over the batches, which have no selection. */
  CachedChunk(List<Batch> batches, int columns) {
    this.batches = List.copyOf(batches);
    this.rows = batches.stream().mapToLong(Batch::length).sum();
    this.bounds = new ValueBounds[columns];
    for (int i = 0; i < columns; i++) {
      bounds[i] = bounds(i);
    }
  }

  List<Batch> batches() {
    return batches;
  }

  @Override
  public long estimatedRows() {
    return rows;
  }

  /** Whether no row passes one of the filters; {@code columns} are places by name. */
  boolean isRejected(List<ColumnFilter> filters, Map<String, Integer> columns) {
    for (ColumnFilter filter : filters) {
      Integer column = columns.get(filter.column());
      ValueBounds known = column == null ? null : bounds[column];
      if (known != null && Pruning.rejects(filter, known)) {
        return true;
      }
    }
    return false;
  }

  /** Least and greatest value of a column of integers, decimals of one word, dates and times. */
  private @Nullable ValueBounds bounds(int index) {
    Column min = null;
    Column max = null;
    int minRow = 0;
    int maxRow = 0;
    long least = Long.MAX_VALUE;
    long greatest = Long.MIN_VALUE;
    long nulls = 0;
    for (Batch batch : batches) {
      Column column = batch.column(index);
      if (!(column instanceof FixedColumn fixed) || !isOrderedByWord(fixed)) {
        return null;
      }
      for (int row = 0; row < batch.length(); row++) {
        if (column.mayHaveNulls() && column.isNull(row)) {
          nulls++;
          continue;
        }
        long value = fixed.longAt(row);
        if (value <= least) {
          least = value;
          min = column;
          minRow = row;
        }
        if (value >= greatest) {
          greatest = value;
          max = column;
          maxRow = row;
        }
      }
    }
    Object low = min == null ? null : min.value(minRow);
    Object high = max == null ? null : max.value(maxRow);
    return new ValueBounds(low, high, null, null, nulls, rows);
  }

  private static boolean isOrderedByWord(FixedColumn column) {
    return column.width() <= Long.BYTES
        && switch (column.type()) {
          case Type.Int t -> true;
          case Type.Decimal t -> true;
          case Type.Date t -> true;
          case Type.Time t -> true;
          case Type.Timestamp t -> true;
          default -> false;
        };
  }

  void close() {
    batches.forEach(Batch::close);
  }
}
