package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.Pruning;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one flat column of one row group, forwards: rows between those asked for are passed over,
 * and pages of which no row is asked for are not decompressed. One thread.
 */
final class ColumnReader implements FieldReader {
  private static final int MAX_ENTRIES_ASKED = 4096;

  private final ParquetColumn column;
  private final ParquetPlace place;
  private final MemoryScope scope;
  private final PageReader pages;
  private final ValueReader values;
  private final RunReader levels;

  /** Which rows of the column being read, or of those being skipped, have a value. */
  private long[] words = new long[HeapBits.words(ValueReader.CHUNK)];

  /** Which rows of a stretch of a page have a value, of which some are chosen. */
  private long[] stretch = new long[0];

  private int[] picked = new int[0];

  private boolean dictionarySeen;

  /** The next row, counted in the row group. */
  private long position;

  /** Rows of the current page from there on. */
  private int left;

  /** Whether the current page has been decompressed. */
  private boolean started;

  /** From which row on pages count as passed over. */
  private final long firstWanted;

  private long skippedPages;

  /** Where the pages are, if that is known. */
  private final @Nullable PagePlaces places;

  /** Rows that the current page should have by its place, -1 if it does not matter. */
  private long expectedRows = -1;

  /**
   * Takes ownership of {@code pages}.
   *
   * @param places where the pages are, or null
   * @param firstWanted the first row that is of interest
   */
  ColumnReader(
      ParquetColumn column,
      PageReader pages,
      @Nullable PagePlaces places,
      long firstWanted,
      ParquetPlace place,
      MemoryScope scope) {
    this.firstWanted = firstWanted;
    this.column = column;
    this.place = place;
    this.scope = scope;
    this.pages = pages;
    this.places = places;
    this.values = ValueReader.of(column, place, scope);
    this.levels = new RunReader(place);
  }

  @Override
  public Column read(long start, int rows) {
    skipTo(start);
    clearWords(rows);
    int nulls = 0;
    for (int done = 0; done < rows; ) {
      openPage();
      int n = Math.min(left, rows - done);
      int valid = n;
      if (column.optional()) {
        valid = levels.readBits(words, done, n);
      }
      values.append(words, done, n, valid);
      nulls += n - valid;
      passed(n);
      done += n;
    }
    return values.finish(rows, nulls == 0 ? null : validity(rows));
  }

  @Override
  public Column read(long start, Selection selection) {
    int count = selection.count();
    int[] rows = selection.rows();
    clearWords(count);
    int nulls = 0;
    for (int done = 0; done < count; ) {
      skipTo(start + rows[done]);
      openPage();
      int first = rows[done];
      int behind = done + 1;
      while (behind < count && rows[behind] < (long) first + left) {
        behind++;
      }
      int span = rows[behind - 1] - first + 1;
      nulls += select(rows, done, behind, span);
      passed(span);
      done = behind;
    }
    return values.finish(count, nulls == 0 ? null : validity(count));
  }

  /**
   * Takes rows {@code from} to {@code to} of {@code rows}, which lie in the next {@code span} of
   * the page and begin with its first; how many are NULL.
   */
  private int select(int[] rows, int from, int to, int span) {
    int count = to - from;
    if (picked.length < count) {
      picked = new int[Math.max(count, ValueReader.CHUNK)];
    }
    int first = rows[from];
    if (!column.optional()) {
      for (int i = 0; i < count; i++) {
        picked[i] = rows[from + i] - first;
      }
      values.select(words, from, count, picked, count, span);
      return 0;
    }
    int all = readStretch(span);
    int valid = 0;
    int before = 0;
    int word = 0;
    for (int i = 0; i < count; i++) {
      int row = rows[from + i] - first;
      for (; word < row >>> 6; word++) {
        before += Long.bitCount(stretch[word]);
      }
      if (HeapBits.get(stretch, row)) {
        HeapBits.set(words, from + i);
        picked[valid++] = before + Long.bitCount(stretch[word] & ((1L << row) - 1));
      }
    }
    values.select(words, from, count, picked, valid, all);
    return count - valid;
  }

  /** Reads to {@link #stretch} which of the next rows have a value; how many do. */
  private int readStretch(int rows) {
    int needed = HeapBits.words(rows);
    if (stretch.length < needed) {
      stretch = new long[Math.max(needed, HeapBits.words(ValueReader.CHUNK))];
    }
    Arrays.fill(stretch, 0, needed, 0);
    return levels.readBits(stretch, 0, rows);
  }

  private void clearWords(int rows) {
    int needed = HeapBits.words(rows);
    if (needed > words.length) {
      words = new long[needed];
    }
    Arrays.fill(words, 0, needed, 0);
  }

  private void passed(int rows) {
    left -= rows;
    position += rows;
  }

  /**
   * Whether no entry of the chunk's dictionary passes. To be asked before rows are read, of a chunk
   * that is all codes.
   */
  boolean dictionaryRejects(ColumnFilter filter) {
    if (left == 0) {
      nextPage();
    }
    Page dictionary = pages.dictionary();
    if (dictionary == null || dictionary.values() > MAX_ENTRIES_ASKED) {
      return false;
    }
    startDictionary();
    try (Column entries = values.entries()) {
      if (entries == null) {
        return false;
      }
      for (int i = 0; i < entries.length(); i++) {
        Object value = entries.value(i);
        if (value == null || !Pruning.rejects(filter, value)) {
          return false;
        }
      }
      return true;
    }
  }

  private Buffer validity(int rows) {
    Buffer validity = scope.allocate(Bits.bytes(rows));
    for (int w = 0; w < HeapBits.words(rows); w++) {
      Memory.putLong(validity.address() + 8L * w, words[w]);
    }
    return validity;
  }

  private void skipTo(long start) {
    seekTo(start);
    long rows = start - position;
    while (rows > 0) {
      if (left == 0) {
        nextPage();
      }
      if (!started && left <= rows) {
        rows -= left;
        skippedPages += position >= firstWanted ? 1 : 0;
        passed(left);
        continue;
      }
      openPage();
      int n = (int) Math.min(Math.min(left, rows), ValueReader.CHUNK);
      int valid = n;
      if (column.optional()) {
        valid = readStretch(n);
      }
      values.skip(valid);
      passed(n);
      rows -= n;
    }
  }

  /** Goes to the page that has the row, if it is known where that is and others are in between. */
  private void seekTo(long row) {
    if (places == null || row < position + left) {
      return;
    }
    int page = places.pageOf(row);
    long first = places.rows()[page];
    if (first > position + left) {
      int from = places.pageOf(Math.max(position, firstWanted));
      skippedPages += Math.max(0, page - from - (started && left > 0 ? 1 : 0));
      pages.seek(places.offsets()[page], first, places.offsets()[0]);
      position = first;
      left = 0;
      expectedRows = places.rowsOf(page);
    }
  }

  /** Sees to it that rows of the current page can be read. */
  private void openPage() {
    while (left == 0) {
      nextPage();
    }
    if (!started) {
      startPage();
      started = true;
    }
  }

  private void nextPage() {
    if (!pages.nextData()) {
      throw ParquetErrors.malformed(place, "its pages end before its last row");
    }
    left = pages.values();
    started = false;
    if (expectedRows >= 0 && left != expectedRows) {
      throw ParquetErrors.malformed(
          place, "a page of " + left + " rows where its page index says " + expectedRows);
    }
    expectedRows = -1;
  }

  private void startDictionary() {
    @Nullable Page dictionary = pages.dictionary();
    if (!dictionarySeen && dictionary != null) {
      dictionarySeen = true;
      values.startDictionary(dictionary);
    }
  }

  private void startPage() {
    startDictionary();
    Page page = pages.page();
    if (column.optional()) {
      levels.start(page.levels(), page.levelsEnd(), 1);
    }
    values.startPage(page);
  }

  @Override
  public long bytesRead() {
    return pages.bytesRead();
  }

  @Override
  public long decodedPages() {
    return pages.decodedPages();
  }

  @Override
  public long skippedPages() {
    return skippedPages;
  }

  @Override
  public void close() {
    values.close();
    pages.close();
  }
}
