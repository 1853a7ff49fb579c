package dev.tidemill.exec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.LimitPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.RecursivePlan;
import dev.tidemill.plan.batch.SharedPlan;
import dev.tidemill.plan.batch.WorkingTablePlan;
import dev.tidemill.plan.expression.ColumnReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Walks through random graphs, against lists. */
class RecursionTest {
  private static final Type[] EDGE = {Type.INTEGER, Type.VARCHAR, Type.INTEGER, Type.VARCHAR};

  /** Pairs (f, t): the edges, then edges behind them; nodes are of two columns. */
  private static RecursivePlan walk(boolean distinct, boolean computedOnce, long mostRounds) {
    InputPlan edges = Rows.input(0, EDGE);
    List<OutputColumn> columns = edges.columns();
    BatchPlan working = new WorkingTablePlan(1, columns);
    BatchPlan read = computedOnce ? new SharedPlan(edges, 1) : edges;
    List<OutputColumn> joined = new ArrayList<>(columns);
    joined.addAll(columns);
    BatchPlan join =
        new HashJoinPlan(
            read,
            working,
            JoinKind.INNER,
            List.of(0, 1),
            List.of(2, 3),
            List.of(false, false),
            null,
            false,
            joined,
            Distribution.SHUFFLE,
            "",
            -1);
    BatchPlan next =
        new ProjectPlan(
            join,
            List.of(
                new ColumnReference(4, Type.INTEGER),
                new ColumnReference(5, Type.VARCHAR),
                new ColumnReference(2, Type.INTEGER),
                new ColumnReference(3, Type.VARCHAR)),
            columns);
    return new RecursivePlan(edges, next, 1, columns, distinct, mostRounds);
  }

  private static List<List<@Nullable Object>> behind(
      List<List<@Nullable Object>> pairs, List<List<@Nullable Object>> edges) {
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (List<@Nullable Object> pair : pairs) {
      for (List<@Nullable Object> edge : edges) {
        boolean hasNode = pair.get(2) != null && pair.get(3) != null;
        if (hasNode && pair.subList(2, 4).equals(edge.subList(0, 2))) {
          found.add(Arrays.asList(pair.get(0), pair.get(1), edge.get(2), edge.get(3)));
        }
      }
    }
    return found;
  }

  private static List<List<@Nullable Object>> edges(Random random, int count, boolean circles) {
    List<List<@Nullable Object>> edges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = random.nextInt(8);
      int to = circles ? random.nextInt(8) : from + 1 + random.nextInt(3);
      boolean toNothing = random.nextInt(10) == 0;
      edges.add(Arrays.asList(from, "n" + from, to, toNothing ? null : "n" + to));
    }
    return edges;
  }

  @Test
  void walksThroughGraphs() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 12; round++) {
      boolean distinct = random.nextBoolean();
      List<List<@Nullable Object>> edges = edges(random, random.nextInt(16), distinct);
      List<List<@Nullable Object>> last =
          distinct ? List.copyOf(new LinkedHashSet<>(edges)) : edges;
      List<List<@Nullable Object>> expected = new ArrayList<>(last);
      while (!last.isEmpty()) {
        List<List<@Nullable Object>> next = behind(last, edges);
        if (distinct) {
          Set<List<@Nullable Object>> fresh = new LinkedHashSet<>(next);
          fresh.removeAll(expected);
          next = List.copyOf(fresh);
        }
        expected.addAll(next);
        last = next;
      }
      try {
        OperatorTester.of(walk(distinct, random.nextBoolean(), 20), random.nextLong())
            .input(0, edges)
            .gives(expected);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void whatHasNoEndIsStopped() {
    OperatorTester.of(walk(false, true, 30), 1)
        .input(0, List.of(List.of(1, "a", 1, "a")))
        .fails("RECURSION_LIMIT_EXCEEDED");
  }

  @Test
  void whoWantsNoMoreRowsEndsIt() {
    OperatorTester.of(new LimitPlan(walk(false, false, Long.MAX_VALUE), 9, 0), 1)
        .input(0, List.of(List.of(1, "a", 1, "a")))
        .holds(rows -> assertTrue(rows.size() == 9, rows::toString));
  }
}
