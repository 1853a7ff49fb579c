package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Batch;
import java.util.Arrays;

/**
 * The rows of one batch in the order of their groups, where these are few, so that a kernel adds up
 * a group's values in a register:
 *
 * <pre>
 *   rows    0 1 2 5 6        rows()    1 6 0 2 5
 *   groups  2 0 2 2 0        run 0     group 0, rows 1 6
 *                            run 1     group 2, rows 0 2 5
 * </pre>
 *
 * <p>Reused from batch to batch. One thread.
 */
final class GroupRuns {
  /** The most groups it is worth while for. */
  static final int MAX_GROUPS = 64;

  /** The fewest rows it is worth while for. */
  private static final int MIN_ROWS = 256;

  /**
   * A quarter of the rows each is sorted at the same time: one after the other, each row would wait
   * for the place of the last one of its group.
   */
  private static final int LANES = 4;

  private final int[] sorted = new int[Batch.MAX_ROWS];
  private final int[] places = new int[LANES * MAX_GROUPS];
  private final int[] runGroups = new int[MAX_GROUPS];
  private final int[] starts = new int[MAX_GROUPS + 1];
  private int count;

  /** Whether to make runs of {@code rows} rows of a table of {@code groups} groups. */
  static boolean pays(int rows, int groups) {
    return groups <= MAX_GROUPS && rows >= MIN_ROWS && rows <= Batch.MAX_ROWS;
  }

  /** Sorts the rows; all {@code groups} are below {@code groupCount}. */
  void sort(int[] rows, int[] groups, int length, int groupCount) {
    Arrays.fill(places, 0);
    int quarter = length / LANES;
    for (int i = 0; i < quarter; i++) {
      places[groups[i]]++;
      places[MAX_GROUPS + groups[quarter + i]]++;
      places[2 * MAX_GROUPS + groups[2 * quarter + i]]++;
      places[3 * MAX_GROUPS + groups[3 * quarter + i]]++;
    }
    for (int i = LANES * quarter; i < length; i++) {
      places[3 * MAX_GROUPS + groups[i]]++;
    }
    count = 0;
    int next = 0;
    for (int group = 0; group < groupCount; group++) {
      int first = next;
      for (int lane = 0; lane < LANES; lane++) {
        int at = lane * MAX_GROUPS + group;
        int size = places[at];
        places[at] = next;
        next += size;
      }
      if (next > first) {
        runGroups[count] = group;
        starts[count++] = first;
      }
    }
    starts[count] = next;
    for (int i = 0; i < quarter; i++) {
      sorted[places[groups[i]]++] = rows[i];
      sorted[places[MAX_GROUPS + groups[quarter + i]]++] = rows[quarter + i];
      sorted[places[2 * MAX_GROUPS + groups[2 * quarter + i]]++] = rows[2 * quarter + i];
      sorted[places[3 * MAX_GROUPS + groups[3 * quarter + i]]++] = rows[3 * quarter + i];
    }
    for (int i = LANES * quarter; i < length; i++) {
      sorted[places[3 * MAX_GROUPS + groups[i]]++] = rows[i];
    }
  }

  /** How many groups have rows. */
  int count() {
    return count;
  }

  /** The group of a run. */
  int group(int run) {
    return runGroups[run];
  }

  /** Where in {@link #rows} a run begins; run {@link #count} would begin at the end. */
  int start(int run) {
    return starts[run];
  }

  /** The rows, run by run. */
  int[] rows() {
    return sorted;
  }
}
