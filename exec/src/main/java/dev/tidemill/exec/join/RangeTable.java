package dev.tidemill.exec.join;

import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Team;
import dev.tidemill.exec.sort.SortedOrder;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.SortKey;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the {@link RangeIndex} of right rows when the first left rows come: which value it sorts by
 * is decided by these and a sample of the right rows. Where there is none (a value is no long or an
 * error, or there is no memory for it), all pairs are to be tried. Any thread asks for it.
 */
final class RangeTable implements AutoCloseable {
  /** Right rows and left rows of a sample. */
  private static final int RIGHT_SAMPLE = 1 << 10;

  private static final int LEFT_SAMPLE = 1 << 6;

  /** Bytes a row takes while it is sorted, without the values that are compared. */
  private static final int SORT_BYTES = 64;

  private static final List<SortKey> BY_VALUE = List.of(new SortKey(0, false, false));

  private final RangeCondition condition;
  private final MemoryShare share;
  private final MemoryScope memory;
  private final HeapMemory heap;
  private @Nullable RangeIndex index;
  private boolean isDecided;

  RangeTable(RangeCondition condition, MemoryShare share, MemoryScope memory) {
    this.condition = condition;
    this.share = share;
    this.memory = memory;
    this.heap = new HeapMemory(memory);
  }

  /** Makes it before left rows come, where nothing is to be decided. */
  void prepare(Batch right, EvaluationContext context, Team team) {
    if (condition.keys().length == 1) {
      index(right, new long[0][], new int[0], 0, context, team);
    }
  }

  /**
   * The index of {@code right}, always the same table; null for none.
   *
   * @param least by comparison and left row, what right values must be
   * @param rows the left rows, {@code count} of them
   */
  synchronized @Nullable RangeIndex index(
      Batch right, long[][] least, int[] rows, int count, EvaluationContext context, Team team) {
    if (!isDecided) {
      try {
        index = make(right, least, rows, count, context, team);
      } catch (TidemillException e) {
        if (e.kind() != ErrorKind.USER && e.kind() != ErrorKind.RESOURCE) {
          throw e;
        }
        team.check();
      }
      isDecided = true;
      if (index == null) {
        heap.close();
      }
    }
    return index;
  }

  private @Nullable RangeIndex make(
      Batch right, long[][] least, int[] rows, int count, EvaluationContext context, Team team) {
    int length = right.length();
    if (share.isFull(length * (condition.count() * 16L + SORT_BYTES))) {
      return null;
    }
    try (HeapMemory passing = new HeapMemory(memory)) {
      long[][] values = new long[condition.count()][];
      for (int i = 0; i < values.length; i++) {
        values[i] = passing.longs(length);
      }
      passing.reserve(length);
      boolean[] none = new boolean[length];
      for (int from = 0; from < length; from += Batch.MAX_ROWS) {
        team.check();
        int some = Math.min(Batch.MAX_ROWS, length - from);
        if (!condition.loadRight(right, from, some, context, values, none)) {
          return null;
        }
      }
      int[] able = passing.ints(length);
      int ableCount = 0;
      for (int i = 0; i < length; i++) {
        able[ableCount] = i;
        ableCount += none[i] ? 0 : 1;
      }
      int key = key(values, able, ableCount, least, rows, count);
      return sorted(values, able, ableCount, key, 6, team, heap, passing);
    }
  }

  /** The index of some rows in the order of the values of one comparison. */
  private RangeIndex sorted(
      long[][] values,
      int[] able,
      int count,
      int key,
      int shift,
      Team team,
      HeapMemory kept,
      HeapMemory passing) {
    int[] rows = kept.ints(count);
    long[][] inOrder = new long[values.length][];
    int[] order = order(values[key], able, count, team, passing);
    for (int i = 0; i < count; i++) {
      rows[i] = able[order[i]];
    }
    for (int c = 0; c < values.length; c++) {
      inOrder[c] = kept.longs(count);
      gather(values[c], rows, inOrder[c]);
    }
    return new RangeIndex(rows, inOrder, shift, kept);
  }

  private static void gather(long[] from, int[] rows, long[] to) {
    for (int i = 0; i < rows.length; i++) {
      to[i] = from[rows[i]];
    }
  }

  private int[] order(long[] values, int[] able, int count, Team team, HeapMemory passing) {
    Buffer buffer = memory.allocate(Math.max(8, count * 8L));
    for (int i = 0; i < count; i++) {
      Memory.putLong(buffer.address() + ((long) i << 3), values[able[i]]);
    }
    FixedColumn column = new FixedColumn(Type.BIGINT, count, 8, buffer, null);
    try (Batch table = new Batch(count, List.of(column))) {
      return SortedOrder.of(table, BY_VALUE, new int[0], team, passing, memory).rows();
    }
  }

  /** The comparison to sort by: the one whose order leaves the least in the ranges of a sample. */
  private int key(
      long[][] values, int[] able, int ableCount, long[][] least, int[] rows, int count) {
    int[] keys = condition.keys();
    if (keys.length == 1 || count == 0) {
      return keys[0];
    }
    int[] sample = sample(able, ableCount, RIGHT_SAMPLE);
    int[] probing = sample(rows, count, LEFT_SAMPLE);
    int best = keys[0];
    long fewest = Long.MAX_VALUE;
    for (int key : keys) {
      try (HeapMemory passing = new HeapMemory(memory)) {
        RangeIndex tried = sampled(values, sample, key, passing);
        long places = 0;
        for (int row : probing) {
          long range = tried.range(least, row);
          places += (range >>> 32) - (int) range;
        }
        if (places < fewest) {
          fewest = places;
          best = key;
        }
      }
    }
    return best;
  }

  private static RangeIndex sampled(long[][] values, int[] sample, int key, HeapMemory passing) {
    passing.reserve(sample.length * 16L);
    Integer[] order = new Integer[sample.length];
    Arrays.setAll(order, i -> sample[i]);
    Arrays.sort(order, (a, b) -> Long.compare(values[key][a], values[key][b]));
    int[] rows = passing.ints(sample.length);
    Arrays.setAll(rows, i -> order[i]);
    long[][] inOrder = new long[values.length][];
    for (int c = 0; c < values.length; c++) {
      inOrder[c] = passing.longs(rows.length);
      gather(values[c], rows, inOrder[c]);
    }
    return new RangeIndex(rows, inOrder, 0, passing);
  }

  private static int[] sample(int[] from, int count, int most) {
    int[] sample = new int[Math.min(count, most)];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = from[(int) ((long) count * i / sample.length)];
    }
    return sample;
  }

  @Override
  public void close() {
    heap.close();
    index = null;
  }
}
