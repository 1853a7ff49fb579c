package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.delta.TimeBound;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * When groups end: their ids by the time, in microseconds, after which nothing comes for them any
 * more. What a step changes is undone by {@link #rollback}. Groups that are gone meanwhile may
 * still stand here.
 */
final class GroupEnds {
  private final TimeBound bound;
  private final long perSecond;
  private NavigableMap<Long, Ids> ends = new TreeMap<>();

  /** What the step added, to be taken back, and what it took. */
  private final NavigableMap<Long, Integer> added = new TreeMap<>();

  private final NavigableMap<Long, Ids> taken = new TreeMap<>();

  /** A list of group ids. */
  private static final class Ids {
    private int[] ids = new int[4];
    private int count;

    void add(int id) {
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, count * 2);
      }
      ids[count++] = id;
    }
  }

  /**
   * @param keyType of the key that {@code bound} is of
   */
  GroupEnds(Type keyType, TimeBound bound) {
    this.bound = bound;
    this.perSecond = EventTimes.perSecond(keyType);
  }

  /** Adds groups with their key; one whose time is NULL never ends. */
  void add(Column key, int[] groups, int count) {
    FixedColumn times = (FixedColumn) key;
    for (int i = 0; i < count; i++) {
      if (!times.isNull(i)) {
        long end =
            EventTimes.plusMillis(
                EventTimes.microsCeil(times.longAt(i), perSecond), bound.plusMillis());
        ends.computeIfAbsent(end, time -> new Ids()).add(groups[i]);
        added.merge(end, 1, Integer::sum);
      }
    }
  }

  /** The groups that have ended by {@code watermarkMicros} and are there, each once. */
  int[] take(long watermarkMicros, IntPredicate isThere) {
    NavigableMap<Long, Ids> ended = ends.headMap(watermarkMicros, true);
    taken.putAll(ended);
    int[] all =
        ended.values().stream()
            .flatMapToInt(ids -> Arrays.stream(ids.ids, 0, ids.count))
            .filter(isThere)
            .distinct()
            .toArray();
    ended.clear();
    return all;
  }

  void commit() {
    added.clear();
    taken.clear();
  }

  void rollback() {
    ends.putAll(taken);
    added.forEach(
        (end, count) -> {
          Ids ids = ends.get(end);
          if (ids != null) {
            ids.count -= count;
            if (ids.count == 0) {
              ends.remove(end);
            }
          }
        });
    commit();
  }

  /** Group {@code live[i]} becomes i; the others are gone. */
  void renumber(int[] live, int count) {
    int[] numbers = new int[count == 0 ? 0 : live[count - 1] + 1];
    Arrays.fill(numbers, -1);
    for (int i = 0; i < count; i++) {
      numbers[live[i]] = i;
    }
    NavigableMap<Long, Ids> renumbered = new TreeMap<>();
    ends.forEach(
        (end, ids) -> {
          Ids kept = new Ids();
          for (int i = 0; i < ids.count; i++) {
            int number = ids.ids[i] < numbers.length ? numbers[ids.ids[i]] : -1;
            if (number >= 0) {
              kept.add(number);
            }
          }
          if (kept.count > 0) {
            renumbered.put(end, kept);
          }
        });
    ends = renumbered;
  }
}
