package dev.tidemill.exec.window;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.expression.Literal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frame of each row of a partition: {@code [from(row), to(row))}, of which {@link #ranges}
 * leaves out what is excluded. {@link #partition} comes first. Ends never decrease along a
 * partition.
 */
final class Frames implements AutoCloseable {
  /** A frame in parts: at most this many ranges. */
  static final int MAX_RANGES = 3;

  private final WindowFrame frame;
  private final WindowRows rows;
  private final HeapMemory heap;
  private final @Nullable Column orderColumn;
  private final @Nullable RangeKeys keys;
  private int[] from = new int[0];
  private int[] to = new int[0];
  private int start;
  private int end;

  /** First rows of the groups of peers of the partition, then its end; for GROUPS. */
  private int[] groups = new int[0];

  private int[] groupOf = new int[0];

  Frames(WindowFrame frame, WindowRows rows, List<SortKey> orderKeys) {
    this.frame = frame;
    this.rows = rows;
    this.heap = new HeapMemory(rows.memory());
    if (needsKeys(frame)) {
      SortKey key = orderKeys.get(0);
      orderColumn = Columns.decode(rows.rows().column(key.column()), rows.memory());
      keys = new RangeKeys(orderColumn, key);
    } else {
      orderColumn = null;
      keys = null;
    }
  }

  /** Whether the frame asks for distances between values of the order key. */
  static boolean needsKeys(WindowFrame frame) {
    return frame.unit() == WindowFrame.Unit.RANGE
        && (distance(frame.start()) != null || distance(frame.end()) != null);
  }

  static @Nullable Literal distance(WindowFrame.Bound bound) {
    return switch (bound) {
      case WindowFrame.Preceding b -> b.distance();
      case WindowFrame.Following b -> b.distance();
      case WindowFrame.UnboundedPreceding b -> null;
      case WindowFrame.CurrentRow b -> null;
      case WindowFrame.UnboundedFollowing b -> null;
    };
  }

  /** Computes the frames of a partition's rows. */
  void partition(int partition) {
    start = rows.partitionFrom(partition);
    end = rows.partitionTo(partition);
    from = heap.grow(from, end - start);
    to = heap.grow(to, end - start);
    if (frame.unit() == WindowFrame.Unit.GROUPS) {
      findGroups();
    }
    for (int row = start; row < end; row++) {
      int first = bound(frame.start(), row, true);
      from[row - start] = first;
      to[row - start] = Math.max(first, bound(frame.end(), row, false));
    }
  }

  private void findGroups() {
    groups = heap.grow(groups, end - start + 1);
    groupOf = heap.grow(groupOf, end - start);
    int count = 0;
    for (int row = start; row < end; row++) {
      if (rows.peersFrom(row) == row) {
        groups[count++] = row;
      }
      groupOf[row - start] = count - 1;
    }
    groups[count] = end;
  }

  /** The first row of the frame ({@code isStart}), or that behind its last. */
  private int bound(WindowFrame.Bound bound, int row, boolean isStart) {
    return switch (bound) {
      case WindowFrame.UnboundedPreceding b -> start;
      case WindowFrame.UnboundedFollowing b -> end;
      case WindowFrame.CurrentRow b ->
          frame.unit() == WindowFrame.Unit.ROWS
              ? row + (isStart ? 0 : 1)
              : isStart ? rows.peersFrom(row) : rows.peersTo(row);
      case WindowFrame.Preceding b -> away(b.distance(), row, true, isStart);
      case WindowFrame.Following b -> away(b.distance(), row, false, isStart);
    };
  }

  private int away(Literal distance, int row, boolean before, boolean isStart) {
    return switch (frame.unit()) {
      case ROWS -> {
        long shift = before ? -number(distance) : number(distance);
        yield (int) Math.clamp(saturatedAdd(row + (isStart ? 0L : 1L), shift), start, end);
      }
      case GROUPS -> {
        int last = groupOf[end - 1 - start];
        long group =
            saturatedAdd(groupOf[row - start], before ? -number(distance) : number(distance));
        if (group < 0) {
          yield start;
        }
        yield group > last ? end : groups[(int) group + (isStart ? 0 : 1)];
      }
      case RANGE -> byValue(distance, row, before, isStart);
    };
  }

  private static long number(Literal distance) {
    return distance.value() instanceof Number number ? number.longValue() : 0;
  }

  private static long saturatedAdd(long a, long b) {
    long sum = a + b;
    return ((a ^ sum) & (b ^ sum)) < 0 ? (b < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
  }

  private int byValue(Literal distance, int row, boolean before, boolean isStart) {
    if (keys == null) {
      throw new IllegalStateException("no order key");
    }
    if (keys.isNull(row)) {
      return isStart ? rows.peersFrom(row) : rows.peersTo(row);
    }
    long word = keys.shifted(row, distance, before, before != isStart);
    int low = start;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(middle, row, word, isStart)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * Whether the bound is behind the row {@code candidate}. NULLs stand together at one end of the
   * partition.
   */
  private boolean isBefore(int candidate, int row, long word, boolean isStart) {
    if (keys == null) {
      throw new IllegalStateException("no order key");
    }
    if (keys.isNull(candidate)) {
      return candidate < row;
    }
    long value = keys.word(candidate);
    return isStart ? value < word : value <= word;
  }

  int from(int row) {
    return from[row - start];
  }

  int to(int row) {
    return to[row - start];
  }

  boolean hasExclusion() {
    return frame.exclusion() != WindowFrame.Exclusion.NO_OTHERS;
  }

  /**
   * The rows of the frame that are not excluded: ranges {@code out[2k]} to {@code out[2k + 1]},
   * ascending, none empty.
   *
   * @return how many ranges
   */
  int ranges(int row, int[] out) {
    int first = from(row);
    int last = to(row);
    return switch (frame.exclusion()) {
      case NO_OTHERS -> add(out, 0, first, last);
      case CURRENT_ROW ->
          add(out, add(out, 0, first, Math.min(last, row)), Math.max(first, row + 1), last);
      case GROUP ->
          add(
              out,
              add(out, 0, first, Math.min(last, rows.peersFrom(row))),
              Math.max(first, rows.peersTo(row)),
              last);
      case TIES -> {
        int count = add(out, 0, first, Math.min(last, rows.peersFrom(row)));
        count = add(out, count, Math.max(first, row), Math.min(last, row + 1));
        yield add(out, count, Math.max(first, rows.peersTo(row)), last);
      }
    };
  }

  private static int add(int[] out, int count, int first, int last) {
    if (first >= last) {
      return count;
    }
    out[2 * count] = first;
    out[2 * count + 1] = last;
    return count + 1;
  }

  @Override
  public void close() {
    if (orderColumn != null) {
      orderColumn.close();
    }
    heap.close();
  }
}
