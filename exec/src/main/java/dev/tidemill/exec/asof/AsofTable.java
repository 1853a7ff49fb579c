package dev.tidemill.exec.asof;

import dev.tidemill.exec.key.GroupTable;
import dev.tidemill.exec.key.KeyBytes;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.exec.sort.RowKeys;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;

/**
 * The right side of an ASOF join: of each key the times in their order, each once, with the row
 * that is the match.
 *
 * <pre>
 *   key      a        b         starts  0  3  5
 *   words    2  5  7  1  9      of equal times the last row by the other columns stays
 *   rows     4  0  3  1  2
 * </pre>
 *
 * <p>Rows with a NULL time, or a NULL in a key that matches none, are left out. Made by one thread;
 * then any number of threads may {@link #find}.
 */
final class AsofTable implements AutoCloseable {
  /** Fewer words are sorted by insertion. */
  private static final int FEW = 16;

  private final Batch rows;
  private final HeapMemory heap;
  private final GroupTable keys;

  /** By key where its words begin; they end where the next ones begin. */
  private int[] starts = new int[0];

  private int[] ends = new int[0];
  private long[] words = new long[0];
  private int[] numbers = new int[0];

  /** Takes over {@code rows}. */
  private AsofTable(Batch rows, GroupTable keys, MemoryScope memory) {
    this.rows = rows;
    this.keys = keys;
    this.heap = new HeapMemory(memory);
  }

  /**
   * Makes the table; takes over {@code rows}.
   *
   * @param ties tell rows of one key and time apart
   */
  static AsofTable of(
      Batch rows, AsofSide side, TimeWords times, RowKeys ties, MemoryScope memory, Run run) {
    GroupTable keys;
    try {
      List<Type> types = side.keyTypes();
      keys = types.isEmpty() ? GroupTable.of(types, memory) : GroupTable.forLookup(types, memory);
    } catch (Throwable t) {
      rows.close();
      throw t;
    }
    AsofTable table = new AsofTable(rows, keys, memory);
    try {
      table.build(side, times, run, memory);
      table.leaveOutTies(ties, run, memory);
      return table;
    } catch (Throwable t) {
      table.close();
      throw t;
    }
  }

  Batch rows() {
    return rows;
  }

  boolean isEmpty() {
    return numbers.length == 0;
  }

  int keyCount() {
    return starts.length;
  }

  private void build(AsofSide side, TimeWords times, Run run, MemoryScope memory) {
    int length = rows.length();
    List<Column> keyColumns = side.keyColumns(rows);
    Column time = rows.column(side.time());
    try (HeapMemory scratch = new HeapMemory(memory)) {
      int[] able = scratch.ints(length);
      int[] groups = scratch.ints(length);
      long[] unsorted = scratch.longs(length);
      int[] part = new int[Batch.MAX_ROWS];
      int[] partGroups = new int[Batch.MAX_ROWS];
      int count = 0;
      for (int row = 0; row < length; ) {
        run.check();
        int chosen = 0;
        for (; row < length && chosen < part.length; row++) {
          if (side.canMatch(rows, row)) {
            part[chosen++] = row;
          }
        }
        keys.groups(keyColumns, part, chosen, partGroups);
        System.arraycopy(part, 0, able, count, chosen);
        System.arraycopy(partGroups, 0, groups, count, chosen);
        times.of(time, part, chosen, unsorted, count, memory);
        count += chosen;
      }
      group(able, groups, unsorted, count);
      sort(scratch, run);
    }
  }

  /** Puts rows of a key side by side, in the order in which they came. */
  private void group(int[] able, int[] groups, long[] unsorted, int count) {
    int keyCount = keys.groupCount();
    starts = heap.ints(keyCount);
    ends = heap.ints(keyCount);
    for (int i = 0; i < count; i++) {
      ends[groups[i]]++;
    }
    int end = 0;
    for (int key = 0; key < keyCount; key++) {
      starts[key] = end;
      end += ends[key];
      ends[key] = starts[key];
    }
    words = heap.longs(count);
    numbers = heap.ints(count);
    for (int i = 0; i < count; i++) {
      int place = ends[groups[i]]++;
      words[place] = unsorted[i];
      numbers[place] = able[i];
    }
  }

  private void sort(HeapMemory scratch, Run run) {
    long[] wordHalf = new long[0];
    int[] numberHalf = new int[0];
    for (int key = 0; key < starts.length; key++) {
      if (!isSorted(starts[key], ends[key])) {
        run.check();
        int half = (ends[key] - starts[key] + 1) / 2;
        wordHalf = scratch.grow(wordHalf, half);
        numberHalf = scratch.grow(numberHalf, half);
        sort(starts[key], ends[key], wordHalf, numberHalf);
      }
    }
  }

  private boolean isSorted(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (words[i - 1] > words[i]) {
        return false;
      }
    }
    return true;
  }

  private void sort(int from, int to, long[] wordHalf, int[] numberHalf) {
    if (to - from <= FEW) {
      insertion(from, to);
      return;
    }
    int middle = (from + to) >>> 1;
    sort(from, middle, wordHalf, numberHalf);
    sort(middle, to, wordHalf, numberHalf);
    if (words[middle - 1] <= words[middle]) {
      return;
    }
    int half = middle - from;
    System.arraycopy(words, from, wordHalf, 0, half);
    System.arraycopy(numbers, from, numberHalf, 0, half);
    int left = 0;
    int right = middle;
    int at = from;
    while (left < half) {
      if (right >= to || wordHalf[left] <= words[right]) {
        words[at] = wordHalf[left];
        numbers[at++] = numberHalf[left++];
      } else {
        words[at] = words[right];
        numbers[at++] = numbers[right++];
      }
    }
  }

  private void insertion(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long word = words[i];
      int number = numbers[i];
      int at = i;
      while (at > from && words[at - 1] > word) {
        words[at] = words[at - 1];
        numbers[at] = numbers[at - 1];
        at--;
      }
      words[at] = word;
      numbers[at] = number;
    }
  }

  /** Leaves of the rows of one key and time the last one. */
  private void leaveOutTies(RowKeys ties, Run run, MemoryScope memory) {
    int tied = 0;
    for (int key = 0; key < starts.length; key++) {
      for (int i = starts[key] + 1; i < ends[key]; i++) {
        tied += words[i] == words[i - 1] ? 1 : 0;
      }
    }
    if (tied == 0 || ties.isEmpty()) {
      return;
    }
    try (HeapMemory scratch = new HeapMemory(memory)) {
      int[] of = scratch.ints(2 * tied);
      int count = 0;
      for (int key = 0; key < starts.length; key++) {
        for (int i = starts[key]; i < ends[key]; i++) {
          boolean isTied =
              i > starts[key] && words[i - 1] == words[i]
                  || i + 1 < ends[key] && words[i + 1] == words[i];
          if (isTied) {
            of[count++] = numbers[i];
          }
        }
      }
      KeyBytes encoded = ties.encode(rows, of, count, scratch, Team.alone(run));
      int next = 0;
      for (int key = 0; key < starts.length; key++) {
        int kept = starts[key];
        int from = starts[key];
        while (from < ends[key]) {
          int to = from + 1;
          int last = from;
          while (to < ends[key] && words[to] == words[from]) {
            if (encoded.compare(next + to - from, next + last - from) > 0) {
              last = to;
            }
            to++;
          }
          next += to - from > 1 ? to - from : 0;
          words[kept] = words[from];
          numbers[kept++] = numbers[last];
          from = to;
        }
        ends[key] = kept;
      }
    }
  }

  /** The keys of rows by number, -1 of those that are not there. */
  void find(List<Column> columns, int[] of, int count, int[] found, GroupTable.Lookup lookup) {
    keys.find(columns, of, count, found, lookup);
  }

  /**
   * The last row of a key whose word is no greater, or -1.
   *
   * @param places by key where the row that was sought before stands, or less than where its words
   *     begin: rows that come in the order of time are found beside it
   */
  int find(int key, long word, int[] places) {
    int start = starts[key];
    int end = ends[key];
    int low = Math.max(start, places[key]);
    int high;
    if (low < end && words[low] <= word) {
      int step = 1;
      high = low + 1;
      while (high < end && words[high] <= word) {
        low = high;
        step <<= 1;
        high = (int) Math.min(end, (long) low + step);
      }
    } else {
      high = Math.min(low, end);
      low = start;
    }
    // All before low are no greater, those from high on are.
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (words[middle] <= word) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    places[key] = low - 1;
    return low > start ? numbers[low - 1] : -1;
  }

  @Override
  public void close() {
    keys.close();
    rows.close();
    heap.close();
    words = new long[0];
    numbers = new int[0];
    starts = new int[0];
    ends = new int[0];
  }
}
