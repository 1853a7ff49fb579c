package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.expression.CompiledExpression;
import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Flags;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DynamicFilterPlan;
import dev.tidemill.plan.delta.DynamicFilterPlan.Threshold;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.streaming.rows.KeyedRows;
import dev.tidemill.streaming.rows.KeyedSide;
import dev.tidemill.streaming.rows.KeyedState;
import dev.tidemill.streaming.rows.OrderWords;
import dev.tidemill.streaming.rows.WordIndex;
import dev.tidemill.streaming.state.QueryState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A filter by the values of one row. What comes passes by the row as it was before the step; when
 * the step ends, the rows between the thresholds of then and now are looked at, and come or go:
 *
 * <pre>
 *   d(σ(A, r))  =  σ(dA, r before)  +  σ(A, r now) - σ(A, r before)        the latter but between the thresholds nothing
 * </pre>
 *
 * <p>State: the rows, and the one row. Beside them, not written, the numbers of the rows in the
 * order of what is compared; those of rows that are gone stay there until rows are numbered anew.
 */
final class DynamicFilterOperator extends DeltaOperator {
  private final DynamicFilterPlan plan;
  private final KeyedState state;
  private final KeyedState one;
  private final MemoryScope memory;

  /** Is charged with the order of the rows. */
  private final MemoryScope noted;

  private final Predicate condition;

  /** By column of both sides whether the condition looks at it. */
  private final boolean[] isAsked;

  private final List<Bound> bounds = new ArrayList<>();

  /** Rows that a step has looked at, where several thresholds may lead to one. */
  private final Flags seen;

  /** Whether such marks are set, which a step that failed may have left. */
  private boolean isMarking;

  /** The row before the step, or null where there was none. */
  private @Nullable Batch before;

  private boolean rowChanges;

  /** A threshold, and the rows in the order of what is compared with it. */
  private final class Bound {
    private final Threshold threshold;
    private final CompiledExpression value;
    private final CompiledExpression limit;
    private final WordIndex index = new WordIndex(noted);

    Bound(Threshold threshold) {
      this.threshold = threshold;
      this.value = ExpressionCompiler.compile(threshold.value(), types(plan.input()));
      this.limit = ExpressionCompiler.compile(threshold.threshold(), types(plan.row()));
    }

    /** What is compared of some rows of a batch. */
    Values values(Batch batch, int[] which, int count, EvaluationContext context) {
      long[] words = new long[count];
      boolean[] nulls = new boolean[count];
      try (Batch part = batch.select(new Selection(Arrays.copyOf(which, count), count));
          Column evaluated = value.evaluate(part, context);
          Column plain = Columns.decode(evaluated, memory)) {
        OrderWords.of(plain, false, false, which, count, words, 0);
        for (int i = 0; i < count; i++) {
          nulls[i] = plain.isNull(which[i]);
        }
      }
      return new Values(words, nulls);
    }

    /** The word of the threshold, or null where that is NULL or an error, which may not matter. */
    @Nullable Long word(Batch row, EvaluationContext context) {
      try (Column evaluated = limit.evaluate(row, context);
          Column plain = Columns.decode(evaluated, memory)) {
        if (plain.isNull(0)) {
          return null;
        }
        long[] word = new long[1];
        OrderWords.of(plain, false, false, new int[1], 1, word, 0);
        return word[0];
      } catch (TidemillException failed) {
        return null;
      }
    }

    /** What the comparison may have changed for as the threshold went from one word to another. */
    List<WordIndex.Range> between(long from, long to) {
      return switch (threshold.comparison()) {
        case EQUAL, NOT_EQUAL ->
            from == to
                ? List.of(index.range(from, from))
                : List.of(index.range(from, from), index.range(to, to));
        default -> List.of(index.range(Math.min(from, to), Math.max(from, to)));
      };
    }
  }

  /** By place among some rows the words of what is compared; NULLs never pass. */
  private record Values(long[] words, boolean[] nulls) {}

  /**
   * Rows that come, as far as they can be computed.
   *
   * @param values by threshold
   * @param passing those that pass by the row before the step, null for all
   */
  private record Part(Batch rows, List<Values> values, @Nullable Selection passing) {}

  /** The rows as state; their order follows from them. */
  private final class IndexedRows extends StateBeside {
    IndexedRows() {
      super(state);
    }

    @Override
    public void rollback() {
      state.rollback();
      bounds.forEach(bound -> bound.index.truncate(kept().length()));
    }

    @Override
    public void restored() {
      state.restored();
      bounds.forEach(bound -> bound.index.clear());
      KeyedRows kept = kept();
      EvaluationContext context =
          new EvaluationContext(memory, Instant.EPOCH, List.of(), RandomGenerator.getDefault());
      for (int from = 0; from < kept.length(); from += Batch.MAX_ROWS) {
        int count = Math.min(Batch.MAX_ROWS, kept.length() - from);
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
          numbers[i] = from + i;
        }
        try (Batch part = new Batch(count, kept.take(numbers, count, memory))) {
          index(values(part, context), numbers, from);
        }
      }
    }

    @Override
    public long bytes() {
      return state.bytes() + noted.used() + noted.onDisk();
    }

    @Override
    public void close() {
      bounds.forEach(bound -> bound.index.close());
      seen.close();
      noted.close();
      state.close();
    }
  }

  DynamicFilterOperator(String name, DynamicFilterPlan plan, QueryState queryState, Output output) {
    super(name, output);
    this.plan = plan;
    this.memory = queryState.memory();
    this.noted = memory.child(name);
    this.seen = new Flags(noted);
    this.state = rows(plan.input(), memory.child(name));
    this.one = rows(plan.row(), memory.child(name));
    plan.thresholds().forEach(threshold -> bounds.add(new Bound(threshold)));
    List<Type> types = new ArrayList<>(types(plan.input()));
    types.addAll(types(plan.row()));
    this.condition = ExpressionCompiler.compilePredicate(plan.condition(), types);
    this.isAsked = new boolean[types.size()];
    markAsked(plan.condition());
    state
        .side(0)
        .onRenumbering((live, count) -> bounds.forEach(b -> b.index.renumber(live, count)));
    queryState.columns(name + ".rows", new IndexedRows());
    queryState.columns(name + ".row", one);
  }

  private static KeyedState rows(DeltaPlan of, MemoryScope memory) {
    KeyedSide.Shape shape =
        new KeyedSide.Shape(
            types(of),
            List.of(),
            /* keepsRows= */ true,
            /* finds= */ of.changing(),
            /* counts= */ false,
            /* matches= */ false);
    return new KeyedState(List.of(), List.of(shape), memory);
  }

  private static List<Type> types(DeltaPlan plan) {
    return plan.columns().stream().map(OutputColumn::type).toList();
  }

  private void markAsked(Expression expression) {
    if (expression instanceof ColumnReference column) {
      isAsked[column.index()] = true;
    }
    expression.operands().forEach(this::markAsked);
  }

  private KeyedRows kept() {
    return Objects.requireNonNull(state.side(0).rows());
  }

  @Override
  void begin(Step step) {
    close();
    rowChanges = false;
    before = oneRow(step.memory());
  }

  @Override
  void close() {
    if (before != null) {
      before.close();
      before = null;
    }
  }

  /** The one row as it is now, or null. */
  private @Nullable Batch oneRow(MemoryScope of) {
    KeyedRows kept = Objects.requireNonNull(one.side(0).rows());
    for (int row = kept.length() - 1; row >= 0; row--) {
      if (kept.weight(row) > 0) {
        return new Batch(1, kept.take(new int[] {row}, 1, of));
      }
    }
    return null;
  }

  @Override
  void push(int input, Batch delta, Step step) {
    if (input == 1) {
      rowChanges = true;
      keep(one, delta, Worker.rows(delta), new int[delta.rowCount()]);
      return;
    }
    List<Part> parts = new ArrayList<>();
    try {
      evaluate(delta, parts, step);
      parts.forEach(part -> take(part, step));
    } finally {
      parts.forEach(part -> part.rows.close());
    }
  }

  /** Computes what can fail of rows; those of which it does are set aside, where that is asked. */
  private void evaluate(Batch delta, List<Part> to, Step step) {
    try {
      to.add(part(delta, step));
    } catch (TidemillException e) {
      if (!step.aside().takes(e)) {
        throw e;
      }
      step.aside()
          .halve(name(), plan.input().columns(), delta, e, half -> to.add(part(half, step)));
    }
  }

  private Part part(Batch rows, Step step) {
    List<Values> values = values(rows, step.evaluation());
    Batch row = before;
    Selection passing = row == null ? new Selection(new int[0], 0) : passing(rows, row, step);
    return new Part(rows.retain(), values, passing);
  }

  private List<Values> values(Batch rows, EvaluationContext context) {
    List<Values> values = new ArrayList<>();
    for (Bound bound : bounds) {
      values.add(bound.values(rows, Worker.rows(rows), rows.rowCount(), context));
    }
    return values;
  }

  private void take(Part part, Step step) {
    Selection passing = part.passing;
    if (passing == null || passing.count() > 0) {
      try (Batch passed = passing == null ? part.rows.retain() : part.rows.select(passing)) {
        emit(passed, step);
      }
    }
    int known = kept().length();
    int[] numbers = new int[part.rows.rowCount()];
    keep(state, part.rows, Worker.rows(part.rows), numbers);
    index(part.values, numbers, known);
  }

  /** Adds rows with numbers from {@code known} on to the orders, each number once. */
  private void index(List<Values> values, int[] numbers, int known) {
    int end = known;
    for (int number : numbers) {
      end = Math.max(end, number + 1);
    }
    boolean[] added = new boolean[end - known];
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] >= known && !added[numbers[i] - known]) {
        added[numbers[i] - known] = true;
        for (int b = 0; b < values.size(); b++) {
          if (!values.get(b).nulls[i]) {
            bounds.get(b).index.add(values.get(b).words[i], numbers[i]);
          }
        }
      }
    }
  }

  private static void keep(KeyedState in, Batch delta, int[] rows, int[] numbers) {
    int count = delta.rowCount();
    int[] keys = new int[count];
    in.keys(List.of(), rows, count, keys);
    long[] weights = new long[count];
    for (int i = 0; i < count; i++) {
      weights[i] = delta.weightAt(rows[i]);
    }
    in.side(0).add(delta, rows, keys, weights, count, numbers);
  }

  /** The rows of a batch that pass by a row, null for all that stand in it. */
  private @Nullable Selection passing(Batch batch, Batch row, Step step) {
    @Nullable Column[] columns = new @Nullable Column[isAsked.length];
    int own = batch.columnCount();
    for (int i = 0; i < own; i++) {
      columns[i] = isAsked[i] ? batch.column(i) : null;
    }
    return passing(columns, batch.length(), batch.selection(), own, row, step);
  }

  /** The same of columns, to which those of the row are added. */
  private @Nullable Selection passing(
      @Nullable Column[] columns,
      int length,
      @Nullable Selection selection,
      int own,
      Batch row,
      Step step) {
    int[] places = new int[length];
    try {
      for (int i = own; i < columns.length; i++) {
        columns[i] =
            isAsked[i] ? Columns.take(row.column(i - own), places, 0, length, step.memory()) : null;
      }
      return condition.filter(columns, length, selection, step.evaluation());
    } finally {
      for (int i = own; i < columns.length; i++) {
        Column column = columns[i];
        if (column != null) {
          column.close();
          columns[i] = null;
        }
      }
    }
  }

  @Override
  void finish(Step step) {
    if (!rowChanges) {
      return;
    }
    try (Batch now = oneRow(step.memory())) {
      Batch then = before;
      if (then == null || now == null) {
        if (then != now) {
          moveAll(then, now, step);
        }
        return;
      }
      List<WordIndex.Range> ranges = new ArrayList<>();
      for (Bound bound : bounds) {
        Long from = bound.word(then, step.evaluation());
        Long to = bound.word(now, step.evaluation());
        if (from == null || to == null) {
          moveAll(then, now, step);
          return;
        }
        ranges.addAll(bound.between(from, to));
      }
      move(ranges, then, now, step);
    }
  }

  private void moveAll(@Nullable Batch then, @Nullable Batch now, Step step) {
    int[] part = new int[Batch.MAX_ROWS];
    int next = 0;
    while (next < kept().length()) {
      int count = 0;
      for (; next < kept().length() && count < part.length; next++) {
        part[count] = next;
        count += kept().weight(next) != 0 ? 1 : 0;
      }
      move(part, count, then, now, step);
    }
  }

  private void move(List<WordIndex.Range> ranges, Batch then, Batch now, Step step) {
    boolean mayMeet = ranges.size() > 1;
    if (mayMeet) {
      seen.ensure(kept().length());
      if (isMarking) {
        seen.clear(0, seen.length());
      }
      isMarking = true;
    }
    int[] part = new int[Batch.MAX_ROWS];
    for (WordIndex.Range range : ranges) {
      int length = range.next(part);
      while (length > 0) {
        int count = 0;
        for (int i = 0; i < length; i++) {
          int row = part[i];
          if (kept().weight(row) != 0 && !(mayMeet && seen.get(row))) {
            part[count++] = row;
            if (mayMeet) {
              seen.set(row, true);
            }
          }
        }
        move(part, count, then, now, step);
        length = range.next(part);
      }
    }
    if (mayMeet) {
      unmark(ranges);
    }
  }

  /** Takes the marks of the rows of ranges away again. */
  private void unmark(List<WordIndex.Range> ranges) {
    int[] part = new int[Batch.MAX_ROWS];
    for (WordIndex.Range range : ranges) {
      range.rewind();
      for (int length = range.next(part); length > 0; length = range.next(part)) {
        for (int i = 0; i < length; i++) {
          seen.set(part[i], false);
        }
      }
    }
    isMarking = false;
  }

  /** Gives out those of some rows that come or go. */
  private void move(
      int[] numbers, int count, @Nullable Batch then, @Nullable Batch now, Step step) {
    if (count == 0) {
      return;
    }
    KeyedRows rows = kept();
    int own = plan.input().columns().size();
    @Nullable Column[] columns = new @Nullable Column[isAsked.length];
    boolean[] was = new boolean[count];
    boolean[] is = new boolean[count];
    try {
      for (int i = 0; i < own; i++) {
        columns[i] = isAsked[i] ? rows.take(i, numbers, count, step.memory()) : null;
      }
      if (then != null) {
        mark(passing(columns, count, null, own, then, step), was);
      }
      if (now != null) {
        mark(passing(columns, count, null, own, now, step), is);
      }
    } finally {
      for (Column column : columns) {
        if (column != null) {
          column.close();
        }
      }
    }
    int[] moved = new int[count];
    long[] weights = new long[count];
    int length = 0;
    for (int i = 0; i < count; i++) {
      if (was[i] != is[i]) {
        long weight = rows.weight(numbers[i]);
        moved[length] = numbers[i];
        weights[length++] = is[i] ? weight : Math.negateExact(weight);
      }
    }
    if (length > 0) {
      try (Batch delta =
          DeltaWeights.batch(
              rows.take(moved, length, step.memory()), weights, length, step.memory())) {
        emit(delta, step);
      }
    }
  }

  private static void mark(@Nullable Selection passed, boolean[] to) {
    if (passed == null) {
      Arrays.fill(to, true);
      return;
    }
    for (int i = 0; i < passed.count(); i++) {
      to[passed.row(i)] = true;
    }
  }

  @Override
  void giveTaken(int input, Output to, Step step) {
    KeyedState of = input == 0 ? state : one;
    WholeRows.give(
        Objects.requireNonNull(of.side(0).rows()), plan.inputs().get(input).changing(), to, step);
  }
}
