package dev.tidemill.streaming.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.InputPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortKey;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.ValuesPlan;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.DeltaTopNPlan;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.streaming.pipeline.Succession.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which operators of a plan take over from those of another. */
class SuccessionTest {
  private static final DeltaPlan T = scan("t", true);
  private static final DeltaPlan U = scan("u", true);
  private static final DeltaPlan GROUPS = groups(T, "n", null);

  private static DeltaPlan scan(String table, boolean nullable) {
    return new DeltaScanPlan(
        TableReference.of(table),
        List.of(
            new OutputColumn("k", Type.BIGINT, nullable),
            new OutputColumn("v", Type.BIGINT, nullable)),
        null,
        List.of(),
        false);
  }

  private static DeltaPlan groups(DeltaPlan input, String name, TimeBound bound) {
    return new DeltaAggregatePlan(
        input,
        List.of(0),
        List.of(new AggregateCall(AggregateFunction.COUNT, List.of(), false, -1, Type.BIGINT)),
        List.of(input.columns().get(0), new OutputColumn(name, Type.BIGINT, false)),
        bound);
  }

  private static DeltaPlan filter(DeltaPlan input) {
    BatchPlan rows = new InputPlan(0, input.columns());
    return new LinearPlan(new FilterPlan(rows, new Literal(Type.BOOLEAN, true)), List.of(input));
  }

  private static DeltaPlan top(DeltaPlan input, long limit) {
    return new DeltaTopNPlan(input, List.of(new SortKey(0, false, false)), limit, 0);
  }

  private static DeltaPlan join(JoinKind kind, DeltaPlan left, DeltaPlan right) {
    List<OutputColumn> columns = new ArrayList<>(left.columns());
    columns.addAll(right.columns());
    return new DeltaJoinPlan(
        left,
        right,
        kind,
        List.of(0),
        List.of(0),
        List.of(false),
        null,
        columns,
        null,
        null,
        null,
        null);
  }

  private static StandingPlan plan(DeltaPlan root) {
    return new StandingPlan(
        StandingPlan.VERSION,
        root,
        List.of(),
        -1,
        List.of(),
        List.of(),
        0,
        List.of(OutputMode.UPDATE),
        Map.of(),
        Map.of());
  }

  private static Succession succession(DeltaPlan before, boolean keepsResult, DeltaPlan now) {
    return new Succession(
        plan(before), OutputMode.UPDATE, keepsResult, plan(now), OutputMode.UPDATE);
  }

  private static List<Fate> fates(DeltaPlan before, DeltaPlan now) {
    Succession succession = succession(before, false, now);
    assertNull(succession.obstacle());
    return succession.operators().stream().map(Succession.Operator::fate).toList();
  }

  @Test
  void whatIsAboveAnAggregateIsRebuiltFromItsGroups() {
    assertEquals(List.of(Fate.REBUILT, Fate.KEPT, Fate.KEPT), fates(GROUPS, filter(GROUPS)));
    assertEquals(List.of(Fate.KEPT, Fate.KEPT), fates(filter(GROUPS), GROUPS));
    assertEquals(
        List.of(Fate.REBUILT, Fate.KEPT, Fate.KEPT), fates(top(GROUPS, 2), top(GROUPS, 3)));
  }

  @Test
  void namesOfColumnsDoNotMatter() {
    assertEquals(List.of(Fate.KEPT, Fate.KEPT), fates(GROUPS, groups(T, "other", null)));
  }

  @Test
  void aStateHasTheNumberOfItsOperator() {
    Succession succession = succession(GROUPS, false, filter(GROUPS));
    assertEquals(List.of("1.aggregate.groups"), succession.names("0.aggregate.groups"));
    assertEquals(List.of(), succession.names("$result"));
    assertEquals(List.of(), succession.names("10.aggregate.groups"));
  }

  @Test
  void oneStateServesAllThatAreEqual() {
    DeltaPlan both = join(JoinKind.INNER, GROUPS, groups(T, "other", null));
    assertEquals(
        List.of("1.aggregate.groups", "3.aggregate.groups"),
        succession(GROUPS, false, both).names("0.aggregate.groups"));
  }

  @Test
  void groupsThatEndAreNotAllThere() {
    DeltaPlan ending = groups(T, "n", new TimeBound(0, 0));
    assertNotNull(succession(ending, false, filter(ending)).obstacle());
    assertNull(succession(ending, true, filter(ending)).obstacle());
  }

  @Test
  void theResultHoldsTheRowsOfTheRoot() {
    DeltaPlan rows = filter(T);
    assertEquals(
        "no operator has all rows of t",
        succession(rows, false, groups(rows, "n", null)).obstacle());
    assertNull(succession(rows, true, groups(rows, "n", null)).obstacle());
    assertNotNull(succession(rows, true, groups(T, "n", null)).obstacle());
  }

  @Test
  void aJoinIsRebuiltFromItsSides() {
    DeltaPlan inner = join(JoinKind.INNER, T, U);
    assertEquals(
        List.of(Fate.REBUILT, Fate.JOINED_ANEW, Fate.KEPT, Fate.KEPT),
        fates(inner, groups(inner, "n", null)));
    assertEquals(
        List.of(Fate.REBUILT, Fate.KEPT, Fate.KEPT), fates(inner, join(JoinKind.INNER, U, T)));
  }

  @Test
  void rowsThatAJoinDropsAreMissingElsewhere() {
    DeltaPlan inner = join(JoinKind.INNER, T, U);
    assertNotNull(succession(inner, false, groups(T, "n", null)).obstacle());
    assertNotNull(succession(inner, false, join(JoinKind.LEFT, T, U)).obstacle());
    DeltaPlan t = scan("t", false);
    DeltaPlan without = join(JoinKind.INNER, t, U);
    assertNull(succession(without, false, groups(t, "n", null)).obstacle());
    assertNull(succession(without, false, join(JoinKind.LEFT, t, U)).obstacle());
  }

  @Test
  void aJoinWithAStaticSideDoesNotKeepTheOther() {
    StaticPlan fixed = new StaticPlan(new ValuesPlan(U.columns(), List.of()));
    DeltaPlan inner = join(JoinKind.INNER, T, fixed);
    assertNotNull(succession(inner, false, groups(inner, "n", null)).obstacle());
    assertNull(succession(inner, true, groups(inner, "n", null)).obstacle());
  }

  @Test
  void anotherTableOrFilterIsOtherRows() {
    assertNotNull(succession(GROUPS, true, groups(U, "n", null)).obstacle());
    assertNotNull(succession(GROUPS, true, groups(filter(T), "n", null)).obstacle());
  }
}
