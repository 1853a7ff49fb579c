package dev.tidemill.streaming.pipeline;

import dev.tidemill.exec.CompiledPlan;
import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.exec.pipeline.Worker;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.SessionBound;
import dev.tidemill.plan.delta.TimeBound;
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
 * A batch plan over the partitions that a step touches: its result over what was there is taken
 * back, that over what is there now given out; where only final rows are wanted, the result of a
 * partition when it ends.
 *
 * <p>What is taken back is computed once more, or, of an aggregate, kept: its result is small, and
 * may depend on the order of the rows (sums of floating point, ANY_VALUE), which is another after a
 * restart.
 *
 * <p>State: the rows of each input by partition, or those of the result where no others can come up
 * again; the results of an aggregate; when partitions end.
 */
final class PartitionOperator extends DeltaOperator {
  private final DeltaPartitionPlan plan;
  private final boolean atEnd;
  private final CompiledPlan body;
  private final List<Type> types;
  private final KeyedState state;

  /** The side of the state that has the results, or -1. */
  private final int results;

  private final @Nullable KeyEnds ends;
  private final @Nullable RowEnds rowEnds;
  private final @Nullable SessionTimes sessions;
  private int[] touched = new int[16];
  private int touchedCount;

  /**
   * @param atEnd whether rows are given out when their partition ends
   */
  PartitionOperator(
      String name, DeltaPartitionPlan plan, boolean atEnd, QueryState queryState, Output output) {
    super(name, output);
    this.plan = plan;
    this.atEnd = atEnd;
    this.body = CompiledPlan.compile(plan.body());
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    List<KeyedSide.Shape> shapes = new ArrayList<>();
    for (int i = 0; i < plan.inputs().size(); i++) {
      DeltaPlan input = plan.inputs().get(i);
      shapes.add(
          new KeyedSide.Shape(
              input.columns().stream().map(OutputColumn::type).toList(),
              plan.keys().get(i),
              /* keepsRows= */ true,
              /* finds= */ input.changing(),
              /* counts= */ false,
              /* matches= */ false));
    }
    boolean keepsResults = !atEnd && plan.body() instanceof AggregatePlan;
    this.results = keepsResults ? shapes.size() : -1;
    if (keepsResults) {
      shapes.add(
          new KeyedSide.Shape(
              types,
              IntStream.range(0, plan.keys().get(0).size()).boxed().toList(),
              /* keepsRows= */ true,
              /* finds= */ true,
              /* counts= */ false,
              /* matches= */ false));
    }
    List<Type> keyTypes = plan.keys().get(0).stream().map(shapes.get(0).types()::get).toList();
    this.state = new KeyedState(keyTypes, shapes, queryState.memory().child(name));
    TimeBound bound = plan.bound();
    this.ends =
        bound == null ? null : new KeyEnds(state, keyTypes, bound, queryState.memory().child(name));
    SessionBound sessionBound = plan.sessions();
    this.rowEnds =
        sessionBound == null
            ? null
            : new RowEnds(state, sessionBound.ofLast(), null, queryState.memory().child(name));
    this.sessions =
        sessionBound == null
            ? null
            : new SessionTimes(
                sessionBound,
                EventTimes.perSecond(shapes.get(0).types().get(sessionBound.timeColumn())));
    queryState.columns(name + ".rows", ends != null ? ends : rowEnds != null ? rowEnds : state);
  }

  @Override
  void begin(Step step) {
    state.forgetFirst(touched, touchedCount);
    touchedCount = 0;
    if (step.isFirst() && plan.keys().get(0).isEmpty()) {
      int[] only = new int[1];
      state.keys(List.of(), new int[1], 1, only);
      touch(only, 1);
    }
  }

  @Override
  void push(int input, Batch delta, Step step) {
    int[] keys = add(input, plan.keys().get(input), delta);
    touch(keys, keys.length);
  }

  /** Adds the rows of a delta to those of a side; their keys. */
  private int[] add(int side, List<Integer> keysOfSide, Batch delta) {
    int count = delta.rowCount();
    int[] rows = Worker.rows(delta);
    int[] keys = new int[count];
    List<Column> keyColumns = new ArrayList<>();
    for (int key : keysOfSide) {
      keyColumns.add(delta.column(key));
    }
    state.keys(keyColumns, rows, count, keys);
    long[] weights = new long[count];
    for (int i = 0; i < count; i++) {
      weights[i] = delta.weightAt(rows[i]);
    }
    state.side(side).add(delta, rows, keys, weights, count, new int[count]);
    return keys;
  }

  private void touch(int[] keys, int count) {
    for (int i = 0; i < count; i++) {
      if (state.isFirst(keys[i])) {
        if (touchedCount == touched.length) {
          touched = Arrays.copyOf(touched, touchedCount * 2);
        }
        touched[touchedCount++] = keys[i];
      }
    }
  }

  private KeyedRows rows(int side) {
    return Objects.requireNonNull(state.side(side).rows());
  }

  @Override
  void finish(Step step) {
    if (touchedCount > 0 && (!atEnd || plan.keepsResultOnly())) {
      changePartitions(step);
    }
    state.forgetFirst(touched, touchedCount);
    touchedCount = 0;
    if (ends != null) {
      int[] ended = ends.take(step.watermarkMicros());
      if (atEnd && ended.length > 0) {
        try (Rows last = rowsOf(ended, ended.length, false, step.memory())) {
          emitAll(step.run(body, last.batches), step);
        }
      }
      state.drop(ended);
    }
    if (rowEnds != null && sessions != null) {
      endSessions(rowEnds.take(0, step.watermarkMicros()), sessions, step);
    }
  }

  /**
   * Drops the rows of sessions that have ended.
   *
   * @param ended rows that have, of which one is the last of its session
   */
  private void endSessions(int[] ended, SessionTimes times, Step step) {
    if (ended.length == 0) {
      return;
    }
    KeyedRows rows = rows(0);
    int[] keys = Arrays.stream(ended).map(rows::key).distinct().toArray();
    int[] over = times.ended(rows, keys, step.watermarkMicros(), step.memory());
    if (atEnd) {
      List<Batch> last = new ArrayList<>();
      try {
        PartitionRows.gather(rows, over, PartitionRows.weights(rows, over), last, step.memory());
        emitAll(step.run(body, List.of(last)), step);
      } finally {
        last.forEach(Batch::close);
      }
    }
    for (int row : over) {
      rows.setWeight(row, 0);
    }
  }

  private void changePartitions(Step step) {
    List<Batch> changes = new ArrayList<>();
    try {
      for (Batch batch : before(step)) {
        try (batch) {
          changes.add(PartitionRows.removed(batch, step.memory()));
        }
      }
      List<Batch> now;
      try (Rows rows = rowsOf(touched, touchedCount, false, step.memory())) {
        now = step.run(body, rows.batches);
      }
      changes.addAll(now);
      if (plan.keepsResultOnly()) {
        try (HeapMemory heap = new HeapMemory(step.memory())) {
          heap.reserve(rows(0).length());
          keepOnly(now);
        }
      }
      if (!atEnd) {
        List<Batch> differences = Consolidation.of(changes, types, step.memory());
        if (results >= 0) {
          keep(differences);
        }
        emitAll(differences, step);
      }
    } finally {
      changes.forEach(Batch::close);
    }
  }

  /** The result of the touched partitions before the step, as it was given out. */
  private List<Batch> before(Step step) {
    if (atEnd || step.isFirst()) {
      return List.of();
    }
    if (results >= 0) {
      List<Batch> kept = new ArrayList<>();
      PartitionRows.gather(rows(results), touched, touchedCount, true, kept, step.memory());
      return kept;
    }
    try (Rows rows = rowsOf(touched, touchedCount, true, step.memory())) {
      return rows.count > 0 || plan.keys().get(0).isEmpty()
          ? step.run(body, rows.batches)
          : List.of();
    }
  }

  private void keep(List<Batch> differences) {
    List<Integer> keys = state.side(results).shape().keys();
    try {
      differences.forEach(delta -> add(results, keys, delta));
    } catch (Throwable t) {
      differences.forEach(Batch::close);
      throw t;
    }
  }

  /** Rows of some partitions, by input, without weights: one of weight n stands there n times. */
  private static final class Rows implements AutoCloseable {
    final List<List<Batch>> batches = new ArrayList<>();
    long count;

    @Override
    public void close() {
      batches.forEach(input -> input.forEach(Batch::close));
    }
  }

  /** The rows of partitions as they are, or were before the step. */
  private Rows rowsOf(int[] partitions, int count, boolean before, MemoryScope memory) {
    Rows all = new Rows();
    try {
      for (int i = 0; i < plan.inputs().size(); i++) {
        List<Batch> batches = new ArrayList<>();
        all.batches.add(batches);
        all.count += PartitionRows.gather(rows(i), partitions, count, before, batches, memory);
      }
      return all;
    } catch (Throwable t) {
      all.close();
      throw t;
    }
  }

  /** Forgets those rows of the touched partitions that are not in the result. */
  private void keepOnly(List<Batch> result) {
    KeyedRows rows = rows(0);
    boolean[] kept = new boolean[rows.length()];
    for (Batch batch : result) {
      int count = batch.rowCount();
      int[] numbers = new int[count];
      List<Column> keyColumns = new ArrayList<>();
      plan.keys().get(0).forEach(key -> keyColumns.add(batch.column(key)));
      state.find(keyColumns, Worker.rows(batch), count, numbers);
      rows.markThere(batch, Worker.rows(batch), numbers, count, kept);
    }
    for (int i = 0; i < touchedCount; i++) {
      for (int row = rows.first(touched[i]); row >= 0; row = rows.next(row)) {
        if (rows.weight(row) != 0 && !kept[row]) {
          rows.setWeight(row, 0);
        }
      }
    }
  }

  @Override
  void giveTaken(int input, Output to, Step step) {
    WholeRows.give(rows(input), plan.inputs().get(input).changing(), to, step);
  }

  /** Gives back what a step that failed may have left. */
  @Override
  void close() {
    touchedCount = 0;
  }
}
