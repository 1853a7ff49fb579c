package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Ids in the order of a number, mostly a time, off the heap. What a step changes is undone by
 * {@link #rollback}. Ids that are gone meanwhile may still stand here.
 *
 * <pre>
 *   ids     what was there when the step began      ── take ──▶  taken, to be put back
 *   fresh   what the step has added, joins the others with the commit
 * </pre>
 *
 * <p>There is always room in {@code ids} for what is fresh and what was taken, so that neither the
 * commit nor undoing it can fail.
 */
final class OrderedIds implements AutoCloseable {
  private final Heap ids;
  private final Heap fresh;
  private final Longs takenAts;
  private final Ints takenIds;
  private int taken;

  OrderedIds(MemoryScope memory) {
    this.ids = new Heap(memory);
    this.fresh = new Heap(memory);
    this.takenAts = new Longs(memory);
    this.takenIds = new Ints(memory);
  }

  /** Pairs of a number and an id, the least in place 0: a binary heap. */
  private static final class Heap implements AutoCloseable {
    private final Longs ats;
    private final Ints ids;
    private int count;

    Heap(MemoryScope memory) {
      this.ats = new Longs(memory);
      this.ids = new Ints(memory);
    }

    void ensure(int size) {
      ats.ensure(size);
      ids.ensure(size);
    }

    /** There is room. */
    void push(long at, int id) {
      int place = count++;
      while (place > 0) {
        int above = (place - 1) >>> 1;
        if (!isBefore(at, id, above)) {
          break;
        }
        move(above, place);
        place = above;
      }
      put(place, at, id);
    }

    /** Takes the first out. */
    void pop() {
      count--;
      if (count > 0) {
        sink(0, ats.get(count), ids.get(count));
      }
    }

    /** Puts a pair into a place, or below it. */
    private void sink(int from, long at, int id) {
      int place = from;
      int below = 2 * place + 1;
      while (below < count && below > 0) {
        if (below + 1 < count && isBefore(ats.get(below + 1), ids.get(below + 1), below)) {
          below++;
        }
        if (!isBefore(ats.get(below), ids.get(below), at, id)) {
          break;
        }
        move(below, place);
        place = below;
        below = 2 * place + 1;
      }
      put(place, at, id);
    }

    /** Makes it a heap again, whatever stands in the places. */
    void order() {
      for (int place = count / 2 - 1; place >= 0; place--) {
        sink(place, ats.get(place), ids.get(place));
      }
    }

    private void move(int from, int to) {
      put(to, ats.get(from), ids.get(from));
    }

    private void put(int place, long at, int id) {
      ats.set(place, at);
      ids.set(place, id);
    }

    private boolean isBefore(long at, int id, int place) {
      return isBefore(at, id, ats.get(place), ids.get(place));
    }

    private static boolean isBefore(long at, int id, long otherAt, int otherId) {
      return at < otherAt || at == otherAt && id < otherId;
    }

    /** Whether the first is before that of another. */
    boolean isBefore(Heap other) {
      return count > 0
          && (other.count == 0 || isBefore(ats.get(0), ids.get(0), other.ats.get(0), other.id()));
    }

    int id() {
      return ids.get(0);
    }

    @Override
    public void close() {
      ats.close();
      ids.close();
      count = 0;
    }
  }

  void add(long at, int id) {
    ids.ensure(Math.addExact(ids.count + 1, fresh.count));
    fresh.ensure(fresh.count + 1);
    fresh.push(at, id);
  }

  /** The least number, or {@code otherwise} where there is none. */
  long first(long otherwise) {
    Heap least = fresh.isBefore(ids) ? fresh : ids;
    return least.count == 0 ? otherwise : least.ats.get(0);
  }

  /** Takes those up to a number that are there, each once, in their order. */
  int[] take(long upTo, boolean inclusive, IntPredicate isThere) {
    int[] found = new int[16];
    int count = 0;
    while (true) {
      boolean isFresh = fresh.isBefore(ids);
      Heap least = isFresh ? fresh : ids;
      if (least.count == 0 || least.ats.get(0) > upTo || least.ats.get(0) == upTo && !inclusive) {
        return distinct(Arrays.copyOf(found, count));
      }
      int id = least.id();
      if (!isFresh) {
        takenAts.ensure(taken + 1);
        takenIds.ensure(taken + 1);
        takenAts.set(taken, least.ats.get(0));
        takenIds.set(taken++, id);
      }
      least.pop();
      if (isThere.test(id)) {
        if (count == found.length) {
          found = Arrays.copyOf(found, count * 2);
        }
        found[count++] = id;
      }
    }
  }

  private static int[] distinct(int[] all) {
    int[] sorted = all.clone();
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        return Arrays.stream(all).distinct().toArray();
      }
    }
    return all;
  }

  void commit() {
    for (int place = 0; place < fresh.count; place++) {
      ids.push(fresh.ats.get(place), fresh.ids.get(place));
    }
    fresh.count = 0;
    taken = 0;
  }

  void rollback() {
    fresh.count = 0;
    while (taken > 0) {
      taken--;
      ids.push(takenAts.get(taken), takenIds.get(taken));
    }
  }

  /** Id {@code live[i]}, ascending, becomes i; the others are gone. Nothing is uncommitted. */
  void renumber(int[] live, int count) {
    int kept = 0;
    for (int place = 0; place < ids.count; place++) {
      int number = Arrays.binarySearch(live, 0, count, ids.ids.get(place));
      if (number >= 0) {
        ids.put(kept++, ids.ats.get(place), number);
      }
    }
    ids.count = kept;
    ids.order();
  }

  @Override
  public void close() {
    ids.close();
    fresh.close();
    takenAts.close();
    takenIds.close();
  }
}
