package dev.tidemill.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.context.RunInput;
import dev.tidemill.exec.pipeline.OperatorStatistics;
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
import dev.tidemill.plan.batch.ExceptPlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.IntersectPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.LimitPlan;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.RecursivePlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.SortPlan;
import dev.tidemill.plan.batch.TopNPlan;
import dev.tidemill.plan.batch.UnionPlan;
import dev.tidemill.plan.batch.WorkingTablePlan;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operators with a fraction of the memory that their rows take, against the same with all they
 * want.
 */
class SpillTest {
  private static final Type TAGS = new Type.Array(Type.VARCHAR);

  /** Key, text, amount, tags, sequence number. */
  private static final Type[] TYPES = {
    Type.BIGINT, Type.VARCHAR, new Type.Decimal(12, 2), TAGS, Type.BIGINT
  };

  @TempDir Path directory;

  private final long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void sortsInRuns() {
    InputPlan input = Rows.input(0, TYPES);
    List<SortKey> keys =
        List.of(
            new SortKey(1, true, false), new SortKey(0, false, true), new SortKey(4, false, false));
    List<List<@Nullable Object>> rows = rows(40_000, 5_000, 0);
    check(new LimitPlan(new SortPlan(input, keys), 2_000, 20_000), true, List.of(rows), 3_000_000);
    check(new TopNPlan(input, keys, 2_000, 9_000), true, List.of(rows), 3_000_000);
  }

  @Test
  void aggregatesByPartitions() {
    InputPlan input = Rows.input(0, TYPES);
    List<AggregateCall> calls =
        List.of(
            new AggregateCall(AggregateFunction.COUNT, List.of(), false, -1, Type.BIGINT),
            new AggregateCall(
                AggregateFunction.SUM, List.of(2), false, -1, new Type.Decimal(22, 2)),
            new AggregateCall(AggregateFunction.MAX, List.of(1), false, -1, Type.VARCHAR),
            new AggregateCall(AggregateFunction.MIN, List.of(4), false, -1, Type.BIGINT));
    List<List<@Nullable Object>> rows = rows(40_000, 30_000, 0);
    for (List<Integer> keys : List.of(List.of(0), List.of(1), List.of(0, 1), List.of(3))) {
      check(aggregate(input, keys, calls), false, List.of(rows), 3_000_000);
    }
  }

  @Test
  void countsMoreDistinctValuesThanFit() {
    InputPlan input = Rows.input(0, TYPES);
    List<AggregateCall> calls =
        List.of(
            new AggregateCall(AggregateFunction.COUNT, List.of(1), true, -1, Type.BIGINT),
            new AggregateCall(AggregateFunction.SUM, List.of(4), true, -1, Type.BIGINT));
    List<List<@Nullable Object>> rows = rows(40_000, 30_000, 0.5);
    check(aggregate(input, List.of(), calls), false, List.of(rows), 3_000_000);
    check(aggregate(input, List.of(0), calls), false, List.of(rows), 3_000_000);
  }

  private static BatchPlan aggregate(
      InputPlan input, List<Integer> keys, List<AggregateCall> calls) {
    List<OutputColumn> columns = new ArrayList<>();
    List<Integer> positions = new ArrayList<>();
    for (int key : keys) {
      positions.add(columns.size());
      columns.add(new OutputColumn("k", TYPES[key], true));
    }
    calls.forEach(call -> columns.add(new OutputColumn("a", call.type(), true)));
    return new AggregatePlan(input, keys, List.of(positions), calls, columns, -1);
  }

  @Test
  void joinsOfEveryKindByPartitions() {
    for (JoinKind kind : JoinKind.values()) {
      joins(kind, 0, false, 5_000, 25_000);
    }
  }

  @Test
  void joinsOfAKeyThatIsLargerThanMemory() {
    for (JoinKind kind : JoinKind.values()) {
      joins(kind, 0.8, !isNullAware(kind), 20, 40_000);
    }
  }

  private static boolean isNullAware(JoinKind kind) {
    return kind == JoinKind.NULL_AWARE_ANTI || kind == JoinKind.NULL_AWARE_LEFT_MARK;
  }

  /**
   * @param skew so much of the rows has one key
   * @param residual whether there is a further condition
   */
  private void joins(JoinKind kind, double skew, boolean residual, int leftCount, int rightCount) {
    InputPlan left = Rows.input(0, TYPES);
    InputPlan right = Rows.input(1, TYPES);
    List<OutputColumn> columns = new ArrayList<>(left.columns());
    if (kind.givesRight()) {
      columns.addAll(right.columns());
    }
    if (kind == JoinKind.LEFT_MARK || kind == JoinKind.NULL_AWARE_LEFT_MARK) {
      columns.add(new OutputColumn("mark", Type.BOOLEAN, true));
    }
    Call less =
        new Call(
            ScalarFunction.LESS,
            List.of(
                new ColumnReference(4, Type.BIGINT),
                new ColumnReference(TYPES.length + 4, Type.BIGINT)),
            Type.BOOLEAN);
    for (int key = 0; key < 2; key++) {
      Distribution distribution = key == 0 ? Distribution.BROADCAST : Distribution.SHUFFLE;
      boolean buildsLeft = (kind == JoinKind.SEMI || kind == JoinKind.ANTI) && key == 1;
      BatchPlan plan =
          new HashJoinPlan(
              left,
              right,
              kind,
              List.of(key),
              List.of(key),
              List.of(key == 1 && !isNullAware(kind)),
              residual ? less : null,
              buildsLeft,
              columns,
              distribution,
              "",
              -1);
      List<List<@Nullable Object>> leftRows = rows(leftCount, 6_000, skew);
      List<List<@Nullable Object>> rightRows = rows(rightCount, 6_000, skew);
      if (isNullAware(kind) && distribution == Distribution.SHUFFLE) {
        int at = key;
        rightRows.removeIf(row -> row.get(at) == null);
      }
      long limit = !buildsLeft ? 3_000_000 : leftCount > 1000 ? 1_000_000 : 0;
      if (limit > 0) {
        check(sums(plan), false, List.of(leftRows, rightRows), limit);
      }
    }
  }

  /** What the rows of a join come to, so that few wait for their reader. */
  private static BatchPlan sums(BatchPlan join) {
    List<AggregateCall> calls = new ArrayList<>();
    calls.add(new AggregateCall(AggregateFunction.COUNT, List.of(), false, -1, Type.BIGINT));
    List<OutputColumn> columns = join.columns();
    for (int i = 0; i < columns.size(); i++) {
      Type type = columns.get(i).type();
      int filter = columns.getLast().type().equals(Type.BOOLEAN) ? columns.size() - 1 : -1;
      calls.add(new AggregateCall(AggregateFunction.COUNT, List.of(i), false, -1, Type.BIGINT));
      if (type.equals(Type.BIGINT) && i % TYPES.length == 4) {
        calls.add(new AggregateCall(AggregateFunction.SUM, List.of(i), false, -1, Type.BIGINT));
        calls.add(new AggregateCall(AggregateFunction.SUM, List.of(i), false, filter, Type.BIGINT));
      } else if (type.equals(Type.VARCHAR)) {
        calls.add(new AggregateCall(AggregateFunction.MAX, List.of(i), false, filter, type));
      }
    }
    List<OutputColumn> results = new ArrayList<>();
    calls.forEach(call -> results.add(new OutputColumn("a", call.type(), true)));
    return new AggregatePlan(join, List.of(), List.of(List.of()), calls, results, -1);
  }

  @Test
  void setOperationsByPartitions() {
    InputPlan left = Rows.input(0, TYPES);
    InputPlan right = Rows.input(1, TYPES);
    List<List<@Nullable Object>> leftRows = rows(30_000, 20_000, 0);
    List<List<@Nullable Object>> rightRows = new ArrayList<>(leftRows.subList(0, 10_000));
    rightRows.addAll(leftRows.subList(5_000, 9_000));
    rightRows.addAll(rows(15_000, 20_000, 0));
    List<List<@Nullable Object>> twice = new ArrayList<>(leftRows);
    twice.addAll(leftRows.subList(4_000, 20_000));
    for (boolean all : List.of(false, true)) {
      check(
          new IntersectPlan(left, right, all, left.columns()),
          false,
          List.of(twice, rightRows),
          5_000_000);
      check(
          new ExceptPlan(left, right, all, left.columns()),
          false,
          List.of(twice, rightRows),
          5_000_000);
    }
  }

  @Test
  void nestedLoopsOverBlocks() {
    InputPlan left = Rows.input(0, TYPES);
    InputPlan right = Rows.input(1, TYPES);
    for (JoinKind kind : JoinKind.values()) {
      if (isNullAware(kind)) {
        continue;
      }
      List<OutputColumn> columns = new ArrayList<>(left.columns());
      if (kind.givesRight()) {
        columns.addAll(right.columns());
      }
      if (kind == JoinKind.LEFT_MARK) {
        columns.add(new OutputColumn("mark", Type.BOOLEAN, true));
      }
      for (Call condition : Arrays.asList(compared(ScalarFunction.GREATER, 0), null)) {
        BatchPlan plan = new NestedLoopJoinPlan(left, right, kind, condition, columns, -1);
        check(
            sums(plan),
            false,
            List.of(rows(condition == null ? 3 : 15, 6_000, 0), rows(25_000, 6_000, 0)),
            2_000_000);
      }
    }
  }

  /** Compares a column of both sides. */
  private static Call compared(ScalarFunction comparison, int column) {
    return new Call(
        comparison,
        List.of(
            new ColumnReference(column, TYPES[column]),
            new ColumnReference(TYPES.length + column, TYPES[column])),
        Type.BOOLEAN);
  }

  @Test
  void asofJoinsBySorting() {
    InputPlan left = Rows.input(0, TYPES);
    InputPlan right = Rows.input(1, TYPES);
    List<OutputColumn> columns = new ArrayList<>(left.columns());
    columns.addAll(right.columns());
    for (AsofComparison comparison : AsofComparison.values()) {
      boolean hasKey = comparison.isInclusive();
      int time = random.nextBoolean() ? 0 : 2;
      List<Integer> keys = hasKey ? List.of(1) : List.of();
      List<Boolean> nullsMatch = hasKey ? List.of(random.nextBoolean()) : List.of();
      List<Integer> ties = new ArrayList<>(List.of(0, 2, 3, 4));
      ties.remove((Integer) time);
      if (!hasKey) {
        ties.add(1);
      }
      BatchPlan plan =
          new AsofJoinPlan(
              left,
              right,
              random.nextBoolean(),
              keys,
              keys,
              nullsMatch,
              time,
              time,
              comparison,
              ties,
              columns,
              -1);
      check(sums(plan), false, List.of(rows(20_000, 300, 0.2), rows(25_000, 300, 0.2)), 3_000_000);
    }
  }

  @Test
  void recursionKeepsRowsOnDisk() {
    InputPlan first = Rows.input(0, TYPES);
    List<OutputColumn> columns = first.columns();
    BatchPlan working = new WorkingTablePlan(1, columns);
    List<Expression> same = new ArrayList<>();
    for (int i = 0; i < TYPES.length; i++) {
      same.add(new ColumnReference(i, TYPES[i]));
    }
    Expression number = same.getLast();
    Expression step = new Literal(Type.BIGINT, 10_000L);
    List<Expression> earlier = new ArrayList<>(same);
    earlier.set(4, new Call(ScalarFunction.SUBTRACT, List.of(number, step), Type.BIGINT));
    BatchPlan later =
        new FilterPlan(
            working, new Call(ScalarFunction.GREATER, List.of(number, step), Type.BOOLEAN));
    List<List<@Nullable Object>> rows = rows(30_000, 10_000, 0);
    BatchPlan next = new ProjectPlan(later, earlier, columns);
    check(
        sums(new RecursivePlan(first, next, 1, columns, false, 100)),
        false,
        List.of(rows),
        3_000_000);
    BatchPlan again =
        new UnionPlan(List.of(next, new ProjectPlan(working, same, columns)), columns);
    check(
        sums(new RecursivePlan(first, again, 1, columns, true, 100)),
        false,
        List.of(rows),
        3_000_000);
  }

  @Test
  void partsThatAreComputedOnceAreKeptOnDisk() {
    InputPlan input = Rows.input(0, TYPES);
    BatchPlan shared = new SharedPlan(input, 1);
    check(
        sums(new UnionPlan(List.of(shared, shared), input.columns())),
        false,
        List.of(rows(40_000, 6_000, 0)),
        3_000_000);
  }

  @Test
  void aDirectoryThatIsNotThereIsNamed() {
    InputPlan input = Rows.input(0, TYPES);
    BatchPlan plan = new SortPlan(input, List.of(new SortKey(1, false, false)));
    Path gone = directory.resolve("gone");
    TidemillException thrown =
        assertThrows(
            TidemillException.class,
            () -> run(plan, List.of(rows(40_000, 100, 0)), 3_000_000, gone, rows -> {}));
    assertEquals("SPILL_FAILED", thrown.code().name());
    assertTrue(thrown.getMessage().contains(gone.toString()), thrown.getMessage());
    assertTrue(thrown.getMessage().contains("spill_directory"), thrown.getMessage());
  }

  /**
   * The plan gives the same with {@code limit} bytes as with any, and puts something on disk, of
   * which nothing is left.
   */
  private void check(
      BatchPlan plan, boolean ordered, List<List<List<@Nullable Object>>> inputs, long limit) {
    String what = "seed " + seed + ", " + plan;
    List<String> expected = new ArrayList<>();
    run(plan, inputs, MemoryScope.UNLIMITED, directory, row -> expected.add(row));
    List<String> actual = new ArrayList<>();
    long spilled;
    try {
      spilled = run(plan, inputs, limit, directory, row -> actual.add(row));
    } catch (TidemillException e) {
      throw new AssertionError(what + ": " + e.getMessage(), e);
    }
    if (!ordered) {
      expected.sort(null);
      actual.sort(null);
    }
    assertEquals(expected.size(), actual.size(), what);
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), actual.get(i), what);
    }
    assertTrue(spilled > 0, () -> "nothing on disk: " + what);
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(0, left.count(), what);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Says how many bytes went to disk. */
  private long run(
      BatchPlan plan,
      List<List<List<@Nullable Object>>> inputs,
      long limit,
      Path spillDirectory,
      Consumer<String> taker) {
    try (MemoryScope given = MemoryScope.root("inputs", MemoryScope.UNLIMITED);
        MemoryScope memory = MemoryScope.root("query", limit)) {
      ExecutionContext.Builder context =
          ExecutionContext.builder(memory).threads(2).spillDirectory(spillDirectory);
      List<Batch> batches = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        List<Batch> input = new ArrayList<>();
        List<List<@Nullable Object>> rows = inputs.get(i);
        for (int from = 0; from < rows.size(); from += 1_000) {
          input.add(
              Batches.fromRows(
                  List.of(TYPES), rows.subList(from, Math.min(rows.size(), from + 1_000)), given));
        }
        batches.addAll(input);
        context.input(i, RunInput.of(input));
      }
      try (Executor executor = new Executor(2);
          BatchQuery query = executor.start(plan, context.build())) {
        Batch next = query.next();
        while (next != null) {
          try (Batch batch = next) {
            Batches.toRows(batch).forEach(row -> taker.accept(OperatorTester.text(row)));
          }
          next = query.next();
        }
        return query.statistics().stream()
            .map(OperatorStatistics::spilling)
            .mapToLong(OperatorStatistics.Spilling::bytes)
            .sum();
      } finally {
        batches.forEach(Batch::close);
      }
    }
  }

  private List<List<@Nullable Object>> rows(int count, int keys, double skew) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int key = random.nextDouble() < skew ? 7 : random.nextInt(keys);
      List<@Nullable Object> row = new ArrayList<>();
      row.add(random.nextInt(50) == 0 ? null : key * 1_000_003L);
      row.add(
          random.nextInt(50) == 0
              ? null
              : (key % 3 == 0 ? "k" : "a key, long enough for a page of its own, with the number ")
                  + key);
      row.add(random.nextInt(9) == 0 ? null : Rows.value(random, TYPES[2]));
      row.add(random.nextInt(9) == 0 ? null : tags(key));
      row.add((long) i);
      rows.add(row);
    }
    return rows;
  }

  private static List<@Nullable Object> tags(int key) {
    List<@Nullable Object> tags = new ArrayList<>();
    for (int i = 0; i < key % 4; i++) {
      tags.add(i == 2 ? null : "tag " + key + i);
    }
    return tags;
  }
}
