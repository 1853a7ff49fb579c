package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.streaming.rows.KeyedRows;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Rows by key in an order, that of their words and some further columns: a list of row numbers for
 * each key.
 *
 * <pre>
 *   key     0    1   2        entries   7 · 3 9 2 · ·     of key 0 and 1; a list that outgrows its room moves
 *   start   0    2   -                                    behind all, and what it leaves is taken in later
 * </pre>
 *
 * Rows of one word stand in the order of some further columns, then of their numbers. One thread.
 */
final class OrderedRows {
  private static final int FEW = 16;

  private final Supplier<KeyedRows> rows;
  private final List<SortKey> ties;
  private final HeapMemory heap;
  private int[] entries;
  private int[] starts;
  private int[] lengths;

  /** By key how many rows its list has room for. */
  private int[] rooms;

  private int used;

  /** Entries below {@link #used} that belong to no list. */
  private int left;

  /** By row number. */
  private long[] words;

  /** By row number, whether it is in a list. */
  private boolean[] listed;

  private int[] sorted = new int[0];
  private int[] half = new int[0];

  /**
   * @param ties the order of rows of one word
   */
  OrderedRows(Supplier<KeyedRows> rows, List<SortKey> ties, HeapMemory heap) {
    this.rows = rows;
    this.ties = ties;
    this.heap = heap;
    this.entries = heap.ints(64);
    this.starts = heap.ints(16);
    this.lengths = heap.ints(16);
    this.rooms = heap.ints(16);
    this.words = heap.longs(16);
    this.listed = heap.grow(new boolean[0], 16);
  }

  /** Forgets all lists. */
  void clear() {
    Arrays.fill(lengths, 0);
    Arrays.fill(rooms, 0);
    Arrays.fill(listed, false);
    used = 0;
    left = 0;
  }

  /** Makes room for keys and rows below these. */
  void ensure(int keyCount, int rowCount) {
    starts = heap.grow(starts, keyCount);
    lengths = heap.grow(lengths, keyCount);
    rooms = heap.grow(rooms, keyCount);
    words = heap.grow(words, rowCount);
    listed = heap.grow(listed, rowCount);
  }

  void setWord(int row, long word) {
    words[row] = word;
  }

  long word(int row) {
    return words[row];
  }

  boolean isListed(int row) {
    return listed[row];
  }

  int length(int key) {
    return key < lengths.length ? lengths[key] : 0;
  }

  int row(int key, int place) {
    return entries[starts[key] + place];
  }

  /** The first place of a key's list whose word is as great, or {@code beyond} that, greater. */
  int first(int key, long word, boolean beyond) {
    int low = 0;
    int high = length(key);
    while (low < high) {
      int middle = (low + high) >>> 1;
      long there = words[row(key, middle)];
      if (there < word || beyond && there == word) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Where a row stands in the list of its key, or -1. */
  int place(int key, int row) {
    int low = 0;
    int high = length(key) - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int compared = compare(row(key, middle), row);
      if (compared == 0) {
        return middle;
      } else if (compared < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private int compare(int row, int other) {
    if (row == other) {
      return 0;
    }
    int byWord = Long.compare(words[row], words[other]);
    int compared = byWord != 0 ? byWord : rows.get().compare(ties, row, other);
    return compared != 0 ? compared : Integer.compare(row, other);
  }

  /** Puts rows of a key, some of an array, into its list. */
  void add(int key, int[] from, int count) {
    if (count == 0) {
      return;
    }
    sort(from, count);
    makeRoom(key, lengths[key] + count);
    if (count < lengths[key] / FEW) {
      insert(key, from, count);
    } else {
      merge(key, from, count);
    }
    for (int i = 0; i < count; i++) {
      listed[from[i]] = true;
    }
    lengths[key] += count;
  }

  /** Puts sorted rows into a list, next to each other with those that are there. */
  private void merge(int key, int[] from, int count) {
    int start = starts[key];
    int there = lengths[key] - 1;
    int fresh = count - 1;
    for (int to = lengths[key] + count - 1; fresh >= 0; to--) {
      if (there >= 0 && compare(entries[start + there], from[fresh]) > 0) {
        entries[start + to] = entries[start + there--];
      } else {
        entries[start + to] = from[fresh--];
      }
    }
  }

  /** Puts few sorted rows into a long list: what is between them moves in one piece. */
  private void insert(int key, int[] from, int count) {
    int start = starts[key];
    int end = lengths[key];
    for (int fresh = count - 1; fresh >= 0; fresh--) {
      int low = 0;
      int high = end;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (compare(entries[start + middle], from[fresh]) < 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      System.arraycopy(entries, start + low, entries, start + low + fresh + 1, end - low);
      entries[start + low + fresh] = from[fresh];
      end = low;
    }
  }

  private void sort(int[] of, int count) {
    int i = 1;
    while (i < count && compare(of[i - 1], of[i]) <= 0) {
      i++;
    }
    if (i < count) {
      half = heap.grow(half, (count + 1) / 2);
      sort(of, 0, count);
    }
  }

  private void sort(int[] of, int from, int to) {
    if (to - from <= FEW) {
      for (int i = from + 1; i < to; i++) {
        int row = of[i];
        int at = i;
        while (at > from && compare(of[at - 1], row) > 0) {
          of[at] = of[at - 1];
          at--;
        }
        of[at] = row;
      }
      return;
    }
    int middle = (from + to) >>> 1;
    sort(of, from, middle);
    sort(of, middle, to);
    int first = middle - from;
    System.arraycopy(of, from, half, 0, first);
    int a = 0;
    int b = middle;
    for (int at = from; a < first; at++) {
      of[at] = b >= to || compare(half[a], of[b]) <= 0 ? half[a++] : of[b++];
    }
  }

  private void makeRoom(int key, int length) {
    if (length <= rooms[key]) {
      return;
    }
    int room = Math.max(length, rooms[key] * 2);
    if ((long) used + room > entries.length && left > used / 2) {
      closeUp();
    }
    entries = heap.grow(entries, Math.addExact(used, room));
    System.arraycopy(entries, starts[key], entries, used, lengths[key]);
    left += rooms[key];
    starts[key] = used;
    rooms[key] = room;
    used += room;
  }

  /** Moves the lists together. */
  private void closeUp() {
    int[] before = entries;
    int[] together = heap.ints(Math.max(64, used - left));
    int end = 0;
    for (int key = 0; key < lengths.length; key++) {
      if (rooms[key] > 0) {
        System.arraycopy(before, starts[key], together, end, lengths[key]);
        starts[key] = end;
        end += rooms[key];
      } else {
        // It may stand behind the end of what is left.
        starts[key] = 0;
      }
    }
    entries = together;
    heap.release(before.length * 4L);
    used = end;
    left = 0;
  }

  /** Empties the list of a key. */
  void clear(int key) {
    if (key < lengths.length) {
      removeFirst(key, lengths[key]);
    }
  }

  /** Takes the first rows out of a key's list. */
  void removeFirst(int key, int count) {
    for (int i = 0; i < count; i++) {
      listed[row(key, i)] = false;
    }
    starts[key] += count;
    lengths[key] -= count;
    rooms[key] -= count;
    left += count;
  }

  /** Takes rows of a key that are in its list out of it. */
  void remove(int key, int[] of, int count) {
    for (int i = 0; i < count; i++) {
      listed[of[i]] = false;
    }
    int first = 0;
    while (first < lengths[key] && !listed[row(key, first)]) {
      first++;
    }
    removeFirst(key, first);
    int more = count - first;
    while (more > 0 && !listed[row(key, lengths[key] - 1)]) {
      lengths[key]--;
      more--;
    }
    if (more > FEW) {
      int kept = 0;
      for (int i = 0; i < lengths[key]; i++) {
        int row = row(key, i);
        entries[starts[key] + kept] = row;
        kept += listed[row] ? 1 : 0;
      }
      lengths[key] = kept;
    } else if (more > 0) {
      for (int i = 0; i < count; i++) {
        int place = place(key, of[i]);
        if (place >= 0) {
          int at = starts[key] + place;
          System.arraycopy(entries, at + 1, entries, at, lengths[key] - place - 1);
          lengths[key]--;
        }
      }
    }
  }

  /** An array for so many rows, of no particular content. */
  int[] scratch(int count) {
    sorted = heap.grow(sorted, count);
    return sorted;
  }
}
