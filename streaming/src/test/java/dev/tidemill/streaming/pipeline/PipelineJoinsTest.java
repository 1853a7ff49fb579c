package dev.tidemill.streaming.pipeline;

import static dev.tidemill.streaming.pipeline.PipelineTables.COLUMNS;
import static dev.tidemill.streaming.pipeline.PipelineTables.LEFT;
import static dev.tidemill.streaming.pipeline.PipelineTables.RIGHT;
import static dev.tidemill.streaming.pipeline.PipelineTables.batch;
import static dev.tidemill.streaming.pipeline.PipelineTables.difference;
import static dev.tidemill.streaming.pipeline.PipelineTables.growing;
import static dev.tidemill.streaming.pipeline.PipelineTables.micros;
import static dev.tidemill.streaming.pipeline.PipelineTables.net;
import static dev.tidemill.streaming.pipeline.PipelineTables.row;
import static dev.tidemill.streaming.pipeline.PipelineTables.seed;
import static dev.tidemill.streaming.pipeline.PipelineTables.stepRows;
import static dev.tidemill.streaming.pipeline.PipelineTables.withWatermark;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.AsofComparison;
import dev.tidemill.plan.batch.AsofJoinPlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.delta.StandingPlanner;
import dev.tidemill.planner.delta.TableTraits;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.streaming.state.RandomSnapshots;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Joins with the groups of aggregates, and by time: after every step the batch result. */
class PipelineJoinsTest {
  /** A join asks an aggregate for its groups, which may come to its other side, too. */
  @Test
  void groupsThatAreAskedForAreThoseGivenOut() {
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 40); round++) {
      long seed = seed() + round;
      Random random = new Random(new SplittableRandom(seed).nextLong());
      boolean changing = random.nextBoolean();
      int spread = random.nextInt(4) == 0 ? 6000 : 1 + random.nextInt(8);
      Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
      tables.put(LEFT, new DeltaTable(COLUMNS, InputKind.GROWING));
      tables.put(RIGHT, new DeltaTable(COLUMNS, InputKind.GROWING));
      BatchPlan plan = joinedWithGroups(random);
      StandingPlan standing =
          StandingPlanner.plan(
              plan, Map.of(LEFT, growing(changing), RIGHT, growing(changing)), List.of(), Map.of());
      assertTrue(
          standing.root() instanceof DeltaJoinPlan join && join.asked() != null, plan.toString());
      String what = "seed " + seed + ", " + plan;
      try (PipelineHarness harness = new PipelineHarness(standing, OutputMode.UPDATE, tables)) {
        for (int i = 0; i < 8; i++) {
          for (DeltaTable table : tables.values()) {
            int rows = spread > 1000 && random.nextInt(3) == 0 ? 5000 : stepRows(random);
            List<List<@Nullable Object>> there = changing ? net(table) : List.of();
            for (int n = 0; n < rows; n++) {
              boolean goes = changing && !there.isEmpty() && random.nextInt(3) == 0;
              List<@Nullable Object> row =
                  goes ? there.remove(random.nextInt(there.size())) : row(random, null);
              if (!goes) {
                row.set(0, random.nextInt(20) == 0 ? null : random.nextInt(spread));
              }
              table.add(new DeltaTable.Change(row, goes ? -1 : 1));
            }
          }
          harness.step(random, false);
          assertEquals(
              "", difference(batch(plan, tables, Map.of()), harness.result), what + ", step " + i);
        }
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
  }

  private static BatchPlan joinedWithGroups(Random random) {
    int keys = 1 + random.nextInt(2);
    List<Integer> places = IntStream.range(0, keys).boxed().toList();
    List<OutputColumn> columns = new ArrayList<>(COLUMNS.subList(0, keys));
    columns.add(new OutputColumn("sum", new Type.Decimal(38, 2), true));
    columns.add(new OutputColumn("n", Type.BIGINT, false));
    columns.add(new OutputColumn("least", Type.VARCHAR, true));
    AggregatePlan groups =
        new AggregatePlan(
            new ScanPlan(LEFT, COLUMNS, List.of(), -1, -1),
            places,
            List.of(places),
            List.of(
                new AggregateCall(
                    AggregateFunction.SUM, List.of(3), false, -1, new Type.Decimal(38, 2)),
                new AggregateCall(AggregateFunction.COUNT, List.of(), false, -1, Type.BIGINT),
                new AggregateCall(AggregateFunction.MIN, List.of(1), false, -1, Type.VARCHAR)),
            columns,
            -1);
    BatchPlan other =
        switch (random.nextInt(4)) {
          case 0 -> groups;
          case 1 ->
              new FilterPlan(
                  groups,
                  new Call(
                      ScalarFunction.GREATER,
                      List.of(
                          new ColumnReference(keys + 1, Type.BIGINT), new Literal(Type.BIGINT, 1L)),
                      Type.BOOLEAN));
          case 2 -> new ScanPlan(LEFT, COLUMNS, List.of(), -1, -1);
          default -> new ScanPlan(RIGHT, COLUMNS, List.of(), -1, -1);
        };
    boolean groupsLeft = random.nextBoolean();
    BatchPlan left = groupsLeft ? groups : other;
    BatchPlan right = groupsLeft ? other : groups;
    List<OutputColumn> all = new ArrayList<>(left.columns());
    all.addAll(right.columns());
    boolean crossed = keys == 2 && random.nextBoolean();
    List<Integer> order = crossed ? List.of(1, 0) : places;
    return new HashJoinPlan(
        left,
        right,
        JoinKind.INNER,
        order,
        order,
        places.stream().map(key -> random.nextBoolean()).toList(),
        null,
        false,
        all,
        Distribution.BROADCAST,
        "test",
        -1);
  }

  private static AsofJoinPlan asofJoin(Random random, List<AsofComparison> comparisons) {
    List<OutputColumn> left = List.of(COLUMNS.get(0), COLUMNS.get(1), COLUMNS.get(5));
    List<OutputColumn> right = List.of(COLUMNS.get(0), COLUMNS.get(3), COLUMNS.get(5));
    List<OutputColumn> columns = new ArrayList<>(left);
    columns.addAll(right);
    boolean hasKey = random.nextInt(4) > 0;
    List<Integer> keys = hasKey ? List.of(0) : List.of();
    return new AsofJoinPlan(
        new ScanPlan(LEFT, left, List.of(), -1, -1),
        new ScanPlan(RIGHT, right, List.of(), -1, -1),
        random.nextBoolean(),
        keys,
        keys,
        hasKey ? List.of(random.nextBoolean()) : List.of(),
        2,
        2,
        comparisons.get(random.nextInt(comparisons.size())),
        hasKey ? List.of(1) : List.of(0, 1),
        columns,
        -1);
  }

  /** Rows of both sides come and go, many of them of one time, few of many. */
  @Test
  void asofJoinsFollowBothSides() {
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 40); round++) {
      long seed = seed() + round;
      Random random = new Random(seed);
      boolean changing = random.nextInt(4) > 0;
      int spread = 1 + random.nextInt(60);
      Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
      tables.put(LEFT, new DeltaTable(COLUMNS, InputKind.GROWING));
      tables.put(RIGHT, new DeltaTable(COLUMNS, InputKind.GROWING));
      Map<TableReference, TableTraits> traits =
          Map.of(LEFT, growing(changing), RIGHT, growing(changing));
      AsofJoinPlan plan = asofJoin(random, List.of(AsofComparison.values()));
      StandingPlan standing = StandingPlanner.plan(plan, traits, List.of(), Map.of());
      assertFalse(standing.modes().contains(OutputMode.APPEND));
      String what = "seed " + seed + ", " + plan;
      try (PipelineHarness harness = new PipelineHarness(standing, OutputMode.UPDATE, tables)) {
        for (int i = 0; i < 10; i++) {
          for (DeltaTable table : tables.values()) {
            int rows = random.nextInt(4) == 0 ? 60 : stepRows(random);
            for (int n = 0; n < rows; n++) {
              List<List<@Nullable Object>> there = net(table);
              List<@Nullable Object> row = row(random, random.nextInt(spread));
              row.set(0, random.nextInt(20) == 0 ? null : random.nextInt(3));
              boolean removes = changing && !there.isEmpty() && random.nextInt(3) == 0;
              table.add(
                  removes
                      ? new DeltaTable.Change(there.get(random.nextInt(there.size())), -1)
                      : new DeltaTable.Change(row, changing && random.nextInt(8) == 0 ? 3 : 1));
            }
          }
          harness.step(random, false);
          assertEquals(batch(plan, tables, Map.of()), harness.result, what);
        }
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
  }

  @Test
  void asofJoinsAreFinalBehindTheWatermark() {
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 25); round++) {
      long seed = seed() + round;
      Random random = new Random(seed);
      Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
      boolean bothEnd = random.nextBoolean();
      tables.put(LEFT, new DeltaTable(COLUMNS, bothEnd ? InputKind.BOUNDED : InputKind.GROWING));
      tables.put(RIGHT, new DeltaTable(COLUMNS, InputKind.BOUNDED));
      Map<TableReference, TableTraits> traits =
          Map.of(LEFT, withWatermark(growing(false)), RIGHT, withWatermark(growing(false)));
      AsofJoinPlan plan = asofJoin(random, List.of(AsofComparison.values()));
      StandingPlan standing = StandingPlanner.plan(plan, traits, List.of(), Map.of());
      assertTrue(standing.modes().contains(OutputMode.APPEND), () -> "" + standing.illegal());
      OutputMode mode = random.nextBoolean() ? OutputMode.APPEND : OutputMode.UPDATE;
      String what = "seed " + seed + ", " + mode + ", " + plan;
      long allLate = 0;
      Map<TableReference, List<List<@Nullable Object>>> kept = new HashMap<>();
      tables.keySet().forEach(table -> kept.put(table, new ArrayList<>()));
      try (PipelineHarness harness = new PipelineHarness(standing, mode, tables)) {
        int empty = RandomSnapshots.whole(harness.state).length;
        for (int i = 0; i < 12; i++) {
          long before = harness.watermark;
          for (Map.Entry<TableReference, DeltaTable> table : tables.entrySet()) {
            for (int n = stepRows(random); n > 0; n--) {
              List<@Nullable Object> row = row(random, i * 7 + random.nextInt(30) - 20);
              table.getValue().add(new DeltaTable.Change(row, 1));
              LocalDateTime time = (LocalDateTime) row.get(5);
              if (time != null && micros(time) < before) {
                allLate++;
              } else {
                kept.get(table.getKey()).add(row);
              }
            }
          }
          harness.step(random, i == 11);
          long watermark = harness.watermark;
          assertEquals(allLate, harness.late, what);
          Map<List<@Nullable Object>, Long> expected = batch(plan, tables, kept);
          if (mode == OutputMode.APPEND) {
            boolean nullMatchesNone = plan.nullsMatch().equals(List.of(false));
            // Of a join that looks forward the match is to be behind the watermark.
            int time = plan.comparison().looksBack() ? 2 : 5;
            expected
                .keySet()
                .removeIf(
                    row ->
                        row.get(2) != null
                            && !isBehind((LocalDateTime) row.get(time), watermark)
                            && !(nullMatchesNone && row.get(0) == null));
          }
          assertEquals(expected, harness.result, what);
        }
        // Of each key one row at most.
        int left = RandomSnapshots.whole(harness.state).length - empty;
        if (plan.comparison().looksBack() || bothEnd) {
          assertTrue(left <= 800, what + ": " + left);
        }
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
  }

  /** Whether all rows of a time have come; without one only at the end of all. */
  private static boolean isBehind(@Nullable LocalDateTime time, long watermark) {
    return watermark == Long.MAX_VALUE || time != null && micros(time) < watermark;
  }
}
