package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.sort.RowKeys;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Longs;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.streaming.rows.KeyedRows;
import dev.tidemill.streaming.rows.KeyedSide;
import dev.tidemill.streaming.rows.KeyedState;
import dev.tidemill.streaming.rows.OrderWords;
import dev.tidemill.streaming.rows.RowLists;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The first rows of each partition in an order, of rows that only come. A row that comes is put
 * into the list of its partition or left out for ever; one that drops out of the list is gone.
 *
 * <pre>
 *   partition   rows in their order, by number      words: where a row stands by its first sort key
 *   7           4 0 9                               a tie of words is decided by all columns
 * </pre>
 *
 * <p>State: the rows in the lists; when partitions end. The lists follow from the rows.
 */
final class FirstRowsOperator extends DeltaOperator {
  private final boolean atEnd;
  private final List<Integer> keyColumns;
  private final int limit;
  private final SortKey firstKey;

  /** The order, then all other columns. */
  private final List<SortKey> allKeys;

  private final MemoryScope noted;
  private final KeyedState state;
  private final @Nullable KeyEnds ends;
  private final RowLists lists;

  /** By row number; of rows in lists. */
  private final Longs words;

  /** Which numbering of the state the lists are of. */
  private long numbering = -1;

  /** Rows from here on have come in this step. */
  private int firstNew;

  // The lists that this step has touched, as they were before: those of touched[i] end at
  // beforeEnds[i].
  private int[] touched = new int[16];
  private int touchedCount;
  private int[] before = new int[16];
  private int[] beforeEnds = new int[16];

  // A part of a delta: its rows, their partitions and words, and what is left of them.
  private final int[] candidates = new int[Batch.MAX_ROWS];
  private final int[] candidateKeys = new int[Batch.MAX_ROWS];
  private final long[] candidateWords = new long[Batch.MAX_ROWS];
  private final long[] ones = new long[Batch.MAX_ROWS];

  /**
   * @param atEnd whether rows are given out when their partition ends
   */
  FirstRowsOperator(
      String name,
      DeltaPartitionPlan plan,
      FirstRows shape,
      boolean atEnd,
      QueryState queryState,
      Output output) {
    super(name, output);
    this.atEnd = atEnd;
    this.keyColumns = shape.keys();
    this.limit = shape.limit();
    DeltaPlan input = plan.inputs().get(0);
    List<Type> types = input.columns().stream().map(OutputColumn::type).toList();
    this.firstKey = shape.order().isEmpty() ? new SortKey(0, false, false) : shape.order().get(0);
    this.allKeys = RowKeys.tiesBroken(shape.order(), types);
    List<Type> keyTypes = keyColumns.stream().map(types::get).toList();
    KeyedSide.Shape rows =
        new KeyedSide.Shape(
            types,
            keyColumns,
            /* keepsRows= */ true,
            /* finds= */ false,
            /* counts= */ false,
            /* matches= */ false);
    this.state = new KeyedState(keyTypes, List.of(rows), queryState.memory().child(name));
    this.noted = queryState.memory().child(name + ".lists");
    this.lists = new RowLists(noted);
    this.words = new Longs(noted);
    TimeBound bound = plan.bound();
    this.ends =
        bound == null ? null : new KeyEnds(state, keyTypes, bound, queryState.memory().child(name));
    queryState.columns(name + ".rows", ends == null ? state : ends);
    Arrays.fill(ones, 1);
  }

  private KeyedRows rows() {
    return Objects.requireNonNull(state.side(0).rows());
  }

  @Override
  void begin(Step step) {
    state.forgetFirst(touched, touchedCount);
    touchedCount = 0;
    if (numbering != state.numbering()) {
      readLists(step.memory());
      numbering = state.numbering();
    }
    firstNew = rows().length();
  }

  /** Makes the lists of all rows that are there. */
  private void readLists(MemoryScope memory) {
    KeyedRows rows = rows();
    lists.clear();
    lists.ensureKeys(state.keyCount());
    words.ensure(rows.length());
    int[] part = new int[Batch.MAX_ROWS];
    int[] all = new int[Batch.MAX_ROWS];
    Arrays.setAll(all, i -> i);
    int row = 0;
    while (row < rows.length()) {
      int count = 0;
      for (; row < rows.length() && count < part.length; row++) {
        if (rows.weight(row) != 0) {
          part[count++] = row;
        }
      }
      try (Column column = rows.take(firstKey.column(), part, count, memory)) {
        OrderWords.of(
            column, firstKey.descending(), firstKey.nullsFirst(), all, count, candidateWords, 0);
      }
      for (int i = 0; i < count; i++) {
        words.set(part[i], candidateWords[i]);
        for (long n = rows.weight(part[i]); n > 0; n--) {
          put(rows.key(part[i]), part[i]);
        }
      }
    }
  }

  @Override
  void push(int input, Batch delta, Step step) {
    int count = delta.rowCount();
    int[] given = Worker.rows(delta);
    int[] keys = new int[count];
    List<Column> columns = new ArrayList<>();
    keyColumns.forEach(key -> columns.add(delta.column(key)));
    state.keys(columns, given, count, keys);
    lists.ensureKeys(state.keyCount());
    long[] order = new long[count];
    try (Column column = Columns.decode(delta.column(firstKey.column()), step.memory())) {
      OrderWords.of(column, firstKey.descending(), firstKey.nullsFirst(), given, count, order, 0);
    }
    int chosen = 0;
    for (int i = 0; i < count; i++) {
      long copies = Math.min(limit, delta.weightAt(given[i]));
      for (long n = 0; n < copies && isWanted(keys[i], order[i]); n++) {
        if (chosen == candidates.length) {
          add(delta, chosen);
          chosen = 0;
        }
        candidates[chosen] = given[i];
        candidateKeys[chosen] = keys[i];
        candidateWords[chosen++] = order[i];
      }
    }
    add(delta, chosen);
  }

  /** Whether a row may be among the first, as far as its word says. */
  private boolean isWanted(int key, long word) {
    int length = lists.length(key);
    return length < limit || word <= words.get(lists.row(key, length - 1));
  }

  private void add(Batch delta, int count) {
    if (count == 0) {
      return;
    }
    KeyedRows rows = rows();
    int[] numbers = new int[count];
    state.side(0).add(delta, candidates, candidateKeys, ones, count, numbers);
    words.ensure(rows.length());
    for (int i = 0; i < count; i++) {
      touch(candidateKeys[i]);
      words.set(numbers[i], candidateWords[i]);
      int last = put(candidateKeys[i], numbers[i]);
      if (last >= 0) {
        rows.setWeight(last, rows.weight(last) - 1);
      }
    }
  }

  /** Notes the list of a partition as it was before the step. */
  private void touch(int key) {
    if (!state.isFirst(key)) {
      return;
    }
    if (touchedCount == touched.length) {
      touched = Arrays.copyOf(touched, touchedCount * 2);
      beforeEnds = Arrays.copyOf(beforeEnds, touchedCount * 2);
    }
    int from = touchedCount == 0 ? 0 : beforeEnds[touchedCount - 1];
    int length = lists.length(key);
    if (from + length > before.length) {
      before = Arrays.copyOf(before, Math.max(from + length, before.length * 2));
    }
    for (int i = 0; i < length; i++) {
      before[from + i] = lists.row(key, i);
    }
    beforeEnds[touchedCount] = from + length;
    touched[touchedCount++] = key;
  }

  /** Puts a row into its list; gives the one that drops out of it, which may be itself, or -1. */
  private int put(int key, int row) {
    int low = 0;
    int high = lists.length(key);
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(row, lists.row(key, middle)) < 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    if (low == limit) {
      return row;
    }
    int last = lists.length(key) == limit ? lists.removeLast(key) : -1;
    lists.insert(key, low, row);
    return last;
  }

  private int compare(int row, int other) {
    int byWord = Long.compare(words.get(row), words.get(other));
    return byWord != 0 || row == other ? byWord : rows().compare(allKeys, row, other);
  }

  @Override
  void finish(Step step) {
    if (!atEnd) {
      giveChanges(step);
    }
    state.forgetFirst(touched, touchedCount);
    touchedCount = 0;
    if (ends != null) {
      int[] ended = ends.take(step.watermarkMicros());
      if (atEnd) {
        giveLists(ended, step);
      }
      for (int key : ended) {
        lists.clear(key);
      }
      state.drop(ended);
    }
  }

  /** What is at another place of a list than before, or not there any more. */
  private void giveChanges(Step step) {
    Changes changes = new Changes(step);
    for (int i = 0; i < touchedCount; i++) {
      int from = i == 0 ? 0 : beforeEnds[i - 1];
      int was = beforeEnds[i] - from;
      int is = lists.length(touched[i]);
      for (int place = 0; place < Math.max(was, is); place++) {
        int old = place < was ? before[from + place] : -1;
        int now = place < is ? lists.row(touched[i], place) : -1;
        if (old != now) {
          if (old >= 0) {
            changes.add(old, place, -1);
          }
          if (now >= 0) {
            changes.add(now, place, 1);
          }
        }
      }
    }
    changes.flush();
  }

  private void giveLists(int[] keys, Step step) {
    Changes changes = new Changes(step);
    for (int key : keys) {
      for (int place = 0; place < lists.length(key); place++) {
        changes.add(lists.row(key, place), place, 1);
      }
    }
    changes.flush();
  }

  /** Rows with their places and weights, given out batch by batch. */
  private final class Changes {
    private final Step step;
    private final int[] numbers = new int[Batch.MAX_ROWS];
    private final long[] places = new long[Batch.MAX_ROWS];
    private final long[] weights = new long[Batch.MAX_ROWS];
    private int count;

    Changes(Step step) {
      this.step = step;
    }

    void add(int row, int place, long weight) {
      if (count == numbers.length) {
        flush();
      }
      numbers[count] = row;
      places[count] = place + 1L;
      weights[count++] = weight;
    }

    void flush() {
      if (count == 0) {
        return;
      }
      List<Column> columns = new ArrayList<>(rows().take(numbers, count, step.memory()));
      FixedColumn delta;
      try {
        columns.add(numbers(places));
        delta = numbers(weights);
      } catch (Throwable t) {
        columns.forEach(Column::close);
        throw t;
      }
      try (Batch batch = new Batch(count, columns, null, atEnd ? null : delta)) {
        if (atEnd) {
          delta.close();
        }
        count = 0;
        emit(batch, step);
      }
    }

    private FixedColumn numbers(long[] values) {
      Buffer buffer = step.memory().allocate(count * 8L);
      for (int i = 0; i < count; i++) {
        Memory.putLong(buffer.address() + i * 8L, values[i]);
      }
      return new FixedColumn(Type.BIGINT, count, 8, buffer, null);
    }
  }

  /** Gives back what a step that failed may have left. */
  @Override
  void close() {
    touchedCount = 0;
    words.close();
    lists.close();
    noted.close();
  }
}
