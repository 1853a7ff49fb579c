package dev.tidemill.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.context.RunInput;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExchangePlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.LimitPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.SortPlan;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The linear operators: rows by their definition, weights passed on; all others refuse weights. */
class LinearTest {
  private static final Expression POSITIVE =
      new Call(
          ScalarFunction.GREATER,
          List.of(new ColumnReference(0, Type.BIGINT), new Literal(Type.BIGINT, 0L)),
          Type.BOOLEAN);
  private static final Expression DOUBLED =
      new Call(
          ScalarFunction.ADD,
          List.of(new ColumnReference(0, Type.BIGINT), new ColumnReference(0, Type.BIGINT)),
          Type.BIGINT);

  private static BatchPlan linear(InputPlan input) {
    BatchPlan filtered =
        new FilterPlan(new ExchangePlan(input, ExchangePlan.Kind.GATHER, List.of()), POSITIVE);
    BatchPlan projected =
        new ProjectPlan(
            filtered,
            List.of(DOUBLED, new ColumnReference(1, Type.VARCHAR)),
            List.of(
                new OutputColumn("d", Type.BIGINT, true),
                new OutputColumn("s", Type.VARCHAR, true)));
    return new UnionPlan(List.of(projected, input), projected.columns());
  }

  @Test
  void filterProjectUnion() {
    List<List<@Nullable Object>> rows = Rows.random(new Random(7), 400, Type.BIGINT, Type.VARCHAR);
    List<List<@Nullable Object>> expected = new ArrayList<>(rows);
    for (List<@Nullable Object> row : rows) {
      if (row.get(0) instanceof Long number && number > 0) {
        List<@Nullable Object> doubled = new ArrayList<>(row);
        doubled.set(0, number * 2);
        expected.add(doubled);
      }
    }
    OperatorTester.of(linear(Rows.input(0, Type.BIGINT, Type.VARCHAR)), 3)
        .input(0, rows)
        .gives(expected);
  }

  @Test
  void weightsPassThroughWhatIsLinear() {
    InputPlan input = Rows.input(0, Type.BIGINT, Type.VARCHAR);
    CompiledPlan plan = CompiledPlan.compile(linear(input));
    CompiledPlan sort =
        CompiledPlan.compile(new SortPlan(input, List.of(new SortKey(0, false, false))));
    CompiledPlan limit = CompiledPlan.compile(new LimitPlan(input, 5, 0));
    CompiledPlan distinct =
        CompiledPlan.compile(
            new AggregatePlan(
                input, List.of(0, 1), List.of(List.of(0, 1)), List.of(), input.columns(), -1));
    try (MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);
        Batch delta =
            Batches.fromRows(
                List.of(Type.BIGINT, Type.VARCHAR),
                List.of(List.of(3L, "a"), List.of(-1L, "b"), List.of(5L, "c")),
                new long[] {-1, 7, 2},
                memory)) {
      ExecutionContext context =
          ExecutionContext.builder(memory).input(0, RunInput.of(List.of(delta))).build();
      for (int run = 0; run < 3; run++) {
        List<Batch> result = Executor.run(plan, context);
        assertEquals(2, result.size());
        assertEquals(List.of(List.of(6L, "a"), List.of(10L, "c")), Batches.toRows(result.get(0)));
        assertArrayEquals(new long[] {-1, 2}, Batches.weights(result.get(0)));
        assertArrayEquals(new long[] {-1, 7, 2}, Batches.weights(result.get(1)));
        result.forEach(Batch::close);
      }
      for (CompiledPlan other : List.of(sort, limit, distinct)) {
        TidemillException thrown =
            assertThrows(TidemillException.class, () -> Executor.run(other, context));
        assertEquals(ErrorKind.INTERNAL, thrown.kind());
      }
    }
  }

  @Test
  void timeWindowsOfEveryPrecision() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 12; round++) {
      Type type = new Type.Timestamp(round % 4 * 3);
      long slide = 1 + random.nextInt(20);
      long size = random.nextBoolean() ? slide : 1 + random.nextInt(60);
      long offset = random.nextInt(41) - 20;
      List<List<@Nullable Object>> rows = Rows.random(random, 100, Type.INTEGER, type);
      List<List<@Nullable Object>> expected = new ArrayList<>();
      for (List<@Nullable Object> row : rows) {
        if (row.get(1) instanceof LocalDateTime time) {
          long at = time.toEpochSecond(ZoneOffset.UTC);
          for (long start = -2000; start < 2000; start++) {
            if (Math.floorMod(start - offset, slide) == 0 && start <= at && at < start + size) {
              List<@Nullable Object> windowed = new ArrayList<>(row);
              windowed.add(LocalDateTime.ofEpochSecond(start, 0, ZoneOffset.UTC));
              windowed.add(
                  LocalDateTime.ofEpochSecond(start, 0, ZoneOffset.UTC)
                      .plus(Duration.ofSeconds(size)));
              expected.add(windowed);
            }
          }
        }
      }
      BatchPlan plan =
          new WindowTablePlan(
              Rows.input(0, Type.INTEGER, type), 1, size * 1000, slide * 1000, offset * 1000);
      try {
        OperatorTester.of(plan, random.nextLong()).input(0, rows).gives(expected);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", " + plan + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void windowsOfHalfASecondOverWholeSecondsAreRefused() {
    BatchPlan plan = new WindowTablePlan(Rows.input(0, new Type.Timestamp(0)), 0, 500, 500, 0);
    TidemillException thrown =
        assertThrows(TidemillException.class, () -> CompiledPlan.compile(plan));
    assertEquals("UNSUPPORTED_WINDOW_SIZE", thrown.code().name());
  }

  @Test
  void rowsWithoutColumns() {
    BatchPlan plan =
        new ProjectPlan(
            new ValuesPlan(List.of(), List.of(List.of(), List.of())),
            List.of(new Literal(Type.INTEGER, 7)),
            List.of(new OutputColumn("x", Type.INTEGER, false)));
    OperatorTester.of(plan, 1).gives(List.of(List.of(7), List.of(7)));
  }
}
