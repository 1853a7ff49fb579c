package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.exec.sort.RowKeys;
import dev.tidemill.exec.window.PartialWindow;
import dev.tidemill.exec.window.WindowParts;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowReach;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.OrderBound;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.streaming.rows.KeyedRows;
import dev.tidemill.streaming.rows.KeyedSide;
import dev.tidemill.streaming.rows.KeyedState;
import dev.tidemill.streaming.rows.OrderWords;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Window functions of which a change changes no more than the rows around it, or those behind it
 * ({@link WindowReach}). The rows of each partition stand in order; of those that a step reaches
 * what was there is computed and taken back, and what is there now is computed and given out. So a
 * step costs the rows whose results it may change, and a little around them.
 *
 * <p>Where the watermark bounds the order ({@link OrderBound}), rows that no frame reaches any more
 * are dropped, and what they add up to is kept in their place ({@link CarriedTotals}); and where
 * only final rows are wanted, rows wait until they are: they come in their order then, and nothing
 * that was given out is taken back.
 *
 * <p>State: the rows by partition, those that wait, and what those add up to that went; when
 * partitions, or rows, end. Their order, and what running aggregates add up to at some places,
 * follow from the rows.
 */
final class OverOperator extends DeltaOperator {
  /** Parts with more rows together are computed at once. */
  private static final int MOST_ROWS = 1 << 18;

  private final DeltaPartitionPlan plan;
  private final WindowPlan window;
  private final PartialWindow partial;
  private final List<Type> types;

  /** By column of the input whether the window asks for it. */
  private final boolean[] isAsked;

  private final List<Integer> offsetsBack;
  private final List<Integer> offsetsAhead;
  private final KeyedState state;
  private final @Nullable KeyEnds ends;
  private final @Nullable OrderBound order;

  /** When rows end by their order, and when those that wait are final. */
  private final @Nullable RowEnds rowEnds;

  private final boolean waits;
  private final MemoryScope noted;
  private final HeapMemory heap;
  private final OrderedSide side;
  private final WindowMarks marks;

  /** What the rows that went add up to, or null where that matters to nothing. */
  private final @Nullable CarriedTotals carried;

  private final OverParts parts;

  /** Which numbering of the state the lists are of. */
  private long numbering = -1;

  /**
   * @param plan one of {@link DeltaPartitionPlan#byRows}
   * @param atEnd whether only final rows are wanted
   */
  OverOperator(
      String name, DeltaPartitionPlan plan, boolean atEnd, QueryState queryState, Output output) {
    super(name, output);
    this.order = plan.order();
    this.waits = atEnd;
    this.plan = plan;
    this.window = (WindowPlan) plan.body();
    this.partial = new PartialWindow(window);
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    WindowReach reach = Objects.requireNonNull(WindowReach.of(window));
    this.offsetsBack = reach.offsetsBack();
    this.offsetsAhead = reach.offsetsAhead();
    DeltaPlan input = plan.inputs().get(0);
    List<Type> inputTypes = input.columns().stream().map(OutputColumn::type).toList();
    this.isAsked = asked(window, inputTypes.size());
    List<Type> keyTypes = plan.keys().get(0).stream().map(inputTypes::get).toList();
    KeyedSide.Shape shape =
        new KeyedSide.Shape(
            inputTypes,
            plan.keys().get(0),
            /* keepsRows= */ true,
            /* finds= */ input.changing(),
            /* counts= */ false,
            /* matches= */ false);
    boolean carries = order != null && order.carries();
    this.noted = queryState.memory().child(name + ".lists");
    List<KeyedSide.Shape> shapes = new ArrayList<>(waits ? List.of(shape, shape) : List.of(shape));
    if (carries) {
      shapes.add(CarriedTotals.shape(keyTypes, window, noted));
    }
    this.state = new KeyedState(keyTypes, shapes, queryState.memory().child(name));
    TimeBound bound = plan.bound();
    this.ends =
        bound == null ? null : new KeyEnds(state, keyTypes, bound, queryState.memory().child(name));
    this.rowEnds =
        order == null || !order.ends() && !waits
            ? null
            : new RowEnds(
                state,
                order.ends() ? order.end() : null,
                waits ? order.time() : null,
                queryState.memory().child(name));
    queryState.columns(name + ".rows", ends != null ? ends : rowEnds != null ? rowEnds : state);
    this.heap = new HeapMemory(noted);
    List<SortKey> ties =
        RowKeys.tiesBroken(window.orderKeys(), inputTypes).stream()
            .filter(key -> !plan.keys().get(0).contains(key.column()))
            .toList();
    this.side = new OrderedSide(state, 0, by(), ties, heap);
    this.marks = new WindowMarks(window, noted);
    this.carried = carries ? new CarriedTotals(state, shapes.size() - 1, marks, noted) : null;
    this.parts = new OverParts(window, side, marks, carried, heap);
  }

  private static boolean[] asked(WindowPlan window, int columns) {
    boolean[] asked = new boolean[columns];
    window.orderKeys().forEach(key -> asked[key.column()] = true);
    for (WindowCall call : window.calls()) {
      List<Integer> arguments =
          switch (call) {
            case WindowCall.Aggregate aggregate -> aggregate.arguments();
            case WindowCall.Function function -> function.arguments();
          };
      arguments.forEach(argument -> asked[argument] = true);
    }
    return asked;
  }

  private OrderedSide.By by() {
    if (window.orderKeys().isEmpty()) {
      return new OrderedSide.By(
          plan.keys().get(0),
          0,
          (column, rows, count, to, first, memory) -> Arrays.fill(to, first, first + count, 0));
    }
    SortKey key = window.orderKeys().get(0);
    return new OrderedSide.By(
        plan.keys().get(0),
        key.column(),
        (column, rows, count, to, first, memory) -> {
          try (Column plain = Columns.decode(column, memory)) {
            OrderWords.of(plain, key.descending(), key.nullsFirst(), rows, count, to, first);
          }
        });
  }

  @Override
  void begin(Step step) {
    parts.clear();
    if (numbering != state.numbering()) {
      side.readLists(step.memory());
      marks.clear();
      parts.forget();
      readRows(step.memory());
      if (carried != null) {
        carried.read(step.memory());
      }
      numbering = state.numbering();
    }
  }

  /** Notes what is known of rows but for their order. */
  private void readRows(MemoryScope memory) {
    KeyedRows rows = side.rows();
    int[] part = new int[Batch.MAX_ROWS];
    int[] all = new int[Batch.MAX_ROWS];
    Arrays.setAll(all, i -> i);
    int row = 0;
    while (row < rows.length()) {
      int count = 0;
      for (; row < rows.length() && count < part.length; row++) {
        if (rows.weight(row) != 0) {
          parts.weigh(0, rows.weight(row));
          part[count++] = row;
        }
      }
      int found = count;
      noteOffsets(offset -> rows.take(offset, part, found, memory), all, count);
    }
  }

  /** A column by its number, the caller's to close. */
  private interface ColumnOf {
    Column get(int column);
  }

  private void noteOffsets(ColumnOf columns, int[] rows, int count) {
    for (int offset : offsetsBack) {
      noteOffset(columns, offset, rows, count, false);
    }
    for (int offset : offsetsAhead) {
      noteOffset(columns, offset, rows, count, true);
    }
  }

  private void noteOffset(ColumnOf columns, int offset, int[] rows, int count, boolean ahead) {
    if (offset < 0) {
      parts.offset(1, ahead);
      return;
    }
    try (Column column = columns.get(offset)) {
      FixedColumn offsets = (FixedColumn) column;
      for (int i = 0; i < count; i++) {
        if (!offsets.isNull(rows[i])) {
          parts.offset(offsets.longAt(rows[i]), ahead);
        }
      }
    }
  }

  @Override
  void push(int input, Batch delta, Step step) {
    int[] rows = Worker.rows(delta);
    if (waits) {
      await(delta, rows);
    } else {
      take(delta, rows, step);
    }
  }

  /** Keeps rows that are not final yet. */
  private void await(Batch delta, int[] rows) {
    int count = delta.rowCount();
    int[] keys = new int[count];
    List<Column> keyColumns = plan.keys().get(0).stream().map(delta::column).toList();
    state.keys(keyColumns, rows, count, keys);
    long[] weights = new long[count];
    for (int i = 0; i < count; i++) {
      weights[i] = delta.weightAt(rows[i]);
    }
    state.side(1).add(delta, rows, keys, weights, count, new int[count]);
  }

  /** Takes the rows that are final now: all that come later stand behind them. */
  private void takeFinal(int[] released, Step step) {
    KeyedRows waiting = Objects.requireNonNull(state.side(1).rows());
    int[] part = new int[Batch.MAX_ROWS];
    int filled = 0;
    for (int row : released) {
      for (long n = waiting.weight(row); n > 0; n--) {
        part[filled++] = row;
        if (filled == part.length) {
          takeFinal(waiting, part, filled, step);
          filled = 0;
        }
      }
    }
    takeFinal(waiting, part, filled, step);
    for (int row : released) {
      waiting.setWeight(row, 0);
    }
  }

  private void takeFinal(KeyedRows waiting, int[] rows, int count, Step step) {
    if (count > 0) {
      try (Batch batch = new Batch(count, waiting.take(rows, count, step.memory()))) {
        take(batch, Worker.rows(batch), step);
      }
    }
  }

  private void take(Batch delta, int[] rows, Step step) {
    noteOffsets(
        column -> Columns.decode(delta.column(column), step.memory()), rows, delta.rowCount());
    side.add(delta, rows, delta.rowCount(), step.memory());
  }

  @Override
  void finish(Step step) {
    if (waits && rowEnds != null) {
      takeFinal(rowEnds.take(1, step.watermarkMicros()), step);
    }
    side.settle();
    int ahead = waits && order != null ? order.aheadRows() : 0;
    boolean isOver = step.watermarkMicros() == Long.MAX_VALUE;
    int from = 0;
    while (from < side.touchedCount()) {
      int key = OrderedSide.key(side.touched(from));
      int to = from;
      while (to < side.touchedCount() && OrderedSide.key(side.touched(to)) == key) {
        to++;
      }
      if (ahead > 0) {
        parts.addFinal(key, from, to, ahead, isOver);
      } else {
        parts.add(key, from, to);
      }
      if (parts.was().rowCount() + parts.is().rowCount() > MOST_ROWS) {
        giveParts(step);
      }
      from = to;
    }
    if (ahead > 0 && isOver && step.watermarkBefore() != Long.MAX_VALUE) {
      giveLast(ahead, step);
    }
    giveParts(step);
    side.clean();
    marks.tidy();
    if (ends != null) {
      drop(ends.take(step.watermarkMicros()));
    }
    if (order != null && order.ends() && rowEnds != null) {
      drop(side.lastEnded(rowEnds.take(0, step.watermarkMicros())), order, step.memory());
    }
  }

  /** Removes the rows up to the last that has ended of each key, but for those asked for. */
  private void drop(long[] lastEnded, OrderBound by, MemoryScope memory) {
    int[] gone = new int[lastEnded.length];
    for (int i = 0; i < gone.length; i++) {
      int key = OrderedSide.key(lastEnded[i]);
      gone[i] = Math.max(0, OrderedSide.row(lastEnded[i]) + 1 - by.backRows());
      gone[i] = parts.whole(key, gone[i]);
      if (carried != null) {
        if (gone[i] > 0) {
          parts.addGone(key, gone[i], carried);
        }
        if (parts.is().rowCount() > MOST_ROWS) {
          addUp(memory);
        }
      }
    }
    if (carried != null) {
      addUp(memory);
      carried.keep(memory);
    }
    for (int i = 0; i < gone.length; i++) {
      side.dropFirst(
          OrderedSide.key(lastEnded[i]), gone[i], row -> parts.weigh(side.weight(row), 0));
    }
  }

  /** Computes what the rows that go add up to. */
  private void addUp(MemoryScope memory) {
    if (parts.is().rowCount() > 0) {
      Batch table = table(parts.is().numbers(), memory);
      partial.compute(table, parts.is(), marks.states(), () -> {}, memory).forEach(Column::close);
    }
    parts.clear();
  }

  /** Gives out what waits for rows that will not come, of the partitions without new rows. */
  private void giveLast(int ahead, Step step) {
    boolean[] touched = new boolean[state.keyCount()];
    for (int i = 0; i < side.touchedCount(); i++) {
      touched[OrderedSide.key(side.touched(i))] = true;
    }
    for (int key = 0; key < touched.length; key++) {
      if (!touched[key]) {
        parts.addLast(key, ahead);
        if (parts.is().rowCount() > MOST_ROWS) {
          giveParts(step);
        }
      }
    }
  }

  /** Removes partitions that have ended. */
  private void drop(int[] ended) {
    for (int key : ended) {
      for (int place = 0; place < side.lists().length(key); place++) {
        parts.weigh(side.weight(side.lists().row(key, place)), 0);
      }
      side.lists().clear(key);
      marks.clear(key);
    }
    state.drop(ended);
  }

  private void giveParts(Step step) {
    List<Batch> changes = new ArrayList<>();
    try {
      compute(parts.was(), -1, changes, step.memory());
      compute(parts.is(), 1, changes, step.memory());
      parts.clear();
      if (!changes.isEmpty()) {
        emitAll(Consolidation.of(changes, types, step.memory()), step);
      }
    } finally {
      changes.forEach(Batch::close);
    }
  }

  /** Computes the rows that are wanted of some parts. */
  private void compute(WindowParts of, long weight, List<Batch> changes, MemoryScope memory) {
    if (of.rowCount() == 0) {
      return;
    }
    int[] numbers = of.numbers();
    List<Column> results =
        partial.compute(table(numbers, memory), of, marks.states(), () -> {}, memory);
    try {
      int[] rows = new int[Batch.MAX_ROWS];
      int[] places = new int[Batch.MAX_ROWS];
      for (int from = 0; from < of.wantedCount(); from += Batch.MAX_ROWS) {
        int count = Math.min(Batch.MAX_ROWS, of.wantedCount() - from);
        for (int i = 0; i < count; i++) {
          places[i] = of.wanted(from + i);
          rows[i] = numbers[places[i]];
        }
        changes.add(changed(rows, places, count, results, weight, memory));
      }
    } finally {
      results.forEach(Column::close);
    }
  }

  /** The rows that are computed, without the columns that nobody asks for. */
  private Batch table(int[] numbers, MemoryScope memory) {
    List<Column> columns = new ArrayList<>();
    try {
      for (int i = 0; i < isAsked.length; i++) {
        columns.add(
            isAsked[i]
                ? side.rows().take(i, numbers, numbers.length, memory)
                : Columns.nulls(Type.BOOLEAN, numbers.length, memory));
      }
      return new Batch(numbers.length, columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  private Batch changed(
      int[] rows, int[] places, int count, List<Column> results, long weight, MemoryScope memory) {
    List<Column> columns = new ArrayList<>(side.rows().take(rows, count, memory));
    try {
      for (Column result : results) {
        columns.add(Columns.take(result, places, 0, count, memory));
      }
      return new Batch(
          count,
          columns,
          null,
          weight == 1 ? null : (FixedColumn) Columns.constant(Type.BIGINT, weight, count, memory));
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  /** Gives back what a step that failed may have left. */
  @Override
  void close() {
    marks.close();
    if (carried != null) {
      carried.close();
    }
    heap.close();
    noted.close();
  }

  @Override
  void giveTaken(int input, Output to, Step step) {
    WholeRows.give(side.rows(), plan.inputs().get(0).changing(), to, step);
  }
}
