package dev.tidemill.streaming.pipeline;

import static dev.tidemill.streaming.pipeline.PipelineTables.COLUMNS;
import static dev.tidemill.streaming.pipeline.PipelineTables.FIXED;
import static dev.tidemill.streaming.pipeline.PipelineTables.LEFT;
import static dev.tidemill.streaming.pipeline.PipelineTables.RIGHT;
import static dev.tidemill.streaming.pipeline.PipelineTables.batch;
import static dev.tidemill.streaming.pipeline.PipelineTables.column;
import static dev.tidemill.streaming.pipeline.PipelineTables.grow;
import static dev.tidemill.streaming.pipeline.PipelineTables.growing;
import static dev.tidemill.streaming.pipeline.PipelineTables.row;
import static dev.tidemill.streaming.pipeline.PipelineTables.seed;
import static dev.tidemill.streaming.pipeline.PipelineTables.stepRows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.delta.StandingPlanner;
import dev.tidemill.planner.delta.TableTraits;
import dev.tidemill.storage.table.InputKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The promise: after every step the changes so far add up to the batch result over the rows taken.
 * Random plans over random tables, the steps of {@link PipelineHarness}; in APPEND the rows that
 * are final, each once.
 */
class PipelineTest {
  @Test
  void randomPlansGiveTheBatchResultAfterEveryStep() {
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 60); round++) {
      long seed = seed() + round;
      Random random = new Random(seed);
      boolean changing = random.nextBoolean();
      Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
      tables.put(LEFT, new DeltaTable(COLUMNS, InputKind.GROWING));
      tables.put(RIGHT, new DeltaTable(COLUMNS, InputKind.GROWING));
      tables.put(FIXED, new DeltaTable(COLUMNS, InputKind.STATIC));
      grow(tables.get(FIXED), random, random.nextInt(12), false);
      Map<TableReference, TableTraits> traits =
          Map.of(
              LEFT, growing(changing),
              RIGHT, growing(false),
              FIXED, TableTraits.of(InputKind.STATIC, COLUMNS));
      BatchPlan plan =
          new RandomPlans(random, List.copyOf(tables.keySet()), List.of(COLUMNS, COLUMNS, COLUMNS))
              .plan(1 + random.nextInt(3));
      StandingPlan standing;
      try {
        standing = StandingPlanner.plan(plan, traits, List.of(), Map.of());
      } catch (TidemillException e) {
        assertEquals("NO_GROWING_INPUT", e.code().name());
        continue;
      }
      if (random.nextInt(6) == 0) {
        standing = recomputed(plan, standing, traits);
      }
      boolean append = standing.modes().contains(OutputMode.APPEND) && random.nextBoolean();
      String what = "seed " + seed + ", " + plan;
      try (PipelineHarness harness =
          new PipelineHarness(standing, append ? OutputMode.APPEND : OutputMode.UPDATE, tables)) {
        for (int i = 0; i < 8; i++) {
          grow(tables.get(LEFT), random, stepRows(random), changing);
          grow(tables.get(RIGHT), random, stepRows(random), false);
          Map<List<@Nullable Object>, Long> change = harness.step(random, false);
          assertEquals(batch(plan, tables, Map.of()), harness.result, what);
          if (append) {
            assertTrue(change.values().stream().allMatch(weight -> weight > 0), what);
          }
        }
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
  }

  /** The whole plan by its definition. */
  private static StandingPlan recomputed(
      BatchPlan plan, StandingPlan standing, Map<TableReference, TableTraits> traits) {
    List<DeltaPlan> inputs = new ArrayList<>();
    BatchPlan body = overInputs(plan, inputs, traits);
    return new StandingPlan(
        StandingPlan.VERSION,
        new RecomputePlan(body, inputs, "test", false),
        standing.key(),
        -1,
        List.of(),
        List.of(),
        0,
        List.of(OutputMode.UPDATE),
        Map.of(),
        Map.of());
  }

  private static BatchPlan overInputs(
      BatchPlan plan, List<DeltaPlan> inputs, Map<TableReference, TableTraits> traits) {
    if (plan instanceof ScanPlan scan && traits.get(scan.table()) != null) {
      if (scan.table().equals(FIXED)) {
        return scan;
      }
      inputs.add(new DeltaScanPlan(scan.table(), scan.columns(), null, scan.filters(), true));
      return new InputPlan(inputs.size() - 1, scan.columns());
    }
    return plan.withInputs(
        plan.inputs().stream().map(input -> overInputs(input, inputs, traits)).toList());
  }

  /** Also where rows are read and computed ahead of the one that fails. */
  @Test
  void aStepThatFailsLeavesNothing() {
    OutputColumn quotient = new OutputColumn("q", Type.INTEGER, true);
    BatchPlan plan =
        new ProjectPlan(
            new ScanPlan(LEFT, COLUMNS, List.of(), -1, -1),
            List.of(
                new Call(
                    ScalarFunction.DIVIDE,
                    List.of(new Literal(Type.INTEGER, 1), column(COLUMNS, "k")),
                    Type.INTEGER)),
            List.of(quotient));
    for (int round = 0; round < 40; round++) {
      Random random = new Random(seed() + round);
      DeltaTable table = new DeltaTable(COLUMNS, InputKind.GROWING);
      int failing = random.nextInt(30);
      for (int i = 0; i < 30; i++) {
        List<@Nullable Object> row = row(random, null);
        row.set(0, i == failing ? 0 : 1 + i);
        table.add(new DeltaTable.Change(row, 1));
      }
      StandingPlan standing =
          StandingPlanner.plan(plan, Map.of(LEFT, growing(false)), List.of(), Map.of());
      try (PipelineHarness harness =
          new PipelineHarness(standing, OutputMode.UPDATE, Map.of(LEFT, table))) {
        TidemillException thrown =
            assertThrows(TidemillException.class, () -> harness.step(random, false));
        assertEquals("DIVISION_BY_ZERO", thrown.code().name());
        harness.state.rollback();
      }
    }
  }

  /**
   * All functions at once, DISTINCT and not, by a key and over all rows, over rows that come and go
   * or only come.
   */
  @Test
  void everyAggregateIsThatOfTheBatch() {
    for (int round = 0; round < 24; round++) {
      long seed = seed() + round;
      Random random = new Random(seed);
      boolean changing = round % 2 == 0;
      List<AggregateCall> calls = new ArrayList<>();
      List<OutputColumn> columns = new ArrayList<>();
      List<Integer> keys = round % 3 == 0 ? List.of() : List.of(1);
      keys.forEach(key -> columns.add(COLUMNS.get(key)));
      for (int argument = 0; argument < COLUMNS.size(); argument++) {
        for (AggregateFunction function : AggregateFunction.values()) {
          Type type = RandomPlans.resultType(function, COLUMNS.get(argument).type());
          if (type != null) {
            calls.add(
                new AggregateCall(
                    function,
                    RandomPlans.arguments(function, argument, COLUMNS),
                    random.nextInt(3) == 0,
                    random.nextInt(3) == 0 ? 4 : -1,
                    type));
            columns.add(new OutputColumn("c" + columns.size(), type, true));
          }
        }
      }
      BatchPlan plan =
          new AggregatePlan(
              new ScanPlan(LEFT, COLUMNS, List.of(), -1, -1),
              keys,
              List.of(keys.isEmpty() ? List.of() : List.of(0)),
              calls,
              columns,
              -1);
      Map<TableReference, DeltaTable> tables =
          Map.of(LEFT, new DeltaTable(COLUMNS, InputKind.GROWING));
      StandingPlan standing =
          StandingPlanner.plan(plan, Map.of(LEFT, growing(changing)), List.of(), Map.of());
      try (PipelineHarness harness = new PipelineHarness(standing, OutputMode.UPDATE, tables)) {
        for (int i = 0; i < 10; i++) {
          grow(tables.get(LEFT), random, stepRows(random), changing);
          harness.step(random, false);
          assertEquals(
              batch(plan, tables, Map.of()), harness.result, "seed " + seed + ", " + calls);
        }
      }
    }
  }

  /**
   * Sums of floating point depend on the order in which rows are added, which a restart changes:
   * what is taken back is what was given out, to the last bit, or the rows would not be found.
   */
  @Test
  void recomputedFloatingPointIsTakenBackAsItWasGivenOut() {
    AggregatePlan aggregate =
        new AggregatePlan(
            new ScanPlan(LEFT, COLUMNS, List.of(), -1, -1),
            List.of(0),
            List.of(List.of(0)),
            List.of(
                new AggregateCall(AggregateFunction.MODE, List.of(1), false, -1, Type.VARCHAR),
                new AggregateCall(AggregateFunction.SUM, List.of(2), false, -1, Type.DOUBLE)),
            List.of(
                COLUMNS.get(0),
                new OutputColumn("mode", Type.VARCHAR, true),
                new OutputColumn("sum", Type.DOUBLE, true)),
            -1);
    BatchPlan plan =
        new TopNPlan(aggregate, List.of(new SortKey(2, false, false)), Long.MAX_VALUE, 0);
    for (int round = 0; round < 20; round++) {
      long seed = seed() + round;
      Random random = new Random(seed);
      DeltaTable table = new DeltaTable(COLUMNS, InputKind.GROWING);
      StandingPlan standing =
          StandingPlanner.plan(plan, Map.of(LEFT, growing(false)), List.of(), Map.of());
      try (PipelineHarness harness =
          new PipelineHarness(standing, OutputMode.UPDATE, Map.of(LEFT, table))) {
        for (int i = 0; i < 12; i++) {
          for (int n = random.nextInt(6); n > 0; n--) {
            List<@Nullable Object> row = row(random, null);
            row.set(0, random.nextInt(2));
            row.set(2, 1 / (1.0 + random.nextInt(100)));
            table.add(new DeltaTable.Change(row, 1));
          }
          harness.step(random, false);
          assertEquals(batch(plan, Map.of(LEFT, table), Map.of()), harness.result, "seed " + seed);
        }
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
