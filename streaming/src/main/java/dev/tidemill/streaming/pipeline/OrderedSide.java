package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.streaming.rows.KeyedRows;
import dev.tidemill.streaming.rows.KeyedState;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * The rows of one side of a state in order, by key, and what a step has touched of them. Rows that
 * come are put into their lists by {@link #settle}, those that went stay there until {@link
 * #clean}: in between the lists have what was there before the step and what is there now.
 */
final class OrderedSide {
  /** Where rows stand in their order, as far as a number says. */
  interface Words {
    /**
     * The words of some rows.
     *
     * @param to by place in {@code rows}, from {@code first} on
     */
    void of(Column column, int[] rows, int count, long[] to, int first, MemoryScope memory);
  }

  /**
   * What rows stand by.
   *
   * @param keys the columns of the key
   * @param column the one that words are of
   */
  record By(List<Integer> keys, int column, Words words) {}

  private final KeyedState state;
  private final int number;
  private final By by;
  private final HeapMemory heap;
  private final OrderedRows lists;

  /** Rows whose weights the step has changed: key, then row, in one number each. */
  private long[] touched;

  private int touchedCount;

  /** By place in {@link #touched}, once settled. */
  private long[] before;

  /** By row number. */
  private boolean[] isTouched;

  private boolean[] wasThere;

  OrderedSide(KeyedState state, int number, By by, List<SortKey> ties, HeapMemory heap) {
    this.state = state;
    this.number = number;
    this.by = by;
    this.heap = heap;
    this.lists = new OrderedRows(this::rows, ties, heap);
    this.touched = heap.longs(16);
    this.before = heap.longs(16);
    this.isTouched = heap.grow(new boolean[0], 16);
    this.wasThere = heap.grow(new boolean[0], 16);
  }

  KeyedRows rows() {
    return Objects.requireNonNull(state.side(number).rows());
  }

  OrderedRows lists() {
    return lists;
  }

  private void ensure() {
    int count = rows().length();
    lists.ensure(state.keyCount(), count);
    isTouched = heap.grow(isTouched, count);
    wasThere = heap.grow(wasThere, count);
  }

  /** Makes the lists of all rows that are there. */
  void readLists(MemoryScope memory) {
    KeyedRows rows = rows();
    lists.clear();
    ensure();
    Arrays.fill(isTouched, false);
    touchedCount = 0;
    try (HeapMemory scratch = new HeapMemory(memory)) {
      long[] all = scratch.longs(rows.length());
      int count = 0;
      int[] part = new int[Batch.MAX_ROWS];
      int[] places = new int[Batch.MAX_ROWS];
      Arrays.setAll(places, i -> i);
      long[] words = new long[Batch.MAX_ROWS];
      int row = 0;
      while (row < rows.length()) {
        int length = 0;
        for (; row < rows.length() && length < part.length; row++) {
          if (rows.weight(row) != 0) {
            part[length++] = row;
          }
        }
        try (Column column = rows.take(by.column(), part, length, memory)) {
          by.words().of(column, places, length, words, 0, memory);
        }
        for (int i = 0; i < length; i++) {
          lists.setWord(part[i], words[i]);
          all[count++] = entry(rows.key(part[i]), part[i]);
        }
      }
      Arrays.sort(all, 0, count);
      addUnlisted(all, count);
    }
  }

  private static long entry(int key, int row) {
    return (long) key << 32 | row;
  }

  static int key(long entry) {
    return (int) (entry >>> 32);
  }

  static int row(long entry) {
    return (int) entry;
  }

  /** Puts those of sorted entries into lists that are there and in none. */
  private void addUnlisted(long[] of, int count) {
    KeyedRows rows = rows();
    int from = 0;
    while (from < count) {
      int key = key(of[from]);
      int to = from;
      int fresh = 0;
      int[] some = lists.scratch(0);
      while (to < count && key(of[to]) == key) {
        int row = row(of[to++]);
        if (!lists.isListed(row) && rows.weight(row) != 0) {
          if (fresh == some.length) {
            some = lists.scratch(fresh + 1);
          }
          some[fresh++] = row;
        }
      }
      lists.add(key, some, fresh);
      from = to;
    }
  }

  /**
   * Adds weights to rows that can match.
   *
   * @param chosen rows of the delta
   */
  void add(Batch delta, int[] chosen, int count, MemoryScope memory) {
    int[] which = chosen;
    long[] weights = new long[count];
    int all = 0;
    for (int i = 0; i < count; i++) {
      weights[i] = delta.weightAt(chosen[i]);
      all = Math.addExact(all, (int) Math.max(1, -weights[i]));
    }
    if (all > count) {
      // Rows that go one by one, so that each is told which it is.
      which = new int[all];
      long[] single = new long[all];
      int place = 0;
      for (int i = 0; i < count; i++) {
        for (long n = Math.max(1, -weights[i]); n > 0; n--) {
          which[place] = chosen[i];
          single[place++] = Math.max(-1, weights[i]);
        }
      }
      weights = single;
    }
    int[] keys = new int[all];
    state.keys(by.keys().stream().map(delta::column).toList(), which, all, keys);
    long[] words = new long[all];
    by.words().of(delta.column(by.column()), which, all, words, 0, memory);
    int[] numbers = new int[all];
    long summed = rows().timesSummed();
    state.side(number).add(delta, which, keys, weights, all, numbers);
    ensure();
    for (int i = 0; i < all; i++) {
      lists.setWord(numbers[i], words[i]);
      touch(keys[i], numbers[i]);
    }
    if (rows().timesSummed() != summed) {
      rows().forEachChanged(row -> touch(rows().key(row), row));
    }
  }

  private void touch(int key, int row) {
    if (!isTouched[row]) {
      isTouched[row] = true;
      touched = heap.grow(touched, touchedCount + 1);
      touched[touchedCount++] = entry(key, row);
    }
  }

  /** Puts what has come into its lists; what was touched is known then, in order. */
  void settle() {
    Arrays.sort(touched, 0, touchedCount);
    before = heap.grow(before, touchedCount);
    int[] numbers = new int[touchedCount];
    for (int i = 0; i < touchedCount; i++) {
      numbers[i] = row(touched[i]);
    }
    rows().weightsBefore(numbers, touchedCount, before);
    for (int i = 0; i < touchedCount; i++) {
      wasThere[numbers[i]] = before[i] > 0;
    }
    ensure();
    addUnlisted(touched, touchedCount);
  }

  int touchedCount() {
    return touchedCount;
  }

  /** The touched rows once settled, in the order of their keys. */
  long touched(int place) {
    return touched[place];
  }

  /** The weight before the step of the row at a place among the touched ones, once settled. */
  long touchedBefore(int place) {
    return before[place];
  }

  /** Whether the step has changed the weight of a row, perhaps only in between. */
  boolean isTouched(int row) {
    return isTouched[row];
  }

  /** Whether a row was there before the step. */
  boolean wasThere(int row) {
    return isTouched[row] ? wasThere[row] : isThere(row);
  }

  boolean isThere(int row) {
    return rows().weight(row) > 0;
  }

  /** Whether a row came or went in the step. */
  boolean isChanged(int row) {
    return isTouched[row] && wasThere[row] != isThere(row);
  }

  long weight(int row) {
    return rows().weight(row);
  }

  long weightBefore(int row) {
    if (!isTouched[row]) {
      return rows().weight(row);
    }
    return before[Arrays.binarySearch(touched, 0, touchedCount, entry(rows().key(row), row))];
  }

  /** Takes what went out of the lists, and forgets what was touched. */
  void clean() {
    int from = 0;
    while (from < touchedCount) {
      int key = key(touched[from]);
      int to = from;
      int gone = 0;
      int[] some = lists.scratch(0);
      while (to < touchedCount && key(touched[to]) == key) {
        int row = row(touched[to++]);
        isTouched[row] = false;
        if (lists.isListed(row) && rows().weight(row) == 0) {
          if (gone == some.length) {
            some = lists.scratch(gone + 1);
          }
          some[gone++] = row;
        }
      }
      lists.remove(key, some, gone);
      from = to;
    }
    touchedCount = 0;
  }

  /** Removes rows, each at most once. */
  void drop(int[] ended) {
    KeyedRows rows = rows();
    long[] entries = entries(ended);
    int from = 0;
    while (from < entries.length) {
      int key = key(entries[from]);
      int to = from;
      int[] some = lists.scratch(entries.length - from);
      int gone = 0;
      while (to < entries.length && key(entries[to]) == key) {
        some[gone] = row(entries[to++]);
        rows.setWeight(some[gone++], 0);
      }
      lists.remove(key, some, gone);
      from = to;
    }
  }

  /** The place of the last row of each key that has ended: key, then place, in one number each. */
  long[] lastEnded(int[] ended) {
    long[] entries = entries(ended);
    int found = 0;
    int from = 0;
    while (from < entries.length) {
      int key = key(entries[from]);
      int last = 0;
      for (; from < entries.length && key(entries[from]) == key; from++) {
        last = Math.max(last, lists.place(key, row(entries[from])));
      }
      entries[found++] = entry(key, last);
    }
    return Arrays.copyOf(entries, found);
  }

  /**
   * Removes the first rows of a key.
   *
   * @param gone is told of each row before it goes
   */
  void dropFirst(int key, int count, IntConsumer gone) {
    for (int place = 0; place < count; place++) {
      gone.accept(lists.row(key, place));
      rows().setWeight(lists.row(key, place), 0);
    }
    lists.removeFirst(key, count);
  }

  private long[] entries(int[] of) {
    long[] entries = new long[of.length];
    for (int i = 0; i < of.length; i++) {
      entries[i] = entry(rows().key(of[i]), of[i]);
    }
    Arrays.sort(entries);
    return entries;
  }
}
