package dev.tidemill.storage.parquet;

import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.Pruning;
import dev.tidemill.storage.table.ValueBounds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * What a chunk's page index (ColumnIndex and OffsetIndex of the Parquet format) says. An index that
 * does not hang together says nothing.
 */
final class PageIndex {
  private static final int MAX_BYTES = 16 << 20;
  private static final long[] NOTHING = {};

  private PageIndex() {}

  /**
   * The rows of the pages that no row of can pass {@code filter}: pairs of a first row and the row
   * behind the last, ascending.
   */
  static long[] rejected(
      ColumnFilter filter,
      FileInput input,
      Footer footer,
      ColumnChunk chunk,
      ParquetColumn column,
      long rows) {
    if (!chunk.isSetColumn_index_offset() || !chunk.isSetOffset_index_offset()) {
      return NOTHING;
    }
    byte[] bounds =
        bytes(input, footer, chunk.getColumn_index_offset(), chunk.getColumn_index_length());
    byte[] places =
        bytes(input, footer, chunk.getOffset_index_offset(), chunk.getOffset_index_length());
    if (bounds == null || places == null) {
      return NOTHING;
    }
    try {
      return rejected(
          filter,
          Util.readColumnIndex(new ByteArrayInputStream(bounds)),
          Util.readOffsetIndex(new ByteArrayInputStream(places)),
          column,
          rows);
    } catch (IOException | RuntimeException e) {
      return NOTHING; // the pages themselves are read then
    }
  }

  /** Where the chunk's pages are; null where it does not say. */
  static @Nullable PagePlaces places(FileInput input, Footer footer, ColumnChunk chunk, long rows) {
    byte[] places =
        chunk.isSetOffset_index_offset()
            ? bytes(input, footer, chunk.getOffset_index_offset(), chunk.getOffset_index_length())
            : null;
    if (places == null) {
      return null;
    }
    try {
      return PagePlaces.of(Util.readOffsetIndex(new ByteArrayInputStream(places)), rows);
    } catch (IOException | RuntimeException e) {
      return null; // the pages are passed over one by one then
    }
  }

  private static byte @Nullable [] bytes(FileInput input, Footer footer, long offset, int length) {
    if (offset < 4 || length <= 0 || length > MAX_BYTES || offset > footer.dataEnd() - length) {
      return null;
    }
    byte[] bytes = new byte[length];
    input.readFully(offset, bytes, 0, length);
    return bytes;
  }

  private static long[] rejected(
      ColumnFilter filter, ColumnIndex index, OffsetIndex places, ParquetColumn column, long rows) {
    List<PageLocation> pages = places.getPage_locations();
    int count = pages.size();
    if (index.getNull_pagesSize() != count
        || index.getMin_valuesSize() != count
        || index.getMax_valuesSize() != count
        || index.isSetNull_counts() && index.getNull_countsSize() != count) {
      return NOTHING;
    }
    long[] rejected = new long[2 * count];
    int n = 0;
    long last = -1;
    for (int page = 0; page < count; page++) {
      long first = pages.get(page).getFirst_row_index();
      long behind = page + 1 < count ? pages.get(page + 1).getFirst_row_index() : rows;
      if (first <= last || first < 0 || behind <= first || page == 0 && first != 0) {
        return NOTHING;
      }
      last = first;
      if (Pruning.rejects(filter, bounds(index, page, behind - first, column))) {
        rejected[n++] = first;
        rejected[n++] = behind;
      }
    }
    return Arrays.copyOf(rejected, n);
  }

  private static ValueBounds bounds(ColumnIndex index, int page, long rows, ParquetColumn column) {
    boolean onlyNulls = index.getNull_pages().get(page);
    long nulls =
        onlyNulls
            ? rows
            : index.isSetNull_counts()
                ? index.getNull_counts().get(page)
                : column.optional() ? -1 : 0;
    return onlyNulls
        ? ChunkBounds.of(null, null, nulls, rows, column)
        : ChunkBounds.of(
            array(index.getMin_values().get(page)),
            array(index.getMax_values().get(page)),
            nulls >= 0 && nulls <= rows ? nulls : -1,
            rows,
            column);
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
