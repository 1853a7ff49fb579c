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
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.function.WindowFunction;
import dev.tidemill.planner.delta.StandingPlanner;
import dev.tidemill.planner.delta.TableTraits;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.streaming.state.RandomSnapshots;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Windows of time, which end with the watermark, and windows of OVER: after every step the batch
 * result.
 */
class PipelineWindowsTest {
  private static final int HOP_SIZE = 20;

  /** Windows over a table's time: HOP(20 s) sliding by {@code slide} seconds. */
  private static WindowTablePlan windows(TableReference table, int slide) {
    return new WindowTablePlan(scan(table), 2, HOP_SIZE * 1000L, slide * 1000L, 0);
  }

  /** The same over the rows of two tables. */
  private static WindowTablePlan windowsOfBoth(int slide) {
    UnionPlan both = new UnionPlan(List.of(scan(LEFT), scan(RIGHT)), scan(LEFT).columns());
    return new WindowTablePlan(both, 2, HOP_SIZE * 1000L, slide * 1000L, 0);
  }

  private static ScanPlan scan(TableReference table) {
    List<OutputColumn> columns = List.of(COLUMNS.get(0), COLUMNS.get(2), COLUMNS.get(5));
    return new ScanPlan(table, columns, List.of(), -1, -1);
  }

  /** COUNT(*), SUM(d) by k and window: columns k, window_end, n, total. */
  private static BatchPlan byWindow(TableReference table, int slide) {
    return byWindow(windows(table, slide));
  }

  private static BatchPlan byWindow(WindowTablePlan windows) {
    return new AggregatePlan(
        windows,
        List.of(0, 4),
        List.of(List.of(0, 1)),
        List.of(
            new AggregateCall(AggregateFunction.COUNT, List.of(), false, -1, Type.BIGINT),
            new AggregateCall(AggregateFunction.MAX, List.of(1), false, -1, Type.DOUBLE)),
        List.of(
            COLUMNS.get(0),
            windows.columns().get(4),
            new OutputColumn("n", Type.BIGINT, false),
            new OutputColumn("most", Type.DOUBLE, true)),
        -1);
  }

  /** The greatest count of each window, joined with the counts: the hottest keys of each window. */
  private static BatchPlan hottest(TableReference counted, TableReference compared, int slide) {
    BatchPlan counts = byWindow(counted, slide);
    BatchPlan most =
        new AggregatePlan(
            byWindow(compared, slide),
            List.of(1),
            List.of(List.of(0)),
            List.of(new AggregateCall(AggregateFunction.MAX, List.of(2), false, -1, Type.BIGINT)),
            List.of(counts.columns().get(1), new OutputColumn("m", Type.BIGINT, true)),
            -1);
    List<OutputColumn> columns = new ArrayList<>(counts.columns());
    columns.addAll(most.columns());
    return new HashJoinPlan(
        counts,
        most,
        JoinKind.INNER,
        List.of(1, 2),
        List.of(0, 1),
        List.of(false, false),
        null,
        false,
        columns,
        Distribution.BROADCAST,
        "",
        -1);
  }

  /** Windows over the counts of {@link #byWindow} in the order of their time. */
  private static BatchPlan inOrder(Random random, BatchPlan counts) {
    SortKey byEnd = new SortKey(1, false, random.nextBoolean());
    boolean byDistance = random.nextBoolean();
    List<SortKey> order =
        byDistance || random.nextBoolean()
            ? List.of(byEnd)
            : List.of(byEnd, new SortKey(2, random.nextBoolean(), false));
    WindowFrame.Bound start =
        switch (random.nextInt(5)) {
          case 0 -> new WindowFrame.UnboundedPreceding();
          case 1 -> new WindowFrame.CurrentRow();
          default ->
              new WindowFrame.Preceding(
                  byDistance
                      ? new Literal(new Type.TimeInterval(), Duration.ofSeconds(random.nextInt(30)))
                      : new Literal(Type.BIGINT, (long) random.nextInt(4)));
        };
    WindowFrame frame =
        new WindowFrame(
            byDistance ? WindowFrame.Unit.RANGE : WindowFrame.Unit.ROWS,
            start,
            new WindowFrame.CurrentRow(),
            WindowFrame.Exclusion.NO_OTHERS);
    List<WindowCall> calls = new ArrayList<>();
    List<OutputColumn> columns = new ArrayList<>(counts.columns());
    if (random.nextInt(4) == 0) {
      return ahead(random, counts, order);
    }
    for (int n = 1 + random.nextInt(2); n > 0; n--) {
      WindowFunction ranking =
          List.of(WindowFunction.ROW_NUMBER, WindowFunction.RANK, WindowFunction.DENSE_RANK)
              .get(random.nextInt(3));
      WindowFrame running =
          new WindowFrame(
              random.nextBoolean() ? WindowFrame.Unit.RANGE : WindowFrame.Unit.ROWS,
              new WindowFrame.UnboundedPreceding(),
              new WindowFrame.CurrentRow(),
              WindowFrame.Exclusion.NO_OTHERS);
      calls.add(
          switch (random.nextInt(6)) {
            case 0 ->
                new WindowCall.Function(WindowFunction.LAG, List.of(2), false, frame, Type.BIGINT);
            case 1 -> new WindowCall.Function(ranking, List.of(), false, frame, Type.BIGINT);
            case 2 ->
                new WindowCall.Aggregate(AggregateFunction.COUNT, List.of(3), frame, Type.BIGINT);
            case 3 ->
                new WindowCall.Aggregate(AggregateFunction.SUM, List.of(2), running, Type.BIGINT);
            case 4 ->
                new WindowCall.Aggregate(AggregateFunction.MIN, List.of(2), running, Type.BIGINT);
            default ->
                new WindowCall.Aggregate(AggregateFunction.MAX, List.of(2), frame, Type.BIGINT);
          });
      columns.add(new OutputColumn("o" + n, Type.BIGINT, true));
    }
    return new WindowPlan(
        counts, random.nextBoolean() ? List.of(0) : List.of(), order, calls, columns);
  }

  /** Windows that look one row ahead. */
  private static BatchPlan ahead(Random random, BatchPlan counts, List<SortKey> order) {
    WindowFrame running =
        new WindowFrame(
            random.nextBoolean() ? WindowFrame.Unit.ROWS : WindowFrame.Unit.RANGE,
            new WindowFrame.UnboundedPreceding(),
            new WindowFrame.CurrentRow(),
            WindowFrame.Exclusion.NO_OTHERS);
    WindowFrame around =
        new WindowFrame(
            WindowFrame.Unit.ROWS,
            new WindowFrame.Preceding(new Literal(Type.BIGINT, 2L)),
            new WindowFrame.Following(new Literal(Type.BIGINT, (long) random.nextInt(4))),
            WindowFrame.Exclusion.NO_OTHERS);
    List<WindowCall> calls = new ArrayList<>();
    calls.add(
        new WindowCall.Function(WindowFunction.LEAD, List.of(2), false, running, Type.BIGINT));
    if (random.nextBoolean()) {
      calls.add(new WindowCall.Aggregate(AggregateFunction.SUM, List.of(2), running, Type.BIGINT));
    }
    if (random.nextBoolean()) {
      calls.add(new WindowCall.Aggregate(AggregateFunction.MAX, List.of(3), around, Type.BIGINT));
    }
    if (random.nextBoolean()) {
      calls.add(
          new WindowCall.Function(
              random.nextBoolean() ? WindowFunction.ROW_NUMBER : WindowFunction.DENSE_RANK,
              List.of(),
              false,
              running,
              Type.BIGINT));
    }
    List<OutputColumn> columns = new ArrayList<>(counts.columns());
    for (int i = 0; i < calls.size(); i++) {
      columns.add(new OutputColumn("o" + i, Type.BIGINT, true));
    }
    return new WindowPlan(
        counts, random.nextBoolean() ? List.of(0) : List.of(), order, calls, columns);
  }

  private static boolean looksAhead(BatchPlan plan) {
    return plan instanceof WindowPlan window
        && window.calls().get(0) instanceof WindowCall.Function call
        && call.function() == WindowFunction.LEAD;
  }

  @Test
  void windowsCloseByTheWatermark() {
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 25); round++) {
      long seed = seed() + round;
      Random random = new Random(seed);
      int slide = random.nextBoolean() ? HOP_SIZE : 5;
      Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
      tables.put(LEFT, new DeltaTable(COLUMNS, InputKind.GROWING));
      tables.put(RIGHT, new DeltaTable(COLUMNS, InputKind.BOUNDED));
      Map<TableReference, TableTraits> traits =
          Map.of(LEFT, withWatermark(growing(false)), RIGHT, withWatermark(growing(false)));
      int shape = random.nextInt(5);
      BatchPlan plan =
          shape == 0
              ? byWindow(LEFT, slide)
              : shape == 1
                  ? hottest(LEFT, LEFT, slide)
                  : shape == 2
                      ? hottest(LEFT, RIGHT, slide)
                      : shape == 3
                          ? inOrder(random, byWindow(LEFT, slide))
                          : byWindow(windowsOfBoth(slide));
      if (shape != 2 && shape != 4) {
        tables.remove(RIGHT);
      }
      StandingPlan standing = StandingPlanner.plan(plan, traits, List.of(), Map.of());
      assertTrue(standing.modes().contains(OutputMode.APPEND), () -> "" + standing.illegal());
      boolean looksAhead = looksAhead(plan);
      assertEquals(looksAhead ? -1 : 1, standing.timeColumn());
      OutputMode mode = random.nextBoolean() ? OutputMode.APPEND : OutputMode.UPDATE;
      String what = "seed " + seed + ", shape " + shape + ", slide " + slide + ", " + mode;
      long allLate = 0;
      Map<TableReference, List<List<@Nullable Object>>> kept = new HashMap<>();
      tables.keySet().forEach(table -> kept.put(table, new ArrayList<>()));
      Map<TableReference, Long> greatest = new HashMap<>();
      try (PipelineHarness harness = new PipelineHarness(standing, mode, tables)) {
        int empty = RandomSnapshots.whole(harness.state).length;
        for (int i = 0; i < 12; i++) {
          boolean last = i == 11;
          long before = harness.watermark;
          for (Map.Entry<TableReference, DeltaTable> table : tables.entrySet()) {
            for (int n = stepRows(random); n > 0; n--) {
              List<@Nullable Object> row = row(random, i * 7 + random.nextInt(30) - 20);
              table.getValue().add(new DeltaTable.Change(row, 1));
              LocalDateTime time = (LocalDateTime) row.get(5);
              if (time != null) {
                greatest.merge(table.getKey(), micros(time) - 5_000_000, Math::max);
              }
              if (time != null && earliestEnd(time, slide) <= before) {
                allLate++;
              } else {
                kept.get(table.getKey()).add(row);
              }
            }
          }
          harness.step(random, last);
          long watermark =
              last
                  ? Long.MAX_VALUE
                  : tables.keySet().stream()
                      .mapToLong(table -> greatest.getOrDefault(table, Long.MIN_VALUE))
                      .min()
                      .orElseThrow();
          assertEquals(watermark, harness.watermark, what);
          assertEquals(allLate, harness.late, what);
          Map<List<@Nullable Object>, Long> expected = batch(plan, tables, kept);
          if (mode == OutputMode.APPEND && looksAhead && !last) {
            // Some rows wait for the next ones, which may be those of any window.
            harness.result.forEach(
                (row, weight) -> assertEquals(expected.get(row), weight, what + ": " + row));
            continue;
          }
          if (mode == OutputMode.APPEND) {
            expected.keySet().removeIf(row -> micros((LocalDateTime) row.get(1)) > watermark);
          }
          assertEquals(expected, harness.result, what);
        }
        // Nothing is kept of windows that have ended, but for the last rows that frames reach.
        int left = RandomSnapshots.whole(harness.state).length - empty;
        if (!(standing.root() instanceof DeltaPartitionPlan over)
            || over.order() != null && over.order().ends()) {
          assertTrue(left <= (shape == 3 ? 4000 : 400), what + ": " + left);
        }
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
  }

  /** The first rows of keys in the order of a table's time, of a table and of windows over them. */
  private static BatchPlan firstRows(Random random, boolean windowed) {
    BatchPlan timed =
        new FilterPlan(
            new ScanPlan(LEFT, COLUMNS, List.of(), -1, -1),
            new Call(
                ScalarFunction.IS_NOT_NULL,
                List.of(new ColumnReference(5, COLUMNS.get(5).type())),
                Type.BOOLEAN,
                null));
    List<SortKey> order = new ArrayList<>(List.of(new SortKey(5, false, random.nextBoolean())));
    if (random.nextBoolean()) {
      order.add(new SortKey(1, random.nextBoolean(), random.nextBoolean()));
    }
    WindowFrame frame =
        new WindowFrame(
            WindowFrame.Unit.ROWS,
            new WindowFrame.UnboundedPreceding(),
            new WindowFrame.CurrentRow(),
            WindowFrame.Exclusion.NO_OTHERS);
    WindowFunction rank =
        List.of(WindowFunction.ROW_NUMBER, WindowFunction.RANK, WindowFunction.DENSE_RANK)
            .get(random.nextInt(3));
    List<OutputColumn> columns = new ArrayList<>(COLUMNS);
    columns.add(new OutputColumn("n", Type.BIGINT, false));
    WindowPlan ranks =
        new WindowPlan(
            timed,
            random.nextInt(4) == 0 ? List.of() : List.of(0),
            order,
            List.of(new WindowCall.Function(rank, List.of(), false, frame, Type.BIGINT)),
            columns);
    BatchPlan first =
        new FilterPlan(
            ranks,
            new Call(
                ScalarFunction.LESS_OR_EQUAL,
                List.of(
                    new ColumnReference(COLUMNS.size(), Type.BIGINT),
                    new Literal(Type.BIGINT, 1L + random.nextInt(3))),
                Type.BOOLEAN,
                null));
    if (!windowed) {
      return first;
    }
    WindowTablePlan windows = new WindowTablePlan(first, 5, HOP_SIZE * 1000L, HOP_SIZE * 1000L, 0);
    return new AggregatePlan(
        windows,
        List.of(COLUMNS.size() + 2),
        List.of(List.of(0)),
        List.of(new AggregateCall(AggregateFunction.COUNT, List.of(), false, -1, Type.BIGINT)),
        List.of(
            windows.columns().get(COLUMNS.size() + 2), new OutputColumn("n", Type.BIGINT, false)),
        -1);
  }

  /** Of rows that are not late, those behind the watermark are final, and given once. */
  @Test
  void firstRowsAreFinalBehindTheWatermark() {
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 40); round++) {
      long seed = seed() + round;
      Random random = new Random(new SplittableRandom(seed).nextLong());
      boolean windowed = random.nextInt(3) == 0;
      BatchPlan plan = firstRows(random, windowed);
      Map<TableReference, TableTraits> traits = Map.of(LEFT, withWatermark(growing(false)));
      StandingPlan update = StandingPlanner.plan(plan, traits, List.of(), Map.of());
      assertTrue(update.modes().contains(OutputMode.APPEND) && update.appendsOtherwise());
      StandingPlan standing =
          StandingPlanner.plan(plan, traits, List.of(), Map.of(), OutputMode.APPEND);
      assertFalse(standing.appendsOtherwise());
      boolean append = random.nextInt(4) > 0;
      OutputMode mode = append ? OutputMode.APPEND : OutputMode.UPDATE;
      String what = "seed " + seed + ", " + mode + ", " + plan;
      Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
      tables.put(LEFT, new DeltaTable(COLUMNS, InputKind.GROWING));
      List<List<@Nullable Object>> taken = new ArrayList<>();
      long greatest = Long.MIN_VALUE;
      try (PipelineHarness harness =
          new PipelineHarness(append ? standing : update, mode, tables)) {
        for (int i = 0; i < 12; i++) {
          boolean last = i == 11;
          long before = append ? harness.watermark : Long.MIN_VALUE;
          for (int n = stepRows(random); n > 0; n--) {
            List<@Nullable Object> row = row(random, i * 7 + random.nextInt(30) - 20);
            tables.get(LEFT).add(new DeltaTable.Change(row, 1));
            LocalDateTime time = (LocalDateTime) row.get(5);
            greatest = time == null ? greatest : Math.max(greatest, micros(time) - 5_000_000);
            if (time == null || micros(time) >= before) {
              taken.add(row);
            }
          }
          harness.step(random, last);
          long watermark = last ? Long.MAX_VALUE : greatest;
          assertEquals(watermark, harness.watermark, what);
          Map<List<@Nullable Object>, Long> expected = batch(plan, tables, Map.of(LEFT, taken));
          if (append) {
            // A window of rows that are final behind the watermark is so a millisecond later.
            int time = windowed ? 0 : 5;
            long from = windowed ? watermark - 1000 : watermark - 1;
            expected.keySet().removeIf(row -> micros((LocalDateTime) row.get(time)) > from);
          }
          assertEquals(expected, harness.result, what);
        }
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
  }

  /** Rows come at the end, or anywhere, in few long partitions or many short ones, and go. */
  @Test
  void windowsFollowTheirRows() {
    for (int round = 0; round < Integer.getInteger("tidemill.rounds", 60); round++) {
      long seed = seed() + round;
      Random random = new Random(new SplittableRandom(seed).nextLong());
      boolean changing = random.nextBoolean();
      int spread = 1 + random.nextInt(random.nextInt(4) == 0 ? 2000 : 60);
      int keys = 1 + random.nextInt(3);
      boolean inOrder = random.nextBoolean();
      boolean large = random.nextInt(3) == 0;
      Map<TableReference, DeltaTable> tables = new LinkedHashMap<>();
      tables.put(LEFT, new DeltaTable(COLUMNS, InputKind.GROWING));
      BatchPlan plan = RandomWindows.window(random, new ScanPlan(LEFT, COLUMNS, List.of(), -1, -1));
      StandingPlan standing =
          StandingPlanner.plan(plan, Map.of(LEFT, growing(changing)), List.of(), Map.of());
      String what = "seed " + seed + ", " + plan;
      DeltaTable table = tables.get(LEFT);
      int second = 0;
      try (PipelineHarness harness = new PipelineHarness(standing, OutputMode.UPDATE, tables)) {
        for (int i = 0; i < 10; i++) {
          int rows = random.nextInt(4) == 0 ? large ? 1500 : 60 : stepRows(random);
          List<List<@Nullable Object>> there = changing ? net(table) : List.of();
          for (int n = 0; n < rows; n++) {
            if (changing && !there.isEmpty() && random.nextInt(3) == 0) {
              table.add(new DeltaTable.Change(there.remove(random.nextInt(there.size())), -1));
              continue;
            }
            second += random.nextInt(3);
            List<@Nullable Object> row = row(random, inOrder ? second : random.nextInt(spread));
            row.set(0, random.nextInt(40) == 0 ? null : random.nextInt(keys));
            boolean twice = random.nextInt(30) == 0;
            table.add(new DeltaTable.Change(row, twice && changing ? 3 : 1));
            if (twice) {
              table.add(new DeltaTable.Change(row, 1));
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

  private static long earliestEnd(LocalDateTime time, int slide) {
    long second = time.toEpochSecond(ZoneOffset.UTC);
    long start = Math.floorDiv(second, slide) * slide;
    while (start - slide + HOP_SIZE > second) {
      start -= slide;
    }
    return (start + HOP_SIZE) * 1_000_000;
  }
}
