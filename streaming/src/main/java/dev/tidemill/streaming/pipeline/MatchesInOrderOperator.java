package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.CompiledPlan;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.RowsPerMatch;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.OrderBound;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.streaming.rows.KeyedRows;
import dev.tidemill.streaming.rows.KeyedSide;
import dev.tidemill.streaming.rows.KeyedState;
import dev.tidemill.streaming.state.QueryState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * MATCH_RECOGNIZE in the order of a time that the watermark bounds. Rows behind the watermark are
 * the first of their partition for good, so a match among them that no row behind them can change
 * is decided; where only final rows are wanted, it is given out then. Of rows whose matches are
 * decided no more are kept than later ones look back at, unless matches are counted.
 *
 * <pre>
 *   a b+ c     a b b c x a b     |  b c      watermark |
 *                        a b                 kept behind it: what the next match may begin with
 * </pre>
 *
 * <p>Where the last row of a match has to be WITHIN a time of the first one, no row to come is in a
 * match that begins so long before the watermark: it is decided without one.
 *
 * <p>Where all rows are wanted, matches of the rows that are kept are taken back and given out anew
 * in the partitions that a step touches.
 *
 * <p>State: by partition the rows behind the watermark, with a flag that a match may begin with
 * them, and those that are not yet.
 */
final class MatchesInOrderOperator extends DeltaOperator {
  private static final int FINAL = 0;
  private static final int WAITING = 1;

  private final DeltaPartitionPlan plan;
  private final boolean finalOnly;

  /** Whether rows go whose matches are decided. */
  private final boolean drops;

  private final List<Type> types;
  private final CompiledPlan all;
  private final CompiledPlan decided;
  private final CompiledPlan undecided;
  private final KeyedState state;

  /** When no row to come can be in a match that begins with a row, or null where one always can. */
  private final @Nullable TimeBound closing;

  private final long timesPerSecond;
  private final RowEnds ends;
  private int[] touched = new int[16];
  private int touchedCount;

  /**
   * @param finalOnly whether only final rows are wanted
   */
  MatchesInOrderOperator(
      String name,
      DeltaPartitionPlan plan,
      boolean finalOnly,
      QueryState queryState,
      Output output) {
    super(name, output);
    this.plan = plan;
    this.finalOnly = finalOnly;
    MatchPlan match = (MatchPlan) plan.body();
    OrderBound order = Objects.requireNonNull(plan.order());
    this.drops = match.startsAnew();
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    this.all = CompiledPlan.compile(body(match, MatchPlan.Giving.ALL));
    this.decided = CompiledPlan.compile(body(match, MatchPlan.Giving.DECIDED));
    this.undecided = CompiledPlan.compile(body(match, MatchPlan.Giving.UNDECIDED));
    List<Type> rowTypes = plan.inputs().get(0).columns().stream().map(OutputColumn::type).toList();
    List<Type> flagged = new ArrayList<>(rowTypes);
    flagged.add(Type.INTEGER);
    List<Integer> keys = plan.keys().get(0);
    List<Type> keyTypes = keys.stream().map(rowTypes::get).toList();
    this.state =
        new KeyedState(
            keyTypes,
            List.of(shape(flagged, keys), shape(rowTypes, keys)),
            queryState.memory().child(name));
    TimeBound time = order.time();
    this.closing =
        match.withinMillis() == null
            ? null
            : new TimeBound(time.column(), time.plusMillis() + match.withinMillis());
    this.timesPerSecond = EventTimes.perSecond(rowTypes.get(time.column()));
    this.ends = new RowEnds(state, closing, time, queryState.memory().child(name));
    queryState.columns(name + ".rows", ends);
  }

  private static KeyedSide.Shape shape(List<Type> types, List<Integer> keys) {
    return new KeyedSide.Shape(
        types,
        keys,
        /* keepsRows= */ true,
        /* finds= */ false,
        /* counts= */ false,
        /* matches= */ false);
  }

  /** The pattern over rows with a flag behind them, which is not in the result. */
  static BatchPlan body(MatchPlan match, MatchPlan.Giving giving) {
    List<OutputColumn> plain = match.input().columns();
    List<OutputColumn> input = new ArrayList<>(plain);
    input.add(new OutputColumn("pending", Type.INTEGER, false));
    boolean rest = giving == MatchPlan.Giving.UNDECIDED;
    boolean one = match.rows() == RowsPerMatch.ONE;
    List<OutputColumn> measures =
        match
            .columns()
            .subList(match.columns().size() - match.measures().size(), match.columns().size());
    List<OutputColumn> columns = new ArrayList<>(input);
    if (!rest) {
      columns.clear();
      columns.addAll(one ? match.columns().subList(0, match.partitionKeys().size()) : input);
      columns.addAll(measures);
    }
    MatchPlan open =
        new MatchPlan(
            new InputPlan(0, input),
            match.partitionKeys(),
            match.orderKeys(),
            match.variables(),
            match.pattern(),
            match.conditions(),
            match.skip(),
            rest ? RowsPerMatch.ALL : match.rows(),
            match.values(),
            rest ? List.of() : match.measures(),
            columns,
            match.withinMillis(),
            new MatchPlan.Open(giving, plain.size()));
    if (rest || one) {
      return open;
    }
    List<Expression> expressions = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (i != plain.size()) {
        expressions.add(new ColumnReference(i, columns.get(i).type()));
      }
    }
    return new ProjectPlan(open, expressions, match.columns());
  }

  @Override
  void begin(Step step) {
    state.forgetFirst(touched, touchedCount);
    touchedCount = 0;
  }

  @Override
  void push(int input, Batch delta, Step step) {
    int[] rows = Worker.rows(delta);
    int count = delta.rowCount();
    long[] weights = new long[count];
    for (int i = 0; i < count; i++) {
      weights[i] = delta.weightAt(rows[i]);
    }
    int[] keys = add(WAITING, delta, rows, weights, count);
    for (int key : keys) {
      if (state.isFirst(key)) {
        if (touchedCount == touched.length) {
          touched = Arrays.copyOf(touched, touchedCount * 2);
        }
        touched[touchedCount++] = key;
      }
    }
  }

  /** Adds rows to a side; their keys. */
  private int[] add(int side, Batch batch, int[] rows, long[] weights, int count) {
    int[] keys = new int[count];
    List<Column> keyColumns = plan.keys().get(0).stream().map(batch::column).toList();
    state.keys(keyColumns, rows, count, keys);
    state.side(side).add(batch, rows, keys, weights, count, new int[count]);
    return keys;
  }

  private KeyedRows rows(int side) {
    return Objects.requireNonNull(state.side(side).rows());
  }

  @Override
  void finish(Step step) {
    if (!finalOnly && touchedCount > 0) {
      int[] changed = Arrays.copyOf(touched, touchedCount);
      emitDifference(changed, all, all, true, step);
    }
    state.forgetFirst(touched, touchedCount);
    touchedCount = 0;
    boolean isOver = step.watermarkMicros() == Long.MAX_VALUE;
    boolean wasOver = step.watermarkBefore() == Long.MAX_VALUE;
    int[] keys = withClosed(settle(isOver, step), step);
    if (isOver && !wasOver) {
      keys = IntStream.range(0, state.keyCount()).toArray();
    }
    if (keys.length == 0) {
      return;
    }
    if (finalOnly) {
      emitDifference(keys, drops || wasOver ? null : decided, isOver ? all : decided, false, step);
    }
    if (drops) {
      keepUndecided(keys, isOver, step);
    }
  }

  /** Notes which rows are behind the watermark now; the partitions of these. */
  private int[] settle(boolean isOver, Step step) {
    KeyedRows waiting = rows(WAITING);
    int time = Objects.requireNonNull(plan.order()).time().column();
    int[] ended = ends.take(1, step.watermarkMicros());
    if (isOver) {
      // Rows without a time, too.
      ended =
          IntStream.range(0, waiting.length()).filter(row -> waiting.weight(row) != 0).toArray();
    } else if (ended.length > 0) {
      ended = withTime(waiting, ended, time, step.memory());
    }
    if (ended.length == 0) {
      return ended;
    }
    int[] keys = Arrays.stream(ended).map(waiting::key).distinct().toArray();
    List<Batch> settled = new ArrayList<>();
    try {
      PartitionRows.gather(
          waiting, ended, PartitionRows.weights(waiting, ended), settled, step.memory());
      for (Batch batch : settled) {
        try (Batch flagged = flagged(batch, step.memory())) {
          addOnce(flagged);
        }
      }
    } finally {
      settled.forEach(Batch::close);
    }
    for (int row : ended) {
      waiting.setWeight(row, 0);
    }
    return keys;
  }

  /** The partitions, and those in which the watermark passes the last that a match may have. */
  private int[] withClosed(int[] keys, Step step) {
    int[] rows = closing == null ? new int[0] : ends.take(0, step.watermarkMicros());
    if (closing == null || rows.length == 0) {
      return keys;
    }
    // Rows that were closed before are there for others, or for rows behind them.
    KeyedRows settled = rows(FINAL);
    try (Column times = settled.take(closing.column(), rows, rows.length, step.memory())) {
      IntStream closed =
          IntStream.range(0, rows.length)
              .filter(i -> !isClosed(times, i, step.watermarkBefore()))
              .map(i -> settled.key(rows[i]));
      return IntStream.concat(Arrays.stream(keys), closed).distinct().toArray();
    }
  }

  private boolean isClosed(Column times, int row, long watermarkMicros) {
    return closing != null
        && !times.isNull(row)
        && EventTimes.plusMillis(
                EventTimes.microsCeil(((FixedColumn) times).longAt(row), timesPerSecond),
                closing.plusMillis())
            <= watermarkMicros;
  }

  /** The rows with those flagged that are closed by a watermark. */
  private Batch closed(Batch rows, long watermarkMicros, MemoryScope memory) {
    TimeBound bound = Objects.requireNonNull(closing);
    int flag = rows.columnCount() - 1;
    List<Column> columns = new ArrayList<>();
    try (Column times = Columns.decode(rows.column(bound.column()), memory);
        Column flags = Columns.decode(rows.column(flag), memory);
        ColumnBuilder builder = ColumnBuilder.of(Type.INTEGER, memory, rows.length())) {
      for (int i = 0; i < rows.length(); i++) {
        long known = ((FixedColumn) flags).longAt(i);
        boolean closes = known == MatchPlan.Open.PENDING && isClosed(times, i, watermarkMicros);
        builder.appendLong(closes ? MatchPlan.Open.CLOSED : known);
      }
      for (int i = 0; i < flag; i++) {
        columns.add(rows.column(i).retain());
      }
      columns.add(builder.build());
      return new Batch(rows.length(), columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  private static int[] withTime(KeyedRows rows, int[] numbers, int column, MemoryScope memory) {
    try (Column times = rows.take(column, numbers, numbers.length, memory)) {
      return IntStream.range(0, numbers.length)
          .filter(i -> !times.isNull(i))
          .map(i -> numbers[i])
          .toArray();
    }
  }

  /** The rows with a flag behind them: matches may begin with them. */
  private static Batch flagged(Batch batch, MemoryScope memory) {
    List<Column> columns = new ArrayList<>();
    try {
      for (int i = 0; i < batch.columnCount(); i++) {
        columns.add(batch.column(i).retain());
      }
      columns.add(Columns.constant(Type.INTEGER, 1, batch.length(), memory));
      return new Batch(batch.length(), columns);
    } catch (Throwable t) {
      columns.forEach(Column::close);
      throw t;
    }
  }

  private void addOnce(Batch batch) {
    int count = batch.rowCount();
    long[] weights = new long[count];
    Arrays.fill(weights, 1);
    add(FINAL, batch, Worker.rows(batch), weights, count);
  }

  /**
   * Gives out what changes in the result of partitions.
   *
   * @param before over the rows as they were before the step, or null for nothing
   * @param withWaiting whether rows that are not behind the watermark count
   */
  private void emitDifference(
      int[] keys, @Nullable CompiledPlan before, CompiledPlan now, boolean withWaiting, Step step) {
    List<Batch> changes = new ArrayList<>();
    try {
      if (before != null && !step.isFirst()) {
        for (Batch batch : run(before, keys, true, withWaiting, step)) {
          try (batch) {
            changes.add(PartitionRows.removed(batch, step.memory()));
          }
        }
      }
      changes.addAll(run(now, keys, false, withWaiting, step));
      emitAll(Consolidation.of(changes, types, step.memory()), step);
    } finally {
      changes.forEach(Batch::close);
    }
  }

  private List<Batch> run(
      CompiledPlan body, int[] keys, boolean before, boolean withWaiting, Step step) {
    MemoryScope memory = step.memory();
    List<Batch> batches = new ArrayList<>();
    try {
      PartitionRows.gather(rows(FINAL), keys, keys.length, before, batches, memory);
      long watermark = before ? step.watermarkBefore() : step.watermarkMicros();
      if (!withWaiting) {
        for (int i = 0; closing != null && i < batches.size(); i++) {
          Batch rows = batches.get(i);
          batches.set(i, closed(rows, watermark, memory));
          rows.close();
        }
      } else {
        List<Batch> waiting = new ArrayList<>();
        try {
          PartitionRows.gather(rows(WAITING), keys, keys.length, before, waiting, memory);
          for (Batch batch : waiting) {
            batches.add(flagged(batch, memory));
          }
        } finally {
          waiting.forEach(Batch::close);
        }
      }
      return batches.isEmpty() ? List.of() : step.run(body, List.of(batches));
    } finally {
      batches.forEach(Batch::close);
    }
  }

  /** Keeps of the rows behind the watermark those that matches to come may have. */
  private void keepUndecided(int[] keys, boolean isOver, Step step) {
    List<Batch> rest = isOver ? List.of() : run(undecided, keys, false, false, step);
    try {
      KeyedRows kept = rows(FINAL);
      for (int key : keys) {
        for (int row = kept.first(key); row >= 0; row = kept.next(row)) {
          kept.setWeight(row, 0);
        }
      }
      rest.forEach(this::addOnce);
    } finally {
      rest.forEach(Batch::close);
    }
  }
}
