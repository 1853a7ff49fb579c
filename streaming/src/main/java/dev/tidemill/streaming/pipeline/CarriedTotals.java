package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.window.RunningStates;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Ints;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.streaming.rows.KeyedRows;
import dev.tidemill.streaming.rows.KeyedSide;
import dev.tidemill.streaming.rows.KeyedState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What the first rows of partitions add up to, once these have gone: how many they were, in how
 * many groups of peers, and the states of running aggregates, with which what comes behind goes on.
 *
 * <pre>
 *   k | rows  groups  SUM(x)          one row of the state's side for each partition, in the place
 *   a |  812     790    4711          of 812 rows
 * </pre>
 *
 * <p>Collected by {@link #add}, then kept by {@link #keep}. One thread.
 */
final class CarriedTotals implements AutoCloseable {
  private final KeyedState state;
  private final int number;
  private final int keyCount;
  private final WindowMarks marks;

  /** By key how many rows went. */
  private final Longs rows;

  /** By key the row of the side + 1. */
  private final Ints kept;

  // What is to be kept, by place.
  private int[] keys = new int[16];
  private int[] gone = new int[16];
  private long[] moreRows = new long[16];
  private long[] groups = new long[16];
  private int[] marked = new int[16];
  private int count;

  /**
   * @param number the side of {@code state} that they are
   */
  CarriedTotals(KeyedState state, int number, WindowMarks marks, MemoryScope memory) {
    this.state = state;
    this.number = number;
    this.keyCount = state.keyTypes().size();
    this.marks = marks;
    this.rows = new Longs(memory);
    this.kept = new Ints(memory);
  }

  /** What is kept of a partition: its key, rows, groups, and the states of what runs. */
  static KeyedSide.Shape shape(List<Type> keyTypes, WindowPlan window, MemoryScope memory) {
    List<Type> types = new ArrayList<>(keyTypes);
    types.add(Type.BIGINT);
    types.add(Type.BIGINT);
    try (RunningStates states = new RunningStates(window, memory)) {
      types.addAll(states.types());
    }
    List<Integer> keys = new ArrayList<>();
    for (int i = 0; i < keyTypes.size(); i++) {
      keys.add(i);
    }
    return new KeyedSide.Shape(
        types,
        keys,
        /* keepsRows= */ true,
        /* finds= */ false,
        /* counts= */ false,
        /* matches= */ false);
  }

  private KeyedRows side() {
    return Objects.requireNonNull(state.side(number).rows());
  }

  /** How many rows of a key went. */
  long rows(int key) {
    return key < rows.length() ? rows.get(key) : 0;
  }

  /** Makes marks of what is kept; there are none yet. */
  void read(MemoryScope memory) {
    rows.clear(0, rows.length());
    kept.clear(0, kept.length());
    count = 0;
    KeyedRows all = side();
    int[] part = new int[Batch.MAX_ROWS];
    int row = 0;
    while (row < all.length()) {
      int length = 0;
      for (; row < all.length() && length < part.length; row++) {
        if (all.weight(row) != 0) {
          part[length++] = row;
        }
      }
      read(part, length, memory);
    }
  }

  private void read(int[] part, int length, MemoryScope memory) {
    List<Column> columns = side().take(part, length, memory);
    try {
      int[] places = new int[length];
      int[] states = new int[length];
      for (int i = 0; i < length; i++) {
        places[i] = i;
        states[i] = marks.reserve();
      }
      List<Column> written = columns.subList(keyCount + 2, columns.size());
      marks.states().read(written, places, states, length);
      for (int i = 0; i < length; i++) {
        int key = side().key(part[i]);
        rows.ensure(key + 1);
        kept.ensure(key + 1);
        rows.set(key, ((FixedColumn) columns.get(keyCount)).longAt(i));
        kept.set(key, part[i] + 1);
        marks.begin(key, states[i], 0, ((FixedColumn) columns.get(keyCount + 1)).longAt(i));
      }
    } finally {
      columns.forEach(Column::close);
    }
  }

  /**
   * The first rows of a key go.
   *
   * @param places how many of its list
   * @param rowsGone how many these are
   * @param groupsGone how many groups of peers are before what stays
   * @param mark of {@link WindowMarks}, which is to be the key's first; -1 where nothing runs
   */
  void add(int key, int places, long rowsGone, long groupsGone, int mark) {
    if (count == keys.length) {
      int length = count * 2;
      keys = Arrays.copyOf(keys, length);
      gone = Arrays.copyOf(gone, length);
      moreRows = Arrays.copyOf(moreRows, length);
      groups = Arrays.copyOf(groups, length);
      marked = Arrays.copyOf(marked, length);
    }
    keys[count] = key;
    gone[count] = places;
    moreRows[count] = rowsGone;
    groups[count] = groupsGone;
    marked[count++] = mark;
  }

  /** Keeps what was added in the place of what was kept of these keys. */
  void keep(MemoryScope memory) {
    for (int from = 0; from < count; from += Batch.MAX_ROWS) {
      keep(from, Math.min(count, from + Batch.MAX_ROWS), memory);
    }
    for (int i = 0; i < count; i++) {
      if (marked[i] >= 0) {
        marks.begin(keys[i], marked[i], gone[i], groups[i]);
      }
    }
    count = 0;
  }

  private void keep(int from, int to, MemoryScope memory) {
    int length = to - from;
    int[] part = Arrays.copyOfRange(keys, from, to);
    List<Column> columns = new ArrayList<>(state.keyColumns(part, length));
    try (ColumnBuilder rowCounts = ColumnBuilder.of(Type.BIGINT, memory, length);
        ColumnBuilder groupCounts = ColumnBuilder.of(Type.BIGINT, memory, length)) {
      for (int i = from; i < to; i++) {
        rowCounts.appendLong(rows(keys[i]) + moreRows[i]);
        groupCounts.appendLong(groups[i]);
      }
      columns.add(rowCounts.build());
      columns.add(groupCounts.build());
      if (marked[from] >= 0) {
        columns.addAll(marks.states().write(Arrays.copyOfRange(marked, from, to), length, memory));
      }
      try (Batch batch = new Batch(length, columns)) {
        columns = List.of();
        put(batch, part);
      }
    } finally {
      columns.forEach(Column::close);
    }
    for (int i = from; i < to; i++) {
      rows.set(keys[i], rows.get(keys[i]) + moreRows[i]);
    }
  }

  private void put(Batch batch, int[] part) {
    int length = part.length;
    int[] all = new int[length];
    int[] numbers = new int[length];
    long[] weights = new long[length];
    Arrays.setAll(all, i -> i);
    Arrays.fill(weights, 1);
    state.side(number).add(batch, all, part, weights, length, numbers);
    for (int i = 0; i < length; i++) {
      int key = part[i];
      rows.ensure(key + 1);
      kept.ensure(key + 1);
      if (kept.get(key) > 0) {
        side().setWeight(kept.get(key) - 1, 0);
      }
      kept.set(key, numbers[i] + 1);
    }
  }

  @Override
  public void close() {
    rows.close();
    kept.close();
  }
}
