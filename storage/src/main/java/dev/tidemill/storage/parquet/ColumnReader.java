package dev.tidemill.storage.parquet;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one flat column of one row group, from its first row on: {@link #read} and {@link #skip} go
 * on where the last ended, over the borders of pages. Pages that are skipped as a whole are not
 * decompressed. One thread.
 */
final class ColumnReader implements AutoCloseable {
  private final ParquetColumn column;
  private final ParquetPlace place;
  private final MemoryScope scope;
  private final PageReader pages;
  private final ValueReader values;
  private final RunReader levels;

  /** Which rows of the column being read, or of those being skipped, have a value. */
  private long[] words = new long[HeapBits.words(ValueReader.CHUNK)];

  private boolean dictionarySeen;
  private int left;

  /** Takes ownership of {@code pages}. */
  ColumnReader(ParquetColumn column, PageReader pages, ParquetPlace place, MemoryScope scope) {
    this.column = column;
    this.place = place;
    this.scope = scope;
    this.pages = pages;
    this.values = ValueReader.of(column, place, scope);
    this.levels = new RunReader(place);
  }

  /** The next {@code rows} rows. */
  Column read(int rows) {
    int needed = HeapBits.words(rows);
    if (needed > words.length) {
      words = new long[needed];
    }
    Arrays.fill(words, 0, needed, 0);
    int nulls = 0;
    for (int done = 0; done < rows; ) {
      while (left == 0) {
        nextPage();
        startPage();
      }
      int n = Math.min(left, rows - done);
      int valid = n;
      if (column.optional()) {
        valid = levels.readBits(words, done, n);
      }
      values.append(words, done, n, valid);
      nulls += n - valid;
      left -= n;
      done += n;
    }
    return values.finish(rows, nulls == 0 ? null : validity(rows));
  }

  private Buffer validity(int rows) {
    Buffer validity = scope.allocate(Bits.bytes(rows));
    for (int w = 0; w < HeapBits.words(rows); w++) {
      Memory.putLong(validity.address() + 8L * w, words[w]);
    }
    return validity;
  }

  void skip(long rows) {
    while (rows > 0) {
      if (left == 0) {
        nextPage();
        if (left <= rows) {
          rows -= left;
          left = 0;
          continue;
        }
        startPage();
      }
      int n = (int) Math.min(Math.min(left, rows), ValueReader.CHUNK);
      int valid = n;
      if (column.optional()) {
        Arrays.fill(words, 0, HeapBits.words(n), 0);
        valid = levels.readBits(words, 0, n);
      }
      values.skip(valid);
      left -= n;
      rows -= n;
    }
  }

  private void nextPage() {
    if (!pages.nextData()) {
      throw ParquetErrors.malformed(place, "its pages end before its last row");
    }
    left = pages.values();
  }

  private void startPage() {
    @Nullable Page dictionary = pages.dictionary();
    if (!dictionarySeen && dictionary != null) {
      dictionarySeen = true;
      values.startDictionary(dictionary);
    }
    Page page = pages.page();
    if (column.optional()) {
      levels.start(page.levels(), page.levelsEnd(), 1);
    }
    values.startPage(page);
  }

  long bytesRead() {
    return pages.bytesRead();
  }

  @Override
  public void close() {
    values.close();
    pages.close();
  }
}
