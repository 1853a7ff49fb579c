package dev.tidemill.streaming.pipeline;

import static dev.tidemill.streaming.pipeline.PipelineTables.plain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.json.PlanJson;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.state.MemoryState;
import dev.tidemill.streaming.state.RandomSnapshots;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A standing query at work, with what is needed to check it: in random steps with restarts,
 * rollbacks, retries, and steps that fail for want of memory.
 */
final class PipelineHarness implements AutoCloseable {
  /** Helps with batches of any size. */
  private static final StepCrew CREW = StepCrew.ofAnyRows(3);

  final MemoryScope scope = MemoryScope.root("test", 1L << 40);
  final Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
  final Map<TableReference, Integer> taken = new HashMap<>();
  final Map<List<@Nullable Object>, Long> result = new HashMap<>();
  final StandingPlan plan;
  final OutputMode mode;
  final RandomSnapshots snapshots = new RandomSnapshots();
  MemoryState state = new MemoryState(scope);
  DeltaPipeline pipeline;
  long step;
  long late;
  long watermark = Long.MIN_VALUE;

  PipelineHarness(StandingPlan plan, OutputMode mode, Map<TableReference, DeltaTable> tables) {
    this.plan = PlanJson.read(PlanJson.write(plan), StandingPlan.class);
    assertEquals(plan, this.plan);
    this.mode = mode;
    this.tables.putAll(tables);
    this.pipeline = pipeline();
  }

  DeltaPipeline pipeline() {
    return new DeltaPipelines(this::table, CREW).compile(plan, mode, state, Map.of(), scope);
  }

  Table table(TableReference reference) {
    return tables.get(reference);
  }

  /**
   * Takes all that stands in the tables, perhaps after an attempt that is rolled back; returns the
   * change.
   */
  Map<List<@Nullable Object>, Long> step(Random random, boolean ended) {
    Map<TableReference, StepInput.Range> ranges = new HashMap<>();
    tables.forEach(
        (reference, table) -> {
          if (table.inputKind() != InputKind.STATIC) {
            int from = taken.getOrDefault(reference, 0);
            ranges.put(
                reference,
                new StepInput.Range(
                    table.offset(from), table.offset(table.changes().size()), ended));
          }
        });
    step++;
    StepInput input = new StepInput(step, Instant.EPOCH, ranges);
    @Nullable Map<List<@Nullable Object>, Long> rolledBack = null;
    if (random.nextInt(4) == 0) {
      try (StepOutput output = pipeline.step(input)) {
        rolledBack = change(output);
      }
      state.rollback();
      if (random.nextBoolean()) {
        restart(random);
      }
    }
    while (random.nextInt(3) == 0) {
      stepWithLittleMemory(input, random);
    }
    Map<List<@Nullable Object>, Long> change;
    try (StepOutput output = pipeline.step(input)) {
      change = change(output);
      late += output.lateRows();
      watermark = output.watermarkMicros();
    }
    if (rolledBack != null) {
      assertEquals(rolledBack, change);
    }
    state.prepare();
    withLittleMemory(random, () -> state.commit(step));
    snapshots.betweenSteps(state, random);
    tables.forEach((reference, table) -> taken.put(reference, table.changes().size()));
    change.forEach((row, weight) -> result.merge(row, weight, (a, b) -> a + b == 0 ? null : a + b));
    if (random.nextInt(4) == 0) {
      restart(random);
    }
    return change;
  }

  /** An attempt that most often fails, anywhere; undoing it needs no memory. */
  private void stepWithLittleMemory(StepInput input, Random random) {
    withLittleMemory(
        random,
        () -> {
          try (StepOutput output = pipeline.step(input)) {
            assertTrue(output.rowsIn() >= 0);
            state.prepare();
          } catch (TidemillException e) {
            if (!e.code().name().equals("MEMORY_LIMIT_EXCEEDED")) {
              throw e;
            }
          }
          state.rollback();
        });
  }

  private void withLittleMemory(Random random, Runnable work) {
    long taken = scope.available() - random.nextInt(2 << random.nextInt(18));
    scope.reserve(taken);
    try {
      work.run();
    } finally {
      scope.release(taken);
    }
  }

  private static Map<List<@Nullable Object>, Long> change(StepOutput output) {
    Map<List<@Nullable Object>, Long> change = new HashMap<>();
    for (Batch batch : output.change()) {
      long[] weights = Batches.weights(batch);
      List<List<@Nullable Object>> rows = Batches.toRows(batch);
      for (int i = 0; i < weights.length; i++) {
        assertFalse(weights[i] == 0);
        change.merge(plain(rows.get(i)), weights[i], Long::sum);
      }
    }
    change.values().removeIf(weight -> weight == 0);
    return change;
  }

  /** From the snapshots, as a new process would. */
  void restart(Random random) {
    MemoryState restored = snapshots.restored(state, random, scope);
    pipeline.close();
    state.close();
    state = restored;
    pipeline = pipeline();
  }

  @Override
  public void close() {
    pipeline.close();
    state.close();
    scope.close();
    assertEquals(0, scope.used());
  }
}
