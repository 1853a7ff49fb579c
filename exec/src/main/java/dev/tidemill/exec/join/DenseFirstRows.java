package dev.tidemill.exec.join;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.key.KeyWords;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Memory;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * First rows of whole numbers, dates and times that lie close together: an array by key, without
 * hashing.
 *
 * <pre>
 *   build row  0  1  2  3         key - min   0  1  2  3  4
 *   key        7  9  7 11         first row   0 -1  1 -1  3        next  2 -1 -1 -1
 * </pre>
 *
 * @param min the least key
 * @param first the first row by key - min, -1 where there is none
 */
record DenseFirstRows(long min, int[] first) implements FirstRows {
  /** Keys are close together where there are no more than so many places for each. */
  private static final int PLACES_PER_ROW = 8;

  private static final int ALWAYS = 1 << 16;
  private static final int MOST = 1 << 29;

  /**
   * Makes the array and links rows of the same key, or gives null where the keys are too far apart.
   *
   * @param next by row the next one of its key, or -1; set here, ascending
   */
  static @Nullable DenseFirstRows of(Column keys, int[] next, HeapMemory heap, Run run) {
    int count = keys.length();
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    int[] rows = new int[Batch.MAX_ROWS];
    long[] words = new long[Batch.MAX_ROWS];
    for (int from = 0; from < count; from += Batch.MAX_ROWS) {
      run.check();
      int n = read(keys, from, rows, words);
      for (int i = 0; i < n; i++) {
        min = Math.min(min, words[i]);
        max = Math.max(max, words[i]);
      }
    }
    if (max < min) {
      min = 0;
      max = 0;
    }
    long range = max - min;
    if (range < 0 || range > Math.min(MOST, Math.max(ALWAYS, (long) count * PLACES_PER_ROW))) {
      return null;
    }
    int[] first = heap.ints((int) range + 1);
    Arrays.fill(first, -1);
    Arrays.fill(next, 0, count, -1);
    for (int from = (count - 1) / Batch.MAX_ROWS * Batch.MAX_ROWS;
        from >= 0;
        from -= Batch.MAX_ROWS) {
      run.check();
      for (int i = read(keys, from, rows, words) - 1; i >= 0; i--) {
        int place = (int) (words[i] - min);
        next[rows[i]] = first[place];
        first[place] = rows[i];
      }
    }
    return new DenseFirstRows(min, first);
  }

  /** The keys of a chunk of rows that are not NULL. */
  private static int read(Column keys, int from, int[] rows, long[] words) {
    int n = 0;
    for (int row = from; row < Math.min(keys.length(), from + Batch.MAX_ROWS); row++) {
      rows[n] = row;
      n += keys.mayHaveNulls() && keys.isNull(row) ? 0 : 1;
    }
    KeyWords.read(keys, rows, n, words);
    return n;
  }

  @Override
  public void find(
      List<Column> columns, int[] rows, int count, int[] firsts, GroupTable.Lookup lookup) {
    Column column = columns.get(0);
    if (column instanceof FixedColumn fixed && fixed.width() == 8) {
      find8(fixed.address(), rows, count, firsts);
    } else if (column instanceof FixedColumn fixed && fixed.width() == 4) {
      find4(fixed.address(), rows, count, firsts);
    } else {
      long[] words = new long[count];
      KeyWords.read(column, rows, count, words);
      for (int i = 0; i < count; i++) {
        firsts[i] = first(words[i] - min);
      }
    }
  }

  private int first(long place) {
    return place >= 0 && place < first.length ? first[(int) place] : -1;
  }

  private void find8(long address, int[] rows, int count, int[] firsts) {
    int[] all = first;
    for (int i = 0; i < count; i++) {
      long place = Memory.getLong(address + ((long) rows[i] << 3)) - min;
      firsts[i] = place >= 0 && place < all.length ? all[(int) place] : -1;
    }
  }

  private void find4(long address, int[] rows, int count, int[] firsts) {
    int[] all = first;
    for (int i = 0; i < count; i++) {
      long place = Memory.getInt(address + ((long) rows[i] << 2)) - min;
      firsts[i] = place >= 0 && place < all.length ? all[(int) place] : -1;
    }
  }

  @Override
  public void close() {}
}
