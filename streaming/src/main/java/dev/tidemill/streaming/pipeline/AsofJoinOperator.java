package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.asof.AsofSide;
import dev.tidemill.exec.asof.TimeWords;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.delta.DeltaAsofJoinPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.streaming.rows.KeyedSide;
import dev.tidemill.streaming.rows.KeyedState;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ASOF join. Both sides stand in the order of their times, by key; right rows that come or go
 * change the matches of the left rows that see them and do not see the next right row that was
 * there before and still is:
 *
 * <pre>
 *   right   2     4+  5+         8            4 and 5 have come
 *   left       3     4   6  7      9          4 6 7 had 2; now 4 has 4, 6 and 7 have 5
 * </pre>
 *
 * So a step costs the rows that it brings and the left rows whose matches it changes, and some
 * between. Where the right side is static each left row is given its match when it comes, and is
 * not kept.
 *
 * <p>Where the watermark bounds the times of both sides, left rows behind it are final: only then
 * they are given out where only final rows are wanted, and they are kept no longer. Of the right
 * rows of a key behind it only the last is. A join that looks forward is the mirror image: right
 * rows behind the watermark are not kept, and left rows are final when their match is one of these.
 *
 * <p>State: the rows of both sides by key; when they end. Their order follows from the rows.
 */
final class AsofJoinOperator extends DeltaOperator {
  private final DeltaAsofJoinPlan plan;
  private final boolean atEnd;
  private final AsofSide leftSide;
  private final AsofSide rightSide;
  private final TimeWords times;
  private final MemoryScope noted;
  private final HeapMemory heap;
  private final KeyedState state;
  private final @Nullable RowEnds ends;

  /** Null where left rows are not kept. */
  private final @Nullable OrderedSide left;

  private final OrderedSide right;

  /** Which numbering of the state the lists are of. */
  private long numbering = -1;

  /** What came of the left side before the right, which is static, was there. */
  private final List<Batch> early = new ArrayList<>();

  // Rows of the result that have not been given out.
  private final int[] leftRows = new int[Batch.MAX_ROWS];
  private final int[] rightRows = new int[Batch.MAX_ROWS];
  private final long[] weights = new long[Batch.MAX_ROWS];
  private int count;

  /** Places in the list of a key. */
  private int[] changed = new int[16];

  /**
   * @param atEnd whether rows are given out when they are final
   */
  AsofJoinOperator(
      String name, DeltaAsofJoinPlan plan, boolean atEnd, QueryState queryState, Output output) {
    super(name, output);
    this.plan = plan;
    this.atEnd = atEnd;
    List<Type> leftTypes = types(plan.left());
    List<Type> rightTypes = types(plan.right());
    List<Type> keyTypes =
        AsofSide.keyTypes(leftTypes, plan.leftKeys(), rightTypes, plan.rightKeys());
    this.leftSide = new AsofSide(plan.leftKeys(), keyTypes, plan.nullsMatch(), plan.leftTime());
    this.rightSide = new AsofSide(plan.rightKeys(), keyTypes, plan.nullsMatch(), plan.rightTime());
    this.times = new TimeWords(plan.comparison());
    this.state =
        new KeyedState(
            keyTypes,
            List.of(
                shape(leftTypes, plan.leftKeys(), !plan.pinsRight(), plan.left().changing()),
                shape(rightTypes, plan.rightKeys(), true, plan.right().changing())),
            queryState.memory().child(name));
    this.ends =
        plan.pinsRight() || plan.leftEnd() == null
            ? null
            : new RowEnds(
                state,
                plan.comparison().looksBack() ? plan.leftEnd() : null,
                plan.rightEnd(),
                queryState.memory().child(name));
    this.noted = queryState.memory().child(name + ".lists");
    this.heap = new HeapMemory(noted);
    List<SortKey> ties =
        plan.ties().stream().map(column -> new SortKey(column, false, false)).toList();
    this.left = plan.pinsRight() ? null : new OrderedSide(state, 0, by(leftSide), List.of(), heap);
    this.right = new OrderedSide(state, 1, by(rightSide), ties, heap);
    queryState.columns(name + ".rows", ends == null ? state : ends);
  }

  private OrderedSide.By by(AsofSide side) {
    return new OrderedSide.By(side.keys(), side.time(), times::of);
  }

  private static List<Type> types(DeltaPlan plan) {
    return plan.columns().stream().map(OutputColumn::type).toList();
  }

  private static KeyedSide.Shape shape(
      List<Type> types, List<Integer> keys, boolean keepsRows, boolean finds) {
    return new KeyedSide.Shape(
        types, keys, keepsRows, finds, /* counts= */ false, /* matches= */ false);
  }

  @Override
  void begin(Step step) {
    count = 0;
    closeEarly();
    if (numbering != state.numbering()) {
      if (left != null) {
        left.readLists(step.memory());
      }
      right.readLists(step.memory());
      numbering = state.numbering();
    }
  }

  @Override
  void pinned(Step step) {
    if (left != null) {
      return;
    }
    right.settle();
    right.clean();
    List<Batch> waiting = List.copyOf(early);
    early.clear();
    try {
      waiting.forEach(batch -> push(0, batch, step));
    } finally {
      waiting.forEach(Batch::close);
    }
  }

  @Override
  void push(int input, Batch delta, Step step) {
    if (input == 0 && left == null && step.isPinning()) {
      early.add(delta.retain());
      return;
    }
    AsofSide side = input == 0 ? leftSide : rightSide;
    int[] rows = Worker.rows(delta);
    int able = delta.rowCount();
    if (side.mayMiss(delta)) {
      int[] chosen = new int[able];
      int[] others = new int[able];
      int missing = 0;
      int matching = 0;
      for (int i = 0; i < able; i++) {
        if (side.canMatch(delta, rows[i])) {
          chosen[matching++] = rows[i];
        } else {
          others[missing++] = rows[i];
        }
      }
      if (input == 0 && plan.outer()) {
        int[] none = new int[missing];
        Arrays.fill(none, -1);
        give(delta, others, none, missing, step);
      }
      rows = chosen;
      able = matching;
    }
    if (able == 0) {
      return;
    }
    if (input == 1) {
      right.add(delta, rows, able, step.memory());
    } else if (left != null) {
      left.add(delta, rows, able, step.memory());
    } else {
      match(delta, rows, able, step);
    }
  }

  /** Gives left rows of a delta with the matches that they have for ever. */
  private void match(Batch delta, int[] rows, int able, Step step) {
    int[] keys = new int[able];
    state.find(leftSide.keyColumns(delta), rows, able, keys);
    long[] words = new long[able];
    times.of(delta.column(plan.leftTime()), rows, able, words, 0, step.memory());
    int[] given = new int[able];
    int[] matches = new int[able];
    int some = 0;
    for (int i = 0; i < able; i++) {
      given[some] = rows[i];
      matches[some] = keys[i] < 0 ? -1 : match(keys[i], words[i]);
      some += matches[some] >= 0 || plan.outer() ? 1 : 0;
    }
    give(delta, given, matches, some, step);
  }

  /** The match of a left row among the right rows that are there, or -1. */
  private int match(int key, long word) {
    int place = right.lists().first(key, word, plan.comparison().isInclusive()) - 1;
    return place < 0 ? -1 : right.lists().row(key, place);
  }

  /** Gives rows of a delta with right rows by number, -1 for none. */
  private void give(Batch delta, int[] given, int[] matches, int some, Step step) {
    for (int from = 0; from < some; from += Batch.MAX_ROWS) {
      int length = Math.min(Batch.MAX_ROWS, some - from);
      List<Column> columns = new ArrayList<>();
      try {
        for (int i = 0; i < delta.columnCount(); i++) {
          columns.add(Columns.take(delta.column(i), given, from, length, step.memory()));
        }
        int[] part = Arrays.copyOfRange(matches, from, from + length);
        addRight(columns, part, length, step.memory());
      } catch (Throwable t) {
        columns.forEach(Column::close);
        throw t;
      }
      long[] own = new long[length];
      for (int i = 0; i < length; i++) {
        own[i] = delta.weightAt(given[from + i]);
      }
      emit(columns, own, length, step);
    }
  }

  @Override
  void finish(Step step) {
    OrderedSide own = left;
    if (own == null) {
      return;
    }
    own.settle();
    right.settle();
    if (!atEnd) {
      giveChanges(own, step);
    }
    own.clean();
    right.clean();
    if (ends != null && !plan.comparison().looksBack()) {
      endForward(ends.take(1, step.watermarkMicros()), own, step);
    } else if (ends != null) {
      int[] ended = ends.take(0, step.watermarkMicros());
      if (atEnd) {
        for (int row : ended) {
          int key = own.rows().key(row);
          add(row, match(key, own.lists().word(row)), own.weight(row), step);
        }
        flush(step);
      }
      own.drop(ended);
      for (long last : right.lastEnded(ends.take(1, step.watermarkMicros()))) {
        right.dropFirst(OrderedSide.key(last), OrderedSide.row(last), row -> {});
      }
    }
  }

  /**
   * Drops right rows that have ended, and the left rows whose match one of them is. The lists stand
   * against the order of time: ended right rows are the last ones.
   */
  private void endForward(int[] ended, OrderedSide own, Step step) {
    boolean isOver = step.watermarkMicros() == Long.MAX_VALUE;
    if (ended.length == 0 && !isOver) {
      return;
    }
    boolean beyond = !plan.comparison().isInclusive();
    int[] firsts = new int[state.keyCount()];
    Arrays.fill(firsts, Integer.MAX_VALUE);
    for (int row : ended) {
      int key = right.rows().key(row);
      firsts[key] = Math.min(firsts[key], right.lists().place(key, row));
    }
    List<int[]> decided = new ArrayList<>();
    for (int key = 0; key < firsts.length; key++) {
      if (isOver || firsts[key] != Integer.MAX_VALUE) {
        int length = own.lists().length(key);
        int from =
            isOver
                ? 0
                : own.lists()
                    .first(key, right.lists().word(right.lists().row(key, firsts[key])), beyond);
        int[] rows = new int[length - from];
        for (int place = from; place < length; place++) {
          rows[place - from] = own.lists().row(key, place);
        }
        decided.add(rows);
      }
    }
    for (int[] rows : decided) {
      for (int row : rows) {
        if (atEnd) {
          add(row, match(own.rows().key(row), own.lists().word(row)), own.weight(row), step);
        }
      }
    }
    flush(step);
    decided.forEach(own::drop);
    right.drop(ended);
  }

  private void giveChanges(OrderedSide own, Step step) {
    int mine = 0;
    int theirs = 0;
    while (mine < own.touchedCount() || theirs < right.touchedCount()) {
      int key = Integer.MAX_VALUE;
      if (mine < own.touchedCount()) {
        key = OrderedSide.key(own.touched(mine));
      }
      if (theirs < right.touchedCount()) {
        key = Math.min(key, OrderedSide.key(right.touched(theirs)));
      }
      int changes = 0;
      for (; isOf(right, theirs, key); theirs++) {
        int row = OrderedSide.row(right.touched(theirs));
        if (right.isChanged(row)) {
          if (changes == changed.length) {
            changed = Arrays.copyOf(changed, changes * 2);
          }
          changed[changes++] = right.lists().place(key, row);
        }
      }
      Arrays.sort(changed, 0, changes);
      changeMatches(own, key, changes, step);
      for (; isOf(own, mine, key); mine++) {
        int row = OrderedSide.row(own.touched(mine));
        long more = own.weight(row) - own.weightBefore(row);
        if (more != 0 && !isWithin(own, key, row, changes)) {
          add(row, match(key, own.lists().word(row)), more, step);
        }
      }
    }
    flush(step);
  }

  private static boolean isOf(OrderedSide side, int place, int key) {
    return place < side.touchedCount() && OrderedSide.key(side.touched(place)) == key;
  }

  /**
   * Whether a left row is given out by {@link #changeMatches}: whether the last right row that it
   * sees, of those that were there or are, came or went.
   */
  private boolean isWithin(OrderedSide own, int key, int row, int changes) {
    if (changes == 0) {
      return false;
    }
    int seen = match(key, own.lists().word(row));
    return seen >= 0 && right.isChanged(seen);
  }

  /** Takes left rows back with the matches they had, and gives them out with those they have. */
  private void changeMatches(OrderedSide own, int key, int changes, Step step) {
    OrderedRows theirs = right.lists();
    OrderedRows mine = own.lists();
    int length = theirs.length(key);
    boolean beyond = !plan.comparison().isInclusive();
    int done = 0;
    for (int i = 0; i < changes; i++) {
      int from = changed[i];
      if (from < done) {
        continue;
      }
      int to = from + 1;
      while (to < length && right.isChanged(theirs.row(key, to))) {
        to++;
      }
      done = to;
      int end =
          to == length
              ? mine.length(key)
              : mine.first(key, theirs.word(theirs.row(key, to)), beyond);
      int was = from == 0 ? -1 : theirs.row(key, from - 1);
      int is = was;
      int next = from;
      int start = mine.first(key, theirs.word(theirs.row(key, from)), beyond);
      for (int place = start; place < end; place++) {
        int row = mine.row(key, place);
        while (next < to && times.reaches(mine.word(row), theirs.word(theirs.row(key, next)))) {
          int seen = theirs.row(key, next++);
          was = right.wasThere(seen) ? seen : was;
          is = right.isThere(seen) ? seen : is;
        }
        if (was == is) {
          add(row, is, own.weight(row) - own.weightBefore(row), step);
        } else {
          add(row, was, -own.weightBefore(row), step);
          add(row, is, own.weight(row), step);
        }
      }
    }
  }

  /** Adds a row to what is given out. */
  private void add(int row, int match, long weight, Step step) {
    if (weight == 0 || match < 0 && !plan.outer()) {
      return;
    }
    leftRows[count] = row;
    rightRows[count] = match;
    weights[count++] = weight;
    if (count == leftRows.length) {
      flush(step);
    }
  }

  private void flush(Step step) {
    OrderedSide own = left;
    if (count == 0 || own == null) {
      return;
    }
    int length = count;
    count = 0;
    List<Column> columns = new ArrayList<>(own.rows().take(leftRows, length, step.memory()));
    try {
      addRight(columns, rightRows, length, step.memory());
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
    emit(columns, weights, length, step);
  }

  /** Adds the columns of right rows by number, -1 for none. */
  private void addRight(List<Column> columns, int[] rows, int length, MemoryScope memory) {
    if (right.rows().length() > 0) {
      columns.addAll(right.rows().take(rows, length, memory));
      return;
    }
    for (Type type : right.rows().types()) {
      columns.add(Columns.nulls(type, length, memory));
    }
  }

  /** Hands on rows; takes over the columns. */
  private void emit(List<Column> columns, long[] of, int length, Step step) {
    try (Batch batch = DeltaWeights.batch(columns, of, length, step.memory())) {
      emit(batch, step);
    }
  }

  private void closeEarly() {
    early.forEach(Batch::close);
    early.clear();
  }

  /** Gives back what a step that failed may have left. */
  @Override
  void close() {
    closeEarly();
    heap.close();
    noted.close();
  }
}
