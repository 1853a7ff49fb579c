package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.window.RunningStates;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.WindowPlan;

/**
 * Places in the lists of partitions, and what all rows before each add up to: a running aggregate
 * of the rows behind one begins there.
 *
 * <pre>
 *   list    0 …………… 512 …………… 1024 …………… 1800        marks at 512, 1024, and 1790: near the end,
 *   marks           m          m            m         where the next rows will come
 * </pre>
 *
 * <p>A mark's number is that of its state. They follow from the rows: after a restart they are made
 * anew in passing. One thread.
 */
final class WindowMarks implements AutoCloseable {
  /** Marks stand at least so far apart, but for the last. */
  static final int DISTANCE = 512;

  /** Rows so near to the beginning need none. */
  static final int FEW = 64;

  private static final int FEW_GONE = 1024;

  private final RunningStates states;

  /** By key its last mark + 1. */
  private final Ints lasts;

  private final Ints places;
  private final Longs groups;

  /** By mark the one before it in its partition + 1. */
  private final Ints before;

  private int live;

  WindowMarks(WindowPlan plan, MemoryScope memory) {
    this.states = new RunningStates(plan, memory);
    this.lasts = new Ints(memory);
    this.places = new Ints(memory);
    this.groups = new Longs(memory);
    this.before = new Ints(memory);
  }

  /** A state for {@link #begin}, of no rows so far. */
  int reserve() {
    int mark = states.add();
    places.ensure(mark + 1);
    groups.ensure(mark + 1);
    before.ensure(mark + 1);
    return mark;
  }

  /**
   * The first rows of a key go: it begins with a mark, and the others stand so much further to the
   * front.
   *
   * @param mark from {@link #reserve}, or one of the key's that stands behind the last that goes
   */
  void begin(int key, int mark, int gone, long groupsGone) {
    ensureKeys(key + 1);
    int first = -1;
    int next = last(key);
    for (; next >= 0 && place(next) > gone; next = before(next)) {
      places.set(next, place(next) - gone);
      first = next;
    }
    for (; next >= 0; next = before(next)) {
      live--;
    }
    live++;
    places.set(mark, 0);
    groups.set(mark, groupsGone);
    before.set(mark, 0);
    if (first >= 0) {
      before.set(first, mark + 1);
    } else {
      lasts.set(key, mark + 1);
    }
  }

  RunningStates states() {
    return states;
  }

  /** Forgets all. */
  void clear() {
    lasts.clear(0, lasts.length());
    states.keep(new int[0], 0);
    live = 0;
  }

  void ensureKeys(int count) {
    lasts.ensure(count);
  }

  /** Forgets those of a key. */
  void clear(int key) {
    while (key < lasts.length() && last(key) >= 0) {
      removeLast(key);
    }
  }

  /** The last mark of a key, or -1. */
  int last(int key) {
    return lasts.get(key) - 1;
  }

  /** The mark before one, or -1. */
  int before(int mark) {
    return before.get(mark) - 1;
  }

  int place(int mark) {
    return places.get(mark);
  }

  /** How many groups of peers begin before a mark. */
  long groups(int mark) {
    return groups.get(mark);
  }

  /** Forgets those of a key beyond a place; the last that is left, or -1. */
  int upTo(int key, int place) {
    while (last(key) >= 0 && place(last(key)) > place) {
      removeLast(key);
    }
    return last(key);
  }

  /** Forgets the last one of a key, whose state stays until {@link #tidy}. */
  void removeLast(int key) {
    lasts.set(key, before.get(last(key)));
    live--;
  }

  /** A mark behind those of a key, whose state is to be filled. */
  int add(int key, int place, long groupsThere) {
    int mark = reserve();
    places.set(mark, place);
    groups.set(mark, groupsThere);
    before.set(mark, lasts.get(key));
    lasts.set(key, mark + 1);
    live++;
    return mark;
  }

  /** Gives back the states of marks that are gone, if they are many. */
  void tidy() {
    if (states.count() <= 2 * live + FEW_GONE) {
      return;
    }
    int[] kept = new int[live];
    int count = 0;
    for (int key = 0; key < lasts.length(); key++) {
      int from = count;
      for (int mark = last(key); mark >= 0; mark = before(mark)) {
        kept[count++] = mark;
      }
      for (int i = from, j = count - 1; i < j; i++, j--) {
        int swapped = kept[i];
        kept[i] = kept[j];
        kept[j] = swapped;
      }
      if (count > from) {
        lasts.set(key, -count);
      }
    }
    states.keep(kept, count);
    renumber(kept, count);
  }

  /** Keys have the negative number of marks up to and with theirs. */
  private void renumber(int[] kept, int count) {
    int[] newPlaces = new int[count];
    long[] newGroups = new long[count];
    for (int i = 0; i < count; i++) {
      newPlaces[i] = places.get(kept[i]);
      newGroups[i] = groups.get(kept[i]);
    }
    int begin = 0;
    for (int key = 0; key < lasts.length(); key++) {
      int end = -lasts.get(key);
      for (int i = begin; i < end; i++) {
        places.set(i, newPlaces[i]);
        groups.set(i, newGroups[i]);
        before.set(i, i == begin ? 0 : i);
      }
      if (end > 0) {
        lasts.set(key, end);
        begin = end;
      }
    }
  }

  @Override
  public void close() {
    states.close();
    lasts.close();
    places.close();
    groups.close();
    before.close();
  }
}
