package dev.tidemill.streaming.pipeline;

import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Ids in the order of a number, mostly a time. What a step changes is undone by {@link #rollback}.
 * Ids that are gone meanwhile may still stand here.
 */
final class OrderedIds {
  private NavigableMap<Long, Ids> ids = new TreeMap<>();

  /** What the step added, to be taken back, and what it took. */
  private final NavigableMap<Long, Integer> added = new TreeMap<>();

  private final NavigableMap<Long, Ids> taken = new TreeMap<>();

  /** A list of ids. */
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

  void add(long at, int id) {
    ids.computeIfAbsent(at, key -> new Ids()).add(id);
    added.merge(at, 1, Integer::sum);
  }

  /** The least number, or {@code otherwise} where there is none. */
  long first(long otherwise) {
    return ids.isEmpty() ? otherwise : ids.firstKey();
  }

  /** Takes those up to a number that are there, each once. */
  int[] take(long upTo, boolean inclusive, IntPredicate isThere) {
    NavigableMap<Long, Ids> head = ids.headMap(upTo, inclusive);
    taken.putAll(head);
    int[] all =
        head.values().stream()
            .flatMapToInt(of -> Arrays.stream(of.ids, 0, of.count))
            .filter(isThere)
            .distinct()
            .toArray();
    head.clear();
    return all;
  }

  void commit() {
    added.clear();
    taken.clear();
  }

  void rollback() {
    ids.putAll(taken);
    added.forEach(
        (at, count) -> {
          Ids of = ids.get(at);
          if (of != null) {
            of.count -= count;
            if (of.count == 0) {
              ids.remove(at);
            }
          }
        });
    commit();
  }

  /** Id {@code live[i]} becomes i; the others are gone. */
  void renumber(int[] live, int count) {
    int[] numbers = new int[count == 0 ? 0 : live[count - 1] + 1];
    Arrays.fill(numbers, -1);
    for (int i = 0; i < count; i++) {
      numbers[live[i]] = i;
    }
    NavigableMap<Long, Ids> renumbered = new TreeMap<>();
    ids.forEach(
        (at, of) -> {
          Ids kept = new Ids();
          for (int i = 0; i < of.count; i++) {
            int number = of.ids[i] < numbers.length ? numbers[of.ids[i]] : -1;
            if (number >= 0) {
              kept.add(number);
            }
          }
          if (kept.count > 0) {
            renumbered.put(at, kept);
          }
        });
    ids = renumbered;
  }
}
