package dev.tidemill.storage.parquet;

import dev.tidemill.storage.file.FileInput;
import dev.tidemill.storage.table.ValueBounds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.LocalDate;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * How many distinct values the columns of a file have, as its dictionaries tell: what a writer has
 * counted (we note an estimate), or the entries of a chunk's dictionary where all of its pages use
 * it. Reads one page header of at most {@link #CHUNKS} row groups a column.
 */
final class DistinctCounts {
  private static final int CHUNKS = 4;
  private static final int HEADER_BYTES = 128;

  /** A dictionary that large was perhaps given up in the middle of the chunk. */
  private static final long GIVEN_UP_BYTES = 900 << 10;

  /** Under this key a chunk that we write says how many distinct values it has, about. */
  private static final String KEY = "tidemill.distinct";

  private DistinctCounts() {}

  /** What a chunk of about so many distinct values says of them. */
  static KeyValue note(long distinct) {
    KeyValue note = new KeyValue(KEY);
    note.setValue(Long.toString(distinct));
    return note;
  }

  private static long noted(ColumnMetaData chunk) {
    if (chunk.isSetKey_value_metadata()) {
      for (KeyValue note : chunk.getKey_value_metadata()) {
        if (KEY.equals(note.getKey()) && note.getValue() != null) {
          try {
            return Long.parseLong(note.getValue());
          } catch (NumberFormatException e) {
            return -1; // not a note of ours
          }
        }
      }
    }
    return -1;
  }

  /** An estimate for the whole file, or -1. */
  static double of(FileInput input, Footer footer, ParquetColumn column) {
    int groups = footer.rowGroupCount();
    int looks = Math.min(groups, CHUNKS);
    double most = -1;
    double sum = 0;
    double widths = 0;
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < looks; i++) {
      ColumnMetaData chunk =
          footer
              .rowGroup((int) ((long) i * groups / looks))
              .getColumns()
              .get(column.leaf())
              .getMeta_data();
      double count = count(input, footer, chunk);
      if (count < 0) {
        return -1;
      }
      most = Math.max(most, count);
      sum += count;
      ValueBounds bounds = ChunkBounds.of(chunk, column);
      double min = number(bounds.min());
      double max = number(bounds.max());
      widths += max - min;
      low = Math.min(low, min);
      high = Math.max(high, max);
    }
    // Row groups that share their values have them all; those that lie side by side have their own.
    boolean sideBySide = looks > 1 && widths <= (high - low) * 1.25;
    return sideBySide ? sum * groups / looks : most;
  }

  private static double number(@Nullable Object value) {
    return switch (value) {
      case Number n -> n.doubleValue();
      case LocalDate date -> date.toEpochDay();
      case null, default -> Double.NaN;
    };
  }

  private static double count(FileInput input, Footer footer, ColumnMetaData chunk) {
    long rows = chunk.getNum_values();
    if (chunk.getStatistics() != null && chunk.getStatistics().isSetDistinct_count()) {
      long counted = chunk.getStatistics().getDistinct_count();
      return counted < 0 || counted > rows ? -1 : counted;
    }
    long noted = noted(chunk);
    if (noted > 0 && noted <= rows) {
      return noted;
    }
    long offset = chunk.getDictionary_page_offset();
    long end = chunk.getData_page_offset();
    if (!chunk.isSetDictionary_page_offset()
        || offset <= 0
        || end <= offset
        || end > footer.dataEnd()
        || end - offset > GIVEN_UP_BYTES
        || !onlyCodes(chunk)) {
      return -1;
    }
    byte[] bytes = new byte[(int) Math.min(HEADER_BYTES, end - offset)];
    input.readFully(offset, bytes, 0, bytes.length);
    try {
      DictionaryPageHeader header =
          Util.readPageHeader(new ByteArrayInputStream(bytes)).getDictionary_page_header();
      return header == null || header.getNum_values() < 0 || header.getNum_values() > rows
          ? -1
          : header.getNum_values();
    } catch (IOException | RuntimeException e) {
      return -1; // whoever reads the page says what is wrong with it
    }
  }

  /** Whether it is certain that all values of the chunk are codes of its dictionary. */
  static boolean hasOnlyCodes(ColumnMetaData chunk) {
    return chunk.isSetDictionary_page_offset()
        && chunk.getDictionary_page_offset() > 0
        && chunk.isSetEncoding_stats()
        && onlyCodes(chunk);
  }

  private static boolean onlyCodes(ColumnMetaData chunk) {
    if (chunk.isSetEncoding_stats()) {
      for (PageEncodingStats stats : chunk.getEncoding_stats()) {
        boolean data =
            stats.getPage_type() == PageType.DATA_PAGE
                || stats.getPage_type() == PageType.DATA_PAGE_V2;
        if (data && !isCode(stats.getEncoding())) {
          return false;
        }
      }
      return true;
    }
    for (Encoding encoding : chunk.getEncodings()) {
      if (!isCode(encoding) && encoding != Encoding.PLAIN && encoding != Encoding.RLE) {
        return false;
      }
    }
    return true;
  }

  private static boolean isCode(Encoding encoding) {
    return encoding == Encoding.RLE_DICTIONARY || encoding == Encoding.PLAIN_DICTIONARY;
  }
}
