package dev.tidemill.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.NestedLoopJoinPlan;
import dev.tidemill.plan.explain.PlanText;
import dev.tidemill.plan.json.PlanJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The 22 queries with the statistics of scale 1. */
final class TpchPlanTest {
  /**
   * Joins that have no equal keys: with the one row of a scalar subquery, or of two tiny filtered
   * tables.
   */
  private static final Map<Integer, Integer> NESTED_LOOPS = Map.of(7, 1, 11, 1, 22, 1);

  private static final TestTables TABLES = TpchTables.create();

  @ParameterizedTest
  @ValueSource(
      ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
  void plansWithoutLeftovers(int number) {
    BatchPlan plan = TABLES.plan(TpchTables.query(number)).plan();
    String text = PlanText.of(plan);
    List<NestedLoopJoinPlan> loops = nodes(plan, NestedLoopJoinPlan.class);
    assertEquals(NESTED_LOOPS.getOrDefault(number, 0), loops.size(), text);
    assertTrue(loops.stream().allMatch(l -> l.estimatedRows() < 20_000), text);
    assertEquals(plan, PlanJson.read(PlanJson.write(plan), BatchPlan.class));
  }

  @Test
  void existsWithUnequalSuppliersIsASemiAndAnAntiJoin() {
    BatchPlan plan = TABLES.plan(TpchTables.query(21)).plan();
    List<HashJoinPlan> joins = nodes(plan, HashJoinPlan.class);
    assertEquals(5, joins.size(), PlanText.of(plan));
    for (JoinKind kind : List.of(JoinKind.SEMI, JoinKind.ANTI)) {
      List<HashJoinPlan> ofKind = joins.stream().filter(j -> j.kind() == kind).toList();
      assertEquals(1, ofKind.size());
      assertTrue(ofKind.get(0).residual() != null);
    }
  }

  @Test
  void theBigOrdersAreFoundBeforeTheirLines() {
    String text = PlanText.of(TABLES.plan(TpchTables.query(18)).plan());
    assertTrue(
        text.indexOf("HashJoin SEMI on o_orderkey = l_orderkey")
            > text.indexOf("HashJoin INNER on l_orderkey"),
        text);
  }

  private static <T extends BatchPlan> List<T> nodes(BatchPlan plan, Class<T> type) {
    List<T> found = new ArrayList<>();
    if (type.isInstance(plan)) {
      found.add(type.cast(plan));
    }
    plan.inputs().forEach(i -> found.addAll(nodes(i, type)));
    return found;
  }
}
