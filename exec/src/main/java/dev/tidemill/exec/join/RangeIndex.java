package dev.tidemill.exec.join;

import dev.tidemill.exec.memory.HeapMemory;
import java.util.Arrays;

/**
 * The right rows of a join in the order of one of the values that its {@link RangeCondition}
 * compares, with all of these values, so that those that fulfil a comparison are a range of places
 * where its values ascend or descend along the places, too:
 *
 * <pre>
 *   a.x BETWEEN b.low AND b.high, sorted by low; x = 25
 *   place    0   1   2   3   4
 *   ~low   ~10 ~20 ~30 ~40 ~50   descends: right of 1 nothing is &gt;= ~25
 *   high    15  29  33  48  52   ascends: left of 1 nothing is &gt;= 25
 * </pre>
 *
 * Of values that do neither, the greatest of {@value #BLOCK} places is known, and the greatest of
 * all before and of all behind. Immutable; any thread.
 */
final class RangeIndex {
  /** Places whose greatest value is known. */
  static final int BLOCK = 64;

  /** How the values of a comparison follow one another. */
  private enum Course {
    ASCENDING,
    DESCENDING,
    OPEN
  }

  private final int[] rows;
  private final long[][] values;
  private final Course[] courses;

  /** Places by block: 1 &lt;&lt; shift. */
  private final int shift;

  /** By comparison and block, the greatest value; of those that are open. */
  private final long[][] greatest;

  private final long[][] greatestUntil;
  private final long[][] greatestFrom;
  private final int openCount;

  /**
   * @param rows numbers of the rows in order
   * @param values by comparison and place
   * @param shift blocks of 1 &lt;&lt; shift places
   * @param heap charged with what is made here
   */
  RangeIndex(int[] rows, long[][] values, int shift, HeapMemory heap) {
    this.rows = rows;
    this.values = values;
    this.shift = shift;
    this.courses = new Course[values.length];
    this.greatest = new long[values.length][];
    this.greatestUntil = new long[values.length][];
    this.greatestFrom = new long[values.length][];
    int open = 0;
    for (int i = 0; i < values.length; i++) {
      courses[i] = course(values[i], rows.length);
      if (courses[i] == Course.OPEN) {
        open++;
        summarize(i, heap);
      }
    }
    this.openCount = open;
  }

  private static Course course(long[] values, int count) {
    boolean ascending = true;
    boolean descending = true;
    for (int i = 1; i < count; i++) {
      ascending &= values[i] >= values[i - 1];
      descending &= values[i] <= values[i - 1];
    }
    return ascending ? Course.ASCENDING : descending ? Course.DESCENDING : Course.OPEN;
  }

  private void summarize(int comparison, HeapMemory heap) {
    long[] all = values[comparison];
    int blocks = ((rows.length - 1) >> shift) + 1;
    long[] most = heap.longs(blocks);
    long[] until = heap.longs(blocks);
    long[] from = heap.longs(blocks);
    for (int block = 0; block < blocks; block++) {
      int end = (int) Math.min(rows.length, (long) (block + 1) << shift);
      long value = Long.MIN_VALUE;
      for (int i = block << shift; i < end; i++) {
        value = Math.max(value, all[i]);
      }
      most[block] = value;
      until[block] = block == 0 ? value : Math.max(value, until[block - 1]);
    }
    for (int block = blocks - 1; block >= 0; block--) {
      from[block] = block == blocks - 1 ? most[block] : Math.max(most[block], from[block + 1]);
    }
    greatest[comparison] = most;
    greatestUntil[comparison] = until;
    greatestFrom[comparison] = from;
  }

  /** Whether all rows of a range match. */
  boolean isExact() {
    return openCount == 0;
  }

  /** By place, the number of the right row. */
  int[] rows() {
    return rows;
  }

  /**
   * The places outside of which nothing matches a left row: the first in the low half, the one
   * behind the last in the high half. Equal where there is none.
   *
   * @param least by comparison and left row
   */
  long range(long[][] least, int row) {
    int start = 0;
    int end = rows.length;
    for (int i = 0; i < courses.length && start < end; i++) {
      long wanted = least[i][row];
      switch (courses[i]) {
        case ASCENDING -> start = firstAtLeast(values[i], wanted, start, end);
        case DESCENDING -> end = firstBelow(values[i], wanted, start, end);
        case OPEN -> {
          int blocks = greatest[i].length;
          int first = firstAtLeast(greatestUntil[i], wanted, start >> shift, blocks);
          int last = firstBelow(greatestFrom[i], wanted, start >> shift, blocks);
          start = (int) Math.max(start, Math.min((long) first << shift, end));
          end = (int) Math.min(end, (long) last << shift);
        }
      }
    }
    return (long) Math.max(start, end) << 32 | start;
  }

  private static int firstAtLeast(long[] ascending, long wanted, int from, int to) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = low + high >>> 1;
      if (ascending[middle] < wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int firstBelow(long[] descending, long wanted, int from, int to) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = low + high >>> 1;
      if (descending[middle] >= wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The end of the block of a place, or {@code end}. */
  int blockEnd(int place, int end) {
    return (int) Math.min(end, (long) ((place >> shift) + 1) << shift);
  }

  /**
   * Writes the numbers of the right rows of a part of one block that match a left row, and says how
   * many.
   */
  int matches(long[][] least, int row, int from, int to, int[] out) {
    for (int i = 0; i < courses.length; i++) {
      if (courses[i] == Course.OPEN && greatest[i][from >> shift] < least[i][row]) {
        return 0;
      }
    }
    int count = -1;
    for (int i = 0; i < courses.length; i++) {
      if (courses[i] == Course.OPEN) {
        count =
            count < 0
                ? atLeast(values[i], least[i][row], from, to, out)
                : atLeast(values[i], least[i][row], count, out);
      }
    }
    for (int i = 0; i < count; i++) {
      out[i] = rows[out[i]];
    }
    return count;
  }

  private static int atLeast(long[] values, long wanted, int from, int to, int[] out) {
    int count = 0;
    for (int i = from; i < to; i++) {
      out[count] = i;
      count += values[i] >= wanted ? 1 : 0;
    }
    return count;
  }

  private static int atLeast(long[] values, long wanted, int places, int[] out) {
    int count = 0;
    for (int i = 0; i < places; i++) {
      int place = out[i];
      out[count] = place;
      count += values[place] >= wanted ? 1 : 0;
    }
    return count;
  }

  @Override
  public String toString() {
    return rows.length + " rows, " + Arrays.toString(courses);
  }
}
