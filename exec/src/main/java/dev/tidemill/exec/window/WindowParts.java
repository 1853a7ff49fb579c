package dev.tidemill.exec.window;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Batch;
import java.util.Arrays;

/**
 * Parts of partitions whose rows are to be computed without the others: each is some rows of a
 * partition next to each other, in order, that hold the frames of those that are wanted.
 *
 * <pre>
 *   partition   a b c d e f g h i        LAG(x, 2), and f has come
 *   part              d e f g h          wanted f g h, of which d and e are the frames' beginning
 * </pre>
 *
 * <p>What stands before a part is told by numbers: how many rows and groups of peers, and the state
 * of running aggregates. Row numbers are the caller's. Filled from the first part to the last, each
 * by {@link #begin}, {@link #add} for its rows and {@link #end}; reused after {@link #clear}.
 */
public final class WindowParts {
  private final HeapMemory heap;
  private int[] rows;
  private boolean[] beginsGroup;
  private int count;

  /** Places of the rows that are wanted. */
  private int[] wanted;

  private int wantedCount;
  private int[] starts = new int[16];
  private long[] rowsBefore = new long[16];
  private long[] groupsBefore = new long[16];
  private int[] seeds = new int[16];

  /** By part the first row of its partition, -1 where nobody asks. */
  private int[] heads = new int[16];

  private int parts;
  private int[] firstMarks = new int[16];
  private int[] markRows;
  private int[] markStates;
  private int marks;
  private int wantedBefore;

  /** What it holds is charged to {@code heap}. */
  public WindowParts(HeapMemory heap) {
    this.heap = heap;
    this.rows = heap.ints(Batch.MAX_ROWS);
    this.wanted = heap.ints(Batch.MAX_ROWS);
    this.beginsGroup = heap.grow(new boolean[0], Batch.MAX_ROWS);
    this.markRows = heap.ints(16);
    this.markStates = heap.ints(16);
  }

  /** Forgets all parts. */
  public void clear() {
    count = 0;
    wantedCount = 0;
    parts = 0;
    marks = 0;
  }

  /**
   * A part begins.
   *
   * @param state of the running aggregates before it, -1 at the beginning of the partition
   * @param head the first row of the partition, or -1
   */
  public void begin(long rowsThere, long groupsThere, int state, int head) {
    if (parts + 2 > starts.length) {
      int length = starts.length * 2;
      starts = Arrays.copyOf(starts, length);
      rowsBefore = Arrays.copyOf(rowsBefore, length);
      groupsBefore = Arrays.copyOf(groupsBefore, length);
      seeds = Arrays.copyOf(seeds, length);
      heads = Arrays.copyOf(heads, length);
      firstMarks = Arrays.copyOf(firstMarks, length);
    }
    starts[parts] = count;
    rowsBefore[parts] = rowsThere;
    groupsBefore[parts] = groupsThere;
    seeds[parts] = state;
    heads[parts] = head;
    firstMarks[parts] = marks;
    wantedBefore = wantedCount;
  }

  /**
   * The next row of the part.
   *
   * @param isFirstPeer whether it is no peer of the one before
   * @param isWanted whether its results are wanted
   */
  public void add(int row, boolean isFirstPeer, boolean isWanted) {
    if (count == rows.length) {
      rows = heap.grow(rows, count + 1);
      beginsGroup = heap.grow(beginsGroup, count + 1);
    }
    if (isWanted) {
      if (wantedCount == wanted.length) {
        wanted = heap.grow(wanted, wantedCount + 1);
      }
      wanted[wantedCount++] = count;
    }
    rows[count] = row;
    beginsGroup[count++] = isFirstPeer;
  }

  /** The state of the running aggregates behind the rows of the part so far is to be copied. */
  public void mark(int state) {
    markRows = heap.grow(markRows, marks + 1);
    markStates = heap.grow(markStates, marks + 1);
    markRows[marks] = count;
    markStates[marks++] = state;
  }

  /** The part ends; one of which nothing is wanted, and no state, was none. */
  public void end() {
    if (wantedCount == wantedBefore && marks == firstMarks[parts]) {
      count = starts[parts];
      return;
    }
    parts++;
    starts[parts] = count;
    firstMarks[parts] = marks;
  }

  /** How many rows all parts have. */
  public int rowCount() {
    return count;
  }

  public int wantedCount() {
    return wantedCount;
  }

  /** The place of a row that is wanted among all rows. */
  public int wanted(int number) {
    return wanted[number];
  }

  /** The numbers of all rows, then those of the first rows of partitions, if anybody asks. */
  public int[] numbers() {
    boolean asked = parts > 0 && heads[0] >= 0;
    int[] numbers = Arrays.copyOf(rows, asked ? count + parts : count);
    for (int part = 0; asked && part < parts; part++) {
      numbers[count + part] = heads[part];
    }
    return numbers;
  }

  int[] starts() {
    return Arrays.copyOf(starts, parts + 1);
  }

  boolean beginsGroup(int row) {
    return beginsGroup[row];
  }

  long rowsBefore(int part) {
    return rowsBefore[part];
  }

  long groupsBefore(int part) {
    return groupsBefore[part];
  }

  int head(int part) {
    return count + part;
  }

  int seed(int part) {
    return seeds[part];
  }

  int firstMark(int part) {
    return firstMarks[part];
  }

  int markRow(int mark) {
    return markRows[mark];
  }

  int markState(int mark) {
    return markStates[mark];
  }
}
