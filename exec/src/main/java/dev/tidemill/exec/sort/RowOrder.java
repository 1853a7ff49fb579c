package dev.tidemill.exec.sort;

import dev.tidemill.exec.key.KeyBytes;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Team;

/**
 * Sorts row numbers by their keys: a stable merge sort that looks at the keys' first eight bytes,
 * held beside, and only on a tie at the whole keys.
 */
public final class RowOrder {
  private static final int INSERTION = 16;

  private final KeyBytes keys;
  private final long[] prefixes;

  private RowOrder(KeyBytes keys, long[] prefixes) {
    this.keys = keys;
    this.prefixes = prefixes;
  }

  /**
   * Sorts each of some runs by itself.
   *
   * @param starts where the runs start; each ends where the next starts, the last with the keys
   * @return the numbers of the keys, run by run
   */
  public static int[] sortRuns(KeyBytes keys, int[] starts, int runs, HeapMemory heap, Team team) {
    int count = keys.count();
    heap.reserve(count * 16L);
    long[] prefixes = new long[count];
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      prefixes[i] = keys.prefix(i);
      order[i] = i;
    }
    int[] spare = new int[count];
    RowOrder sorter = new RowOrder(keys, prefixes);
    for (int i = 0; i < runs; i++) {
      int end = i + 1 < runs ? starts[i + 1] : count;
      int[] sorted = sorter.sort(order, spare, starts[i], end, team);
      if (sorted != order) {
        System.arraycopy(sorted, starts[i], order, starts[i], end - starts[i]);
      }
    }
    return order;
  }

  private int[] sort(int[] order, int[] spare, int first, int end, Team team) {
    for (int from = first; from < end; from += INSERTION) {
      insertion(order, from, Math.min(end, from + INSERTION));
    }
    int[] from = order;
    int[] to = spare;
    for (long width = INSERTION; width < end - first; width *= 2) {
      for (long start = first; start < end; start += 2 * width) {
        team.check();
        merge(
            from,
            to,
            (int) start,
            (int) Math.min(end, start + width),
            (int) Math.min(end, start + 2 * width));
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    return from;
  }

  private void insertion(int[] order, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      int row = order[i];
      int at = i;
      while (at > from && compare(order[at - 1], row) > 0) {
        order[at] = order[at - 1];
        at--;
      }
      order[at] = row;
    }
  }

  private void merge(int[] from, int[] to, int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int at = start; at < end; at++) {
      if (right >= end || (left < middle && compare(from[left], from[right]) <= 0)) {
        to[at] = from[left++];
      } else {
        to[at] = from[right++];
      }
    }
  }

  private int compare(int a, int b) {
    int byPrefix = Long.compareUnsigned(prefixes[a], prefixes[b]);
    return byPrefix != 0 ? byPrefix : keys.compare(a, b);
  }
}
