package dev.tidemill.storage.parquet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.BoundaryOrder;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Statistics;
import org.jspecify.annotations.Nullable;

/** Collects what is said of the pages of a chunk beside them: bounds, places, encodings. */
final class PageIndexWriter {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final List<Boolean> nullPages = new ArrayList<>();
  private final List<ByteBuffer> least = new ArrayList<>();
  private final List<ByteBuffer> greatest = new ArrayList<>();
  private final List<Long> nulls = new ArrayList<>();
  private final List<PageLocation> places = new ArrayList<>();
  private final List<Long> firstRows = new ArrayList<>();
  private final Map<Encoding, Integer> encodings = new EnumMap<>(Encoding.class);
  private boolean bounded = true;
  private long rows;

  /** Adds a page of {@code pageRows} rows and {@code values} values that are not NULL. */
  void add(Encoding encoding, int pageRows, int values, Statistics statistics) {
    encodings.merge(encoding, 1, Integer::sum);
    nullPages.add(values == 0);
    nulls.add(statistics.getNull_count());
    boolean known = statistics.isSetMin_value() && statistics.isSetMax_value();
    bounded &= known || values == 0;
    least.add(known ? ByteBuffer.wrap(statistics.getMin_value()) : NOTHING);
    greatest.add(known ? ByteBuffer.wrap(statistics.getMax_value()) : NOTHING);
    firstRows.add(rows);
    rows += pageRows;
  }

  /** Where the next page stands in the file, header and all; to be called for each in order. */
  void place(long offset, int length) {
    places.add(new PageLocation(offset, length, firstRows.get(places.size())));
  }

  /** How often each encoding occurs in the chunk. */
  List<PageEncodingStats> encodings(int pageVersion, boolean hasDictionary) {
    PageType type = pageVersion == 1 ? PageType.DATA_PAGE : PageType.DATA_PAGE_V2;
    List<PageEncodingStats> stats = new ArrayList<>();
    if (hasDictionary) {
      stats.add(new PageEncodingStats(PageType.DICTIONARY_PAGE, Encoding.PLAIN, 1));
    }
    encodings.forEach((encoding, pages) -> stats.add(new PageEncodingStats(type, encoding, pages)));
    return stats;
  }

  /** The bounds of the pages; null where those of one are not known. */
  @Nullable ColumnIndex bounds() {
    if (!bounded) {
      return null;
    }
    ColumnIndex index =
        new ColumnIndex(
            List.copyOf(nullPages),
            List.copyOf(least),
            List.copyOf(greatest),
            BoundaryOrder.UNORDERED);
    index.setNull_counts(List.copyOf(nulls));
    return index;
  }

  OffsetIndex places() {
    return new OffsetIndex(List.copyOf(places));
  }

  void clear() {
    nullPages.clear();
    least.clear();
    greatest.clear();
    nulls.clear();
    places.clear();
    firstRows.clear();
    encodings.clear();
    bounded = true;
    rows = 0;
  }
}
