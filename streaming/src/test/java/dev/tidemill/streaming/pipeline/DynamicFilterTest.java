package dev.tidemill.streaming.pipeline;

import static dev.tidemill.streaming.pipeline.PipelineTables.COLUMNS;
import static dev.tidemill.streaming.pipeline.PipelineTables.LEFT;
import static dev.tidemill.streaming.pipeline.PipelineTables.RIGHT;
import static dev.tidemill.streaming.pipeline.PipelineTables.batch;
import static dev.tidemill.streaming.pipeline.PipelineTables.difference;
import static dev.tidemill.streaming.pipeline.PipelineTables.grow;
import static dev.tidemill.streaming.pipeline.PipelineTables.growing;
import static dev.tidemill.streaming.pipeline.PipelineTables.net;
import static dev.tidemill.streaming.pipeline.PipelineTables.row;
import static dev.tidemill.streaming.pipeline.PipelineTables.seed;
import static dev.tidemill.streaming.pipeline.PipelineTables.stepRows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DynamicFilterPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.delta.StandingPlanner;
import dev.tidemill.storage.table.InputKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Conditions on the one row of an aggregate, whose values change with the rows. */
class DynamicFilterTest {
  private static final List<ScalarFunction> COMPARISONS =
      List.of(
          ScalarFunction.LESS,
          ScalarFunction.LESS_OR_EQUAL,
          ScalarFunction.GREATER,
          ScalarFunction.GREATER_OR_EQUAL,
          ScalarFunction.EQUAL,
          ScalarFunction.NOT_EQUAL);

  /** MIN and MAX of columns of the right table, which move both ways where rows go. */
  private static BatchPlan extremes(Random random) {
    List<AggregateCall> calls = new ArrayList<>();
    List<OutputColumn> columns = new ArrayList<>();
    for (int i = 0; i < COLUMNS.size(); i++) {
      if (COLUMNS.get(i).type() instanceof Type.Bool) {
        continue;
      }
      AggregateFunction function =
          random.nextBoolean() ? AggregateFunction.MIN : AggregateFunction.MAX;
      calls.add(new AggregateCall(function, List.of(i), false, -1, COLUMNS.get(i).type()));
      columns.add(new OutputColumn(COLUMNS.get(i).name(), COLUMNS.get(i).type(), true));
    }
    return new AggregatePlan(
        new ScanPlan(RIGHT, COLUMNS, List.of(), -1, -1),
        List.of(),
        List.of(List.of()),
        calls,
        columns,
        -1);
  }

  private static Expression condition(Random random, BatchPlan one) {
    int count = 1 + random.nextInt(3);
    List<Expression> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int column = random.nextInt(one.columns().size());
      OutputColumn of = one.columns().get(column);
      int own = COLUMNS.stream().map(OutputColumn::name).toList().indexOf(of.name());
      Expression value = new ColumnReference(own, of.type());
      Expression threshold = new ColumnReference(COLUMNS.size() + column, of.type());
      boolean isTurned = random.nextBoolean();
      Expression part =
          new Call(
              COMPARISONS.get(random.nextInt(COMPARISONS.size())),
              isTurned ? List.of(threshold, value) : List.of(value, threshold),
              Type.BOOLEAN);
      parts.add(
          random.nextInt(4) == 0
              ? new Call(ScalarFunction.NOT, List.of(part), Type.BOOLEAN)
              : part);
    }
    if (random.nextInt(4) == 0) {
      parts.add(new ColumnReference(4, Type.BOOLEAN));
    }
    return parts.size() == 1 ? parts.get(0) : random.nextBoolean() ? new And(parts) : new Or(parts);
  }

  @Test
  void rowsComeAndGoAsThresholdsMove() {
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 20); round++) {
      long seed = seed() + round;
      Random random = new Random(new SplittableRandom(seed).nextLong());
      boolean changing = random.nextBoolean();
      boolean isLarge = random.nextInt(4) == 0;
      Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
      tables.put(LEFT, new DeltaTable(COLUMNS, InputKind.GROWING));
      tables.put(RIGHT, new DeltaTable(COLUMNS, InputKind.GROWING));
      BatchPlan one = extremes(random);
      BatchPlan plan =
          new NestedLoopJoinPlan(
              new ScanPlan(LEFT, COLUMNS, List.of(), -1, -1),
              one,
              JoinKind.SEMI,
              condition(random, one),
              COLUMNS,
              -1);
      StandingPlan standing =
          StandingPlanner.plan(
              plan, Map.of(LEFT, growing(changing), RIGHT, growing(true)), List.of(), Map.of());
      assertInstanceOf(DynamicFilterPlan.class, standing.root());
      String what = "seed " + seed + ", " + plan;
      try (PipelineHarness harness = new PipelineHarness(standing, OutputMode.UPDATE, tables)) {
        for (int i = 0; i < 8; i++) {
          growLeft(tables.get(LEFT), random, isLarge, changing);
          grow(tables.get(RIGHT), random, stepRows(random), /* changing= */ true);
          harness.step(random, false);
          assertEquals(
              "", difference(batch(plan, tables, Map.of()), harness.result), what + ", step " + i);
        }
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
  }

  private static void growLeft(DeltaTable table, Random random, boolean isLarge, boolean changing) {
    if (!isLarge) {
      grow(table, random, stepRows(random), changing);
      return;
    }
    List<List<@Nullable Object>> there = changing ? net(table) : List.of();
    for (int n = random.nextInt(3) == 0 ? 3000 : 20; n > 0; n--) {
      boolean goes = !there.isEmpty() && random.nextInt(3) > 0;
      table.add(
          goes
              ? new DeltaTable.Change(there.remove(random.nextInt(there.size())), -1)
              : new DeltaTable.Change(row(random, random.nextInt(100)), 1));
    }
  }
}
