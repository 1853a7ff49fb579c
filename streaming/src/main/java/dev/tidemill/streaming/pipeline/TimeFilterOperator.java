package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.expression.CompiledExpression;
import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.expression.ExpressionCompiler;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.TimeFilterPlan;
import dev.tidemill.plan.delta.TimeFilterPlan.Condition;
import dev.tidemill.plan.delta.TimeFilterPlan.Relation;
import dev.tidemill.streaming.rows.KeyedRows;
import dev.tidemill.streaming.rows.KeyedSide;
import dev.tidemill.streaming.rows.KeyedState;
import dev.tidemill.streaming.state.QueryState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A filter by the clock. In each step, before anything that comes is looked at, the rows that are
 * kept move on to its time:
 *
 * <pre>
 *   now           10:00        10:30        11:00
 *   ts 10:20      waits        is there     is there      ts &lt;= now AND ts &gt; now - 30 min
 *   ts  9:50      is there     is there?    gone: forgotten
 * </pre>
 *
 * <p>A row that is not there any more never comes back, since the clock never goes back. State: the
 * rows that may still come in or go out, each with whether it is there.
 */
final class TimeFilterOperator extends DeltaOperator {
  /** Between these the times are sought at which a row comes in or goes out. */
  private static final long FIRST_MICROS =
      Instant.parse("1900-01-01T00:00:00Z").getEpochSecond() * 1_000_000;

  private static final long LAST_MICROS =
      Instant.parse("2250-01-01T00:00:00Z").getEpochSecond() * 1_000_000;

  private final List<Test> tests = new ArrayList<>();
  private final KeyedState state;
  private final MemoryScope memory;

  /** Is charged with the order of the rows. */
  private final MemoryScope noted;

  private boolean hasMoved;

  /** When the first row comes in or goes out; null where that is to be found out. */
  private @Nullable Long due;

  /** A condition, and the rows in the order of their times. */
  private final class Test {
    private final Relation relation;
    private final CompiledExpression time;
    private final CompiledExpression clock;
    private final OrderedIds order = new OrderedIds(noted);

    Test(Condition condition, List<Type> types) {
      relation = condition.relation();
      time = ExpressionCompiler.compile(condition.time(), types);
      clock = ExpressionCompiler.compile(condition.clock(), List.of());
    }

    /** What the clock shows. */
    long clockAt(long micros) {
      Instant at =
          Instant.ofEpochSecond(
              Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
      try (Batch none = new Batch(1, List.of());
          Column shown = clock.evaluate(none, context(at));
          Column plain = Columns.decode(shown, memory)) {
        return ((FixedColumn) plain).longAt(0);
      }
    }

    /** Whether it is true of a time by what the clock shows. */
    boolean isTrue(long at, long shown) {
      return switch (relation) {
        case BEFORE -> at < shown;
        case NOT_AFTER -> at <= shown;
        case AFTER -> at > shown;
        case NOT_BEFORE -> at >= shown;
      };
    }

    /** Whether rows of the time that the clock shows have been passed, too. */
    boolean takesEqual() {
      return relation == Relation.AFTER || relation == Relation.NOT_AFTER;
    }

    /** When the clock first passes the first of the rows. */
    long dueMicros() {
      long first = order.first(Long.MAX_VALUE);
      if (first == Long.MAX_VALUE || !hasPassed(first, LAST_MICROS)) {
        return Long.MAX_VALUE;
      }
      long before = FIRST_MICROS;
      long behind = LAST_MICROS;
      while (behind - before > 1) {
        long middle = before + (behind - before) / 2;
        if (hasPassed(first, middle)) {
          behind = middle;
        } else {
          before = middle;
        }
      }
      return behind;
    }

    private boolean hasPassed(long at, long micros) {
      long shown = clockAt(micros);
      return takesEqual() ? at <= shown : at < shown;
    }
  }

  /** The rows as state; their order follows from them. */
  private final class OrderedRows extends StateBeside {
    OrderedRows() {
      super(state);
    }

    @Override
    public void commit() {
      tests.forEach(test -> test.order.commit());
      state.commit();
    }

    @Override
    public void rollback() {
      state.rollback();
      tests.forEach(test -> test.order.rollback());
      due = null;
    }

    @Override
    public void restored() {
      state.restored();
      KeyedRows kept = TimeFilterOperator.this.rows();
      int count = kept.length();
      for (int from = 0; from < count; from += Batch.MAX_ROWS) {
        int[] numbers = new int[Math.min(Batch.MAX_ROWS, count - from)];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = from + i;
        }
        try (Batch part = new Batch(numbers.length, kept.take(numbers, numbers.length, memory))) {
          addToOrder(part, Worker.rows(part), numbers, numbers.length);
        }
      }
      tests.forEach(test -> test.order.commit());
    }

    @Override
    public long bytes() {
      return state.bytes() + noted.used() + noted.onDisk();
    }

    @Override
    public void close() {
      tests.forEach(test -> test.order.close());
      noted.close();
      state.close();
    }
  }

  TimeFilterOperator(String name, TimeFilterPlan plan, QueryState queryState, Output output) {
    super(name, output);
    List<Type> types = plan.columns().stream().map(OutputColumn::type).toList();
    this.memory = queryState.memory();
    this.noted = memory.child(name);
    plan.conditions().forEach(condition -> tests.add(new Test(condition, types)));
    KeyedSide.Shape shape =
        new KeyedSide.Shape(
            types,
            List.of(),
            /* keepsRows= */ true,
            /* finds= */ plan.input().changing(),
            /* counts= */ false,
            /* matches= */ true);
    this.state = new KeyedState(List.of(), List.of(shape), memory.child(name));
    state
        .side(0)
        .onRenumbering((live, count) -> tests.forEach(test -> test.order.renumber(live, count)));
    queryState.columns(name + ".rows", new OrderedRows());
  }

  private KeyedRows rows() {
    return Objects.requireNonNull(state.side(0).rows());
  }

  private EvaluationContext context(Instant at) {
    return new EvaluationContext(memory, at, List.of(), RandomGenerator.getDefault());
  }

  @Override
  void begin(Step step) {
    hasMoved = false;
  }

  /** The rows that are kept move on to the time of the step. */
  private void moveOn(Step step) {
    if (hasMoved) {
      return;
    }
    hasMoved = true;
    due = null;
    boolean[] seen = new boolean[rows().length()];
    int[] found = new int[16];
    int count = 0;
    for (Test test : tests) {
      long shown = test.clockAt(step.timeMicros());
      for (int row : test.order.take(shown, test.takesEqual(), row -> rows().weight(row) != 0)) {
        if (!seen[row]) {
          seen[row] = true;
          if (count == found.length) {
            found = Arrays.copyOf(found, count * 2);
          }
          found[count++] = row;
        }
      }
    }
    for (int from = 0; from < count; from += Batch.MAX_ROWS) {
      move(Arrays.copyOfRange(found, from, Math.min(count, from + Batch.MAX_ROWS)), step);
    }
  }

  /** Gives out how rows stand now, where they stood otherwise, and forgets those that have gone. */
  private void move(int[] moved, Step step) {
    KeyedRows rows = rows();
    KeyedSide side = state.side(0);
    try (Batch batch = new Batch(moved.length, rows.take(moved, moved.length, step.memory()))) {
      Standing standing = standing(batch, step);
      int[] changed = new int[moved.length];
      long[] weights = new long[moved.length];
      int count = 0;
      for (int i = 0; i < moved.length; i++) {
        int row = moved[i];
        boolean was = side.matches(row) != 0;
        if (was != standing.there[i]) {
          long weight = rows.weight(row);
          changed[count] = i;
          weights[count++] = was ? -weight : weight;
          side.setMatches(row, standing.there[i] ? 1 : 0);
        }
        if (standing.gone[i] || standing.there[i] && !removes()) {
          rows.setWeight(row, 0);
        }
      }
      if (count > 0) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < batch.columnCount(); i++) {
          columns.add(Columns.take(batch.column(i), changed, 0, count, step.memory()));
        }
        try (Batch delta = DeltaWeights.batch(columns, weights, count, step.memory())) {
          emit(delta, step);
        }
      }
    }
  }

  /** By place among a batch's rows that count how they stand. */
  private record Standing(boolean[] there, boolean[] gone) {}

  private Standing standing(Batch batch, Step step) {
    int count = batch.rowCount();
    boolean[] there = new boolean[count];
    boolean[] gone = new boolean[count];
    Arrays.fill(there, true);
    for (Test test : tests) {
      long shown = test.clockAt(step.timeMicros());
      try (Column evaluated = test.time.evaluate(batch, step.evaluation());
          Column plain = Columns.decode(evaluated, step.memory())) {
        FixedColumn times = (FixedColumn) plain;
        for (int i = 0; i < count; i++) {
          int row = batch.row(i);
          boolean isNull = times.isNull(row);
          boolean isTrue = !isNull && test.isTrue(times.longAt(row), shown);
          there[i] &= isTrue;
          gone[i] |= isNull || !isTrue && test.relation.passes();
        }
      }
    }
    return new Standing(there, gone);
  }

  @Override
  void push(int input, Batch delta, Step step) {
    moveOn(step);
    Standing standing = standing(delta, step);
    int count = delta.rowCount();
    int[] there = new int[count];
    int[] kept = new int[count];
    boolean[] isThere = new boolean[count];
    int thereCount = 0;
    int keptCount = 0;
    for (int i = 0; i < count; i++) {
      if (standing.there[i]) {
        there[thereCount++] = delta.row(i);
      }
      if (!standing.gone[i] && (!standing.there[i] || removes())) {
        isThere[keptCount] = standing.there[i];
        kept[keptCount++] = delta.row(i);
      }
    }
    keep(delta, kept, keptCount, isThere);
    if (thereCount > 0) {
      try (Batch passed = delta.select(new Selection(there, thereCount))) {
        emit(passed, step);
      }
    }
  }

  private boolean removes() {
    return tests.stream().anyMatch(test -> test.relation.passes());
  }

  private void keep(Batch delta, int[] kept, int count, boolean[] isThere) {
    if (count == 0) {
      return;
    }
    int[] keys = new int[count];
    state.keys(List.of(), kept, count, keys);
    long[] weights = new long[count];
    for (int i = 0; i < count; i++) {
      weights[i] = delta.weightAt(kept[i]);
    }
    int[] numbers = new int[count];
    int known = rows().length();
    state.side(0).add(delta, kept, keys, weights, count, numbers);
    int[] fresh = new int[count];
    int[] freshNumbers = new int[count];
    int freshCount = 0;
    for (int i = 0; i < count; i++) {
      state.side(0).setMatches(numbers[i], isThere[i] ? 1 : 0);
      if (numbers[i] >= known || weights[i] > 0) {
        fresh[freshCount] = kept[i];
        freshNumbers[freshCount++] = numbers[i];
      }
    }
    due = null;
    addToOrder(delta, fresh, freshNumbers, freshCount);
  }

  /** Adds rows {@code which[i]} of a batch, kept as {@code numbers[i]}. */
  private void addToOrder(Batch batch, int[] which, int[] numbers, int count) {
    for (Test test : tests) {
      try (Column evaluated = test.time.evaluate(batch, context(Instant.EPOCH));
          Column plain = Columns.decode(evaluated, memory)) {
        FixedColumn times = (FixedColumn) plain;
        for (int i = 0; i < count; i++) {
          if (!times.isNull(which[i])) {
            test.order.add(times.longAt(which[i]), numbers[i]);
          }
        }
      }
    }
  }

  @Override
  void finish(Step step) {
    moveOn(step);
  }

  @Override
  long dueMicros() {
    Long known = due;
    if (known == null) {
      known = tests.stream().mapToLong(Test::dueMicros).min().orElse(Long.MAX_VALUE);
      due = known;
    }
    return known;
  }
}
