package dev.tidemill.storage.parquet;

import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.Pruning;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a row group a scan's filters leave: none where the chunk's statistics or its bloom
 * filter say so, else those of the pages that the page index does not rule out.
 */
final class RowSkipping {
  private RowSkipping() {}

  /** Whether the statistics of a row group rule all its rows out; nothing is read for that. */
  static boolean rejectsByStatistics(Footer footer, int rowGroup, List<ColumnFilter> filters) {
    for (ColumnFilter filter : filters) {
      ParquetColumn column = column(footer, filter);
      if (column != null) {
        ColumnMetaData chunk = chunk(footer, rowGroup, column).getMeta_data();
        if (Pruning.rejects(filter, ChunkBounds.of(chunk, column))) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The rows from {@code from} to {@code to}, counted in the row group, that may pass all filters:
   * pairs of a first row and the row behind the last, ascending.
   */
  static long[] ranges(
      FileInput input,
      Footer footer,
      int rowGroup,
      long from,
      long to,
      List<ColumnFilter> filters) {
    long[] ranges = {from, to};
    if (rejectsByStatistics(footer, rowGroup, filters)) {
      return new long[0];
    }
    for (ColumnFilter filter : filters) {
      ParquetColumn column = column(footer, filter);
      if (column == null) {
        continue;
      }
      ColumnChunk chunk = chunk(footer, rowGroup, column);
      if (BloomFilter.rejects(filter, input, footer, chunk.getMeta_data(), column)) {
        return new long[0];
      }
      long rows = footer.rowGroup(rowGroup).getNum_rows();
      ranges = without(ranges, PageIndex.rejected(filter, input, footer, chunk, column, rows));
    }
    return ranges;
  }

  private static @Nullable ParquetColumn column(Footer footer, ColumnFilter filter) {
    ParquetField field = footer.field(filter.column());
    return field == null ? null : field.leaf();
  }

  private static ColumnChunk chunk(Footer footer, int rowGroup, ParquetColumn column) {
    return footer.rowGroup(rowGroup).getColumns().get(column.leaf());
  }

  /** The rows of {@code ranges} that are in none of {@code others}; pairs, both ascending. */
  static long[] without(long[] ranges, long[] others) {
    if (others.length == 0) {
      return ranges;
    }
    List<Long> left = new ArrayList<>();
    for (int r = 0; r < ranges.length; r += 2) {
      long at = ranges[r];
      for (int o = 0; o < others.length && at < ranges[r + 1]; o += 2) {
        if (others[o + 1] > at && others[o] < ranges[r + 1]) {
          if (others[o] > at) {
            left.add(at);
            left.add(others[o]);
          }
          at = others[o + 1];
        }
      }
      if (at < ranges[r + 1]) {
        left.add(at);
        left.add(ranges[r + 1]);
      }
    }
    return left.stream().mapToLong(Long::longValue).toArray();
  }
}
