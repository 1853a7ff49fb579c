package dev.tidemill.storage.versions;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rows that a commit removed: per segment (by id) their numbers, ascending.
 *
 * <p>The numbers are not copied.
 */
public record Deletes(Map<Long, int[]> rows) {
  public static final Deletes NONE = new Deletes(Map.of());

  /** The number of a row among all rows of a table. */
  static long row(long segment, long row) {
    return segment << 32 | row;
  }

  /** Of numbers among all rows, each once, in ascending order. */
  static Deletes of(long[] sorted) {
    Map<Long, int[]> rows = new TreeMap<>();
    int from = 0;
    while (from < sorted.length) {
      long segment = sorted[from] >>> 32;
      int to = from;
      while (to < sorted.length && sorted[to] >>> 32 == segment) {
        to++;
      }
      int[] numbers = new int[to - from];
      for (int i = from; i < to; i++) {
        numbers[i - from] = (int) sorted[i];
      }
      rows.put(segment, numbers);
      from = to;
    }
    return new Deletes(rows);
  }

  /** Both, ascending. */
  static int[] merge(int[] one, int[] other) {
    int[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    Arrays.sort(both);
    return both;
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }
}
