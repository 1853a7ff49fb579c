package dev.tidemill.storage.parquet;

import java.util.Arrays;
import java.util.List;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageLocation;
import org.jspecify.annotations.Nullable;

/**
 * Where the data pages of a chunk are, as its OffsetIndex says, so that pages in between need not
 * be passed over header by header.
 *
 * @param rows the first row of each page, counted in the row group; ascending from 0
 * @param offsets where each page is in the file; ascending
 * @param rowCount rows of the row group
 */
record PagePlaces(long[] rows, long[] offsets, long rowCount) {
  /** Null where the index does not hang together. */
  static @Nullable PagePlaces of(OffsetIndex index, long rowCount) {
    List<PageLocation> pages = index.getPage_locations();
    long[] rows = new long[pages.size()];
    long[] offsets = new long[pages.size()];
    for (int page = 0; page < rows.length; page++) {
      rows[page] = pages.get(page).getFirst_row_index();
      offsets[page] = pages.get(page).getOffset();
      boolean isNext =
          page == 0
              ? rows[0] == 0
              : rows[page] > rows[page - 1] && offsets[page] > offsets[page - 1];
      if (!isNext || rows[page] >= rowCount) {
        return null;
      }
    }
    return rows.length == 0 ? null : new PagePlaces(rows, offsets, rowCount);
  }

  /** The page that has a row. */
  int pageOf(long row) {
    int found = Arrays.binarySearch(rows, row);
    return found < 0 ? -found - 2 : found;
  }

  /** Where the page behind the one with a row is, or far away. */
  long behind(long row) {
    int next = pageOf(row) + 1;
    return next < offsets.length ? offsets[next] : Long.MAX_VALUE;
  }

  /** How many rows a page has. */
  long rowsOf(int page) {
    return (page + 1 < rows.length ? rows[page + 1] : rowCount) - rows[page];
  }
}
