package dev.tidemill.streaming.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.exec.Executor;
import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.AsofComparison;
import dev.tidemill.plan.batch.AsofJoinPlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.json.PlanJson;
import dev.tidemill.planner.delta.StandingPlanner;
import dev.tidemill.planner.delta.TableTraits;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.state.MemoryState;
import dev.tidemill.streaming.state.RandomSnapshots;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The promise: after every step the changes so far add up to the batch result over the rows taken.
 * Random plans over random tables in random steps, with restarts, rollbacks, retries, and steps
 * that fail for want of memory; in APPEND the rows that are final, each once.
 */
class PipelineTest {
  /** Helps with batches of any size. */
  private static final StepCrew CREW = StepCrew.ofAnyRows(3);

  private static final Type TIME = new Type.Timestamp(3);
  private static final List<OutputColumn> COLUMNS =
      List.of(
          new OutputColumn("k", Type.INTEGER, true),
          new OutputColumn("s", Type.VARCHAR, true),
          new OutputColumn("d", Type.DOUBLE, true),
          new OutputColumn("m", new Type.Decimal(10, 2), true),
          new OutputColumn("b", Type.BOOLEAN, true),
          new OutputColumn("ts", TIME, true));
  private static final TableReference LEFT = TableReference.of("c", "s", "left_table");
  private static final TableReference RIGHT = TableReference.of("c", "s", "right_table");
  private static final TableReference FIXED = TableReference.of("c", "s", "fixed");

  static Object value(Random random, Type type) {
    int small = random.nextInt(7) - 3;
    return switch (type) {
      case Type.Bool t -> random.nextBoolean();
      case Type.Int t -> t.bits() == 32 ? (Object) small : (Object) (long) small;
      case Type.DoubleType t -> random.nextInt(25) == 0 ? Double.NaN : small / 4.0;
      case Type.Decimal t -> BigDecimal.valueOf(small * 25L, 2).setScale(t.scale());
      case Type.Varchar t -> small < 0 ? "a" + small : "a longer text, number " + small;
      case Type.Timestamp t -> LocalDateTime.of(2024, 1, 1, 0, 0).plusSeconds(small * 7L);
      default -> throw new IllegalArgumentException("no random " + type);
    };
  }

  private static List<@Nullable Object> row(Random random, @Nullable Integer second) {
    List<@Nullable Object> row = new ArrayList<>();
    for (OutputColumn column : COLUMNS) {
      boolean isTime = column.type().equals(TIME) && second != null;
      row.add(
          random.nextInt(8) == 0
              ? null
              : isTime
                  ? LocalDateTime.of(2024, 1, 1, 0, 0).plusSeconds(second)
                  : value(random, column.type()));
    }
    return row;
  }

  private static ColumnReference column(List<OutputColumn> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return new ColumnReference(i, columns.get(i).type());
      }
    }
    throw new IllegalArgumentException(name);
  }

  private static TableTraits withWatermark(TableTraits traits) {
    ColumnReference time = column(COLUMNS, "ts");
    return traits.withWatermark(
        new TableTraits.Watermark(
            "ts",
            time,
            new Call(
                ScalarFunction.SUBTRACT,
                List.of(time, new Literal(new Type.TimeInterval(), Duration.ofSeconds(5))),
                TIME)));
  }

  private static TableTraits growing(boolean changing) {
    return new TableTraits(InputKind.GROWING, changing, COLUMNS, null, List.of());
  }

  /** A standing query at work, with what is needed to check it. */
  private static final class Harness implements AutoCloseable {
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

    Harness(StandingPlan plan, OutputMode mode, Map<TableReference, DeltaTable> tables) {
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
     * Takes all that stands in the tables, perhaps after an attempt that is rolled back; returns
     * the change.
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
      change.forEach(
          (row, weight) -> result.merge(row, weight, (a, b) -> a + b == 0 ? null : a + b));
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

  private static final BigDecimal SHIFT = new BigDecimal("1.00000000003");

  /**
   * Floating point is compared to ten digits, shifted a little before: sums of binary fractions
   * often lie in the middle of two decimals, where an error in the last place would decide.
   */
  private static List<@Nullable Object> plain(List<@Nullable Object> row) {
    List<@Nullable Object> plain = new ArrayList<>();
    for (Object value : row) {
      plain.add(
          value instanceof Double number && Double.isFinite(number)
              ? (Object)
                  (Math.abs(number) < 1e-9
                      ? 0.0
                      : new BigDecimal(number)
                          .multiply(SHIFT)
                          .round(new MathContext(10))
                          .doubleValue())
              : value);
    }
    return plain;
  }

  /** The batch result over some rows per table. */
  private static Map<List<@Nullable Object>, Long> batch(
      BatchPlan plan,
      Map<TableReference, DeltaTable> tables,
      Map<TableReference, List<List<@Nullable Object>>> rows) {
    Map<List<@Nullable Object>, Long> result = new HashMap<>();
    try (MemoryScope scope = MemoryScope.root("oracle", MemoryScope.UNLIMITED)) {
      ExecutionContext context =
          ExecutionContext.builder(scope)
              .tables(
                  TableSnapshot.pinning(
                      reference -> {
                        DeltaTable table = tables.get(reference);
                        DeltaTable copy = new DeltaTable(table.columns(), table.inputKind());
                        rows.getOrDefault(reference, net(table))
                            .forEach(row -> copy.add(new DeltaTable.Change(row, 1)));
                        return copy;
                      }))
              .build();
      for (Batch batch : Executor.run(plan, context)) {
        try (batch) {
          Batches.toRows(batch).forEach(row -> result.merge(plain(row), 1L, Long::sum));
        }
      }
    }
    return result;
  }

  /** What is left of a table's changes. */
  private static List<List<@Nullable Object>> net(DeltaTable table) {
    Map<List<@Nullable Object>, Long> weights = new LinkedHashMap<>();
    table.changes().forEach(change -> weights.merge(change.row(), change.weight(), Long::sum));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    weights.forEach(
        (row, weight) -> {
          for (long i = 0; i < weight; i++) {
            rows.add(row);
          }
        });
    return rows;
  }

  /** Adds random rows, and removes some of those that are there where the table allows it. */
  private static void grow(DeltaTable table, Random random, int rows, boolean changing) {
    for (int i = 0; i < rows; i++) {
      List<List<@Nullable Object>> there = net(table);
      if (changing && !there.isEmpty() && random.nextInt(3) == 0) {
        table.add(new DeltaTable.Change(there.get(random.nextInt(there.size())), -1));
      } else if (!there.isEmpty() && random.nextInt(6) == 0) {
        table.add(new DeltaTable.Change(there.get(random.nextInt(there.size())), 1));
      } else {
        table.add(new DeltaTable.Change(row(random, null), 1));
      }
    }
  }

  private static int stepRows(Random random) {
    return random.nextInt(3) == 0 ? random.nextInt(2) : random.nextInt(12);
  }

  private static long seed() {
    return Long.getLong("tidemill.test.seed", System.nanoTime());
  }

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
      try (Harness harness =
          new Harness(standing, append ? OutputMode.APPEND : OutputMode.UPDATE, tables)) {
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
      try (Harness harness = new Harness(standing, OutputMode.UPDATE, Map.of(LEFT, table))) {
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
      try (Harness harness = new Harness(standing, OutputMode.UPDATE, tables)) {
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
      try (Harness harness = new Harness(standing, OutputMode.UPDATE, Map.of(LEFT, table))) {
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

  private static final int HOP_SIZE = 20;

  /** Windows over a table's time: HOP(20 s) sliding by {@code slide} seconds. */
  private static WindowTablePlan windows(TableReference table, int slide) {
    List<OutputColumn> columns = List.of(COLUMNS.get(0), COLUMNS.get(2), COLUMNS.get(5));
    return new WindowTablePlan(
        new ScanPlan(table, columns, List.of(), -1, -1), 2, HOP_SIZE * 1000L, slide * 1000L, 0);
  }

  /** COUNT(*), SUM(d) by k and window: columns k, window_end, n, total. */
  private static BatchPlan byWindow(TableReference table, int slide) {
    WindowTablePlan windows = windows(table, slide);
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
      int shape = random.nextInt(3);
      BatchPlan plan =
          shape == 0
              ? byWindow(LEFT, slide)
              : shape == 1 ? hottest(LEFT, LEFT, slide) : hottest(LEFT, RIGHT, slide);
      if (shape < 2) {
        tables.remove(RIGHT);
      }
      StandingPlan standing = StandingPlanner.plan(plan, traits, List.of(), Map.of());
      assertTrue(standing.modes().contains(OutputMode.APPEND), () -> "" + standing.illegal());
      assertEquals(1, standing.timeColumn());
      OutputMode mode = random.nextBoolean() ? OutputMode.APPEND : OutputMode.UPDATE;
      String what = "seed " + seed + ", shape " + shape + ", slide " + slide + ", " + mode;
      long allLate = 0;
      Map<TableReference, List<List<@Nullable Object>>> kept = new HashMap<>();
      tables.keySet().forEach(table -> kept.put(table, new ArrayList<>()));
      Map<TableReference, Long> greatest = new HashMap<>();
      try (Harness harness = new Harness(standing, mode, tables)) {
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
          if (mode == OutputMode.APPEND) {
            expected.keySet().removeIf(row -> micros((LocalDateTime) row.get(1)) > watermark);
          }
          assertEquals(expected, harness.result, what);
        }
        // Nothing is kept of windows that have ended.
        int left = RandomSnapshots.whole(harness.state).length - empty;
        assertTrue(left <= 400, what + ": " + left);
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
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
      try (Harness harness = new Harness(standing, OutputMode.UPDATE, tables)) {
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

  /** Some of the rows whose weights differ. */
  private static String difference(
      Map<List<@Nullable Object>, Long> wanted, Map<List<@Nullable Object>, Long> found) {
    Map<List<@Nullable Object>, Long> difference = new LinkedHashMap<>();
    found.forEach((row, weight) -> difference.merge(row, weight, Long::sum));
    wanted.forEach((row, weight) -> difference.merge(row, -weight, Long::sum));
    return difference.entrySet().stream()
        .filter(entry -> entry.getValue() != 0)
        .sorted((a, b) -> a.getKey().toString().compareTo(b.getKey().toString()))
        .limit(12)
        .map(entry -> entry.getValue() + " of " + entry.getKey())
        .collect(Collectors.joining("\n"));
  }

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
      try (Harness harness = new Harness(standing, OutputMode.UPDATE, tables)) {
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
      try (Harness harness = new Harness(standing, OutputMode.UPDATE, tables)) {
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
      try (Harness harness = new Harness(standing, mode, tables)) {
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

  private static long micros(LocalDateTime time) {
    return time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + time.getNano() / 1000;
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
