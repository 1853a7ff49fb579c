package dev.tidemill.streaming.pipeline;

import static dev.tidemill.streaming.pipeline.PipelineTables.COLUMNS;
import static dev.tidemill.streaming.pipeline.PipelineTables.LEFT;
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
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.delta.StandingPlanner;
import dev.tidemill.storage.table.InputKind;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** MATCH_RECOGNIZE: after every step the batch result, with rows that go and with restarts. */
class PipelineMatchesTest {
  @Test
  void matchesFollowTheirRows() {
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 60); round++) {
      long seed = seed() + round;
      Random random = new Random(new SplittableRandom(seed).nextLong());
      boolean changing = random.nextBoolean();
      int keys = 1 + random.nextInt(3);
      Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
      tables.put(LEFT, new DeltaTable(COLUMNS, InputKind.GROWING));
      BatchPlan plan = RandomMatches.match(random, new ScanPlan(LEFT, COLUMNS, List.of(), -1, -1));
      StandingPlan standing =
          StandingPlanner.plan(plan, Map.of(LEFT, growing(changing)), List.of(), Map.of());
      String what = "seed " + seed + ", " + plan;
      DeltaTable table = tables.get(LEFT);
      try (PipelineHarness harness = new PipelineHarness(standing, OutputMode.UPDATE, tables)) {
        for (int i = 0; i < 8; i++) {
          List<List<@Nullable Object>> there = changing ? net(table) : List.of();
          for (int n = stepRows(random); n > 0; n--) {
            if (changing && !there.isEmpty() && random.nextInt(3) == 0) {
              table.add(new DeltaTable.Change(there.remove(random.nextInt(there.size())), -1));
              continue;
            }
            List<@Nullable Object> row = row(random, random.nextInt(40));
            row.set(0, random.nextInt(40) == 0 ? null : random.nextInt(keys));
            table.add(new DeltaTable.Change(row, 1));
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

  /**
   * In the order of a time with a watermark: UPDATE has the batch result, APPEND what is decided of
   * it behind the watermark, and at the end both are the same.
   */
  @Test
  void matchesAreFinalBehindTheWatermark() {
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 60); round++) {
      long seed = seed() + round;
      Random random = new Random(new SplittableRandom(seed).nextLong());
      int keys = 1 + random.nextInt(3);
      InputKind kind = random.nextBoolean() ? InputKind.BOUNDED : InputKind.GROWING;
      Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
      tables.put(LEFT, new DeltaTable(COLUMNS, kind));
      ScanPlan scan = new ScanPlan(LEFT, COLUMNS, List.of(), -1, -1);
      List<SortKey> order = new ArrayList<>(List.of(new SortKey(TS, false, false)));
      if (random.nextBoolean()) {
        order.add(new SortKey(1, random.nextBoolean(), random.nextBoolean()));
      }
      List<Integer> partition = random.nextInt(4) == 0 ? List.of() : List.of(0);
      Long within = random.nextBoolean() ? Long.valueOf(random.nextInt(20) * 1_000L) : null;
      MatchPlan plan = RandomMatches.match(random, scan, partition, order, within);
      StandingPlan standing =
          StandingPlanner.plan(
              plan, Map.of(LEFT, withWatermark(growing(false))), List.of(), Map.of());
      assertTrue(standing.modes().contains(OutputMode.APPEND), () -> "" + standing.illegal());
      OutputMode mode = random.nextInt(3) > 0 ? OutputMode.APPEND : OutputMode.UPDATE;
      String what = "seed " + seed + ", " + mode + ", " + plan;
      List<List<@Nullable Object>> kept = new ArrayList<>();
      long greatest = Long.MIN_VALUE;
      DeltaTable table = tables.get(LEFT);
      try (PipelineHarness harness = new PipelineHarness(standing, mode, tables)) {
        for (int i = 0; i < 12; i++) {
          boolean last = i == 11 && kind == InputKind.BOUNDED;
          long before = harness.watermark;
          for (int n = stepRows(random); n > 0; n--) {
            List<@Nullable Object> row = row(random, i * 7 + random.nextInt(30) - 20);
            row.set(0, random.nextInt(40) == 0 ? null : random.nextInt(keys));
            table.add(new DeltaTable.Change(row, 1));
            LocalDateTime time = (LocalDateTime) row.get(TS);
            if (time != null) {
              greatest = Math.max(greatest, micros(time) - 5_000_000);
            }
            if (time == null || micros(time) >= before) {
              kept.add(row);
            }
          }
          Map<List<@Nullable Object>, Long> change = harness.step(random, last);
          assertEquals(last ? Long.MAX_VALUE : greatest, harness.watermark, what);
          BatchPlan expected = plan;
          List<List<@Nullable Object>> rows = new ArrayList<>(kept);
          if (mode == OutputMode.APPEND && !last) {
            expected =
                over(
                    MatchesInOrderOperator.body(plan, MatchPlan.Giving.DECIDED),
                    scan,
                    within == null ? null : harness.watermark - (within + 1) * 1_000);
            rows.removeIf(
                row ->
                    !(row.get(TS) instanceof LocalDateTime time)
                        || micros(time) >= harness.watermark);
          }
          assertEquals(
              "",
              difference(batch(expected, tables, Map.of(LEFT, rows)), harness.result),
              what + ", step " + i);
          if (mode == OutputMode.APPEND) {
            assertTrue(change.values().stream().allMatch(weight -> weight > 0), what);
          }
        }
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
  }

  private static final int TS = 5;

  /**
   * The plan over the rows of a scan with a flag behind them.
   *
   * @param closed matches that begin up to this time have no rows to come, in microseconds; null
   *     where there is none
   */
  private static BatchPlan over(BatchPlan plan, ScanPlan scan, @Nullable Long closed) {
    if (!(plan instanceof InputPlan input)) {
      return plan.withInputs(
          plan.inputs().stream().map(below -> over(below, scan, closed)).toList());
    }
    Expression flag = new Literal(Type.INTEGER, MatchPlan.Open.PENDING);
    if (closed != null) {
      Type type = scan.columns().get(TS).type();
      LocalDateTime time =
          LocalDateTime.ofEpochSecond(
              Math.floorDiv(closed, 1_000_000L),
              (int) Math.floorMod(closed, 1_000_000L) * 1_000,
              ZoneOffset.UTC);
      Expression isClosed =
          new Call(
              ScalarFunction.LESS_OR_EQUAL,
              List.of(new ColumnReference(TS, type), new Literal(type, time)),
              Type.BOOLEAN);
      Literal then = new Literal(Type.INTEGER, MatchPlan.Open.CLOSED);
      flag = new Case(List.of(new Case.When(isClosed, then)), flag, Type.INTEGER);
    }
    List<Expression> expressions = new ArrayList<>();
    for (int i = 0; i < scan.columns().size(); i++) {
      expressions.add(new ColumnReference(i, scan.columns().get(i).type()));
    }
    expressions.add(flag);
    return new ProjectPlan(scan, expressions, input.columns());
  }
}
