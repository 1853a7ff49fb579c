package dev.tidemill.planner.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.AggregatePlan;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.Distribution;
import dev.tidemill.plan.batch.FilterPlan;
import dev.tidemill.plan.batch.HashJoinPlan;
import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.batch.WindowTablePlan;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.EventTime;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.TimeBound;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.plan.json.PlanJson;
import dev.tidemill.storage.table.InputKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StandingPlannerTest {
  private static final Type TIME = new Type.Timestamp(3);
  private static final OutputColumn AUCTION = new OutputColumn("auction", Type.BIGINT, false);
  private static final OutputColumn PRICE = new OutputColumn("price", Type.BIGINT, true);
  private static final OutputColumn TS = new OutputColumn("ts", TIME, true);
  private static final List<OutputColumn> STORED = List.of(AUCTION, PRICE, TS);
  private static final TableReference BID = TableReference.of("tidemill", "default", "bid");
  private static final TableReference ITEM = TableReference.of("tidemill", "default", "item");

  private final Map<TableReference, TableTraits> tables = new HashMap<>();

  StandingPlannerTest() {
    tables.put(BID, TableTraits.of(InputKind.GROWING, STORED));
    tables.put(ITEM, TableTraits.of(InputKind.STATIC, STORED));
  }

  private void declareWatermark() {
    ColumnReference ts = new ColumnReference(2, TIME);
    tables.put(
        BID,
        TableTraits.of(InputKind.GROWING, STORED)
            .withWatermark(
                new TableTraits.Watermark(
                    "ts",
                    ts,
                    new Call(
                        ScalarFunction.SUBTRACT,
                        List.of(ts, new Literal(new Type.TimeInterval(), Duration.ofSeconds(5))),
                        TIME))));
  }

  private StandingPlan plan(BatchPlan root) {
    StandingPlan plan = StandingPlanner.plan(root, tables, List.of(), Map.of());
    assertEquals(plan, PlanJson.read(PlanJson.write(plan), StandingPlan.class));
    return plan;
  }

  private static ScanPlan scan(TableReference table, OutputColumn... columns) {
    return new ScanPlan(table, List.of(columns), List.of(), -1, -1);
  }

  private static AggregatePlan countBy(BatchPlan input, int... keys) {
    List<Integer> columns = Arrays.stream(keys).boxed().toList();
    List<OutputColumn> result =
        new ArrayList<>(columns.stream().map(key -> input.columns().get(key)).toList());
    result.add(new OutputColumn("n", Type.BIGINT, false));
    return new AggregatePlan(
        input,
        columns,
        List.of(IntStream.range(0, keys.length).boxed().toList()),
        List.of(new AggregateCall(AggregateFunction.COUNT, List.of(), false, -1, Type.BIGINT)),
        result,
        -1);
  }

  private static BatchPlan join(JoinKind kind, BatchPlan left, BatchPlan right) {
    List<OutputColumn> columns = new ArrayList<>(left.columns());
    if (kind.givesRight()) {
      columns.addAll(right.columns());
    }
    return new HashJoinPlan(
        left,
        right,
        kind,
        List.of(0),
        List.of(0),
        List.of(false),
        null,
        false,
        columns,
        Distribution.BROADCAST,
        "",
        -1);
  }

  @Test
  void appendOverAnAggregateNeedsAWatermark() {
    StandingPlan plan = plan(countBy(scan(BID, AUCTION, TS), 0));
    assertEquals(List.of(OutputMode.UPDATE, OutputMode.COMPLETE), plan.modes());
    assertEquals(
        "APPEND needs a watermark: table bid declares none; declare WATERMARK FOR ts AS … and group by window_start of"
            + " TUMBLE or HOP, or use OUTPUT MODE UPDATE or COMPLETE",
        plan.illegal().get(OutputMode.APPEND));
    WindowTablePlan windows = new WindowTablePlan(scan(BID, TS, AUCTION), 0, 10_000, 10_000, 0);
    assertEquals(
        "APPEND needs a watermark: table bid declares none; declare WATERMARK FOR ts AS …, or use OUTPUT MODE UPDATE or"
            + " COMPLETE",
        plan(countBy(windows, 2, 1)).illegal().get(OutputMode.APPEND));
    assertEquals(List.of(0), plan.key());
  }

  @Test
  void appendOverAnAggregateNeedsAWindow() {
    declareWatermark();
    assertEquals(
        "APPEND needs groups that end: add window_start or window_end of TUMBLE or HOP over ts of bid"
            + " to GROUP BY, or use OUTPUT MODE UPDATE or COMPLETE",
        plan(countBy(scan(BID, AUCTION, TS), 0)).illegal().get(OutputMode.APPEND));
  }

  @Test
  void aWindowedAggregateEndsWithItsWindows() {
    declareWatermark();
    WindowTablePlan windows = new WindowTablePlan(scan(BID, TS, AUCTION), 0, 10_000, 10_000, 0);
    StandingPlan plan = plan(countBy(windows, 2, 1));
    assertEquals(List.of(OutputMode.APPEND, OutputMode.UPDATE, OutputMode.COMPLETE), plan.modes());
    DeltaAggregatePlan aggregate = (DeltaAggregatePlan) plan.root();
    assertEquals(new TimeBound(0, 10_000), aggregate.bound());
    EventTime eventTime = Objects.requireNonNull(scanOf(aggregate).eventTime());
    assertEquals(
        new EventTime.ByWindow(List.of(new EventTime.TimeWindows(10_000, 10_000, 0))),
        eventTime.lateness());
    assertEquals(new ColumnReference(0, TIME), eventTime.time());
    assertEquals(-1, plan.timeColumn());
    assertEquals(0, plan(countBy(windows, 3, 1)).timeColumn());
  }

  @Test
  void aWindowOverAnotherColumnDoesNotEnd() {
    declareWatermark();
    ProjectPlan later =
        new ProjectPlan(
            scan(BID, TS),
            List.of(
                new Call(
                    ScalarFunction.ADD,
                    List.of(
                        new ColumnReference(0, TIME),
                        new Literal(new Type.TimeInterval(), Duration.ofSeconds(1))),
                    TIME)),
            List.of(new OutputColumn("later", TIME, true)));
    StandingPlan plan = plan(countBy(new WindowTablePlan(later, 0, 10_000, 10_000, 0), 2));
    assertEquals(
        "APPEND needs groups that end: the windows are over later but the watermark of bid is declared"
            + " for ts; window over ts, or use OUTPUT MODE UPDATE or COMPLETE",
        plan.illegal().get(OutputMode.APPEND));
  }

  @Test
  void theWatermarksColumnsAreReadAndProjectedAway() {
    declareWatermark();
    StandingPlan plan = plan(scan(BID, AUCTION));
    assertEquals(List.of(AUCTION), plan.columns());
    assertTrue(plan.root() instanceof LinearPlan);
    assertEquals(List.of(AUCTION, TS), scanOf(plan.root()).columns());
    assertTrue(plan.modes().contains(OutputMode.APPEND));
  }

  @Test
  void joinsOfInsertOnlyInputsAppend() {
    tables.put(ITEM, TableTraits.of(InputKind.GROWING, STORED));
    assertTrue(appends(join(JoinKind.INNER, scan(BID, AUCTION), scan(ITEM, AUCTION))));
    assertFalse(appends(join(JoinKind.LEFT, scan(BID, AUCTION), scan(ITEM, AUCTION))));
  }

  @Test
  void anOuterJoinWithAStaticSideAppends() {
    assertTrue(appends(join(JoinKind.LEFT, scan(BID, AUCTION), scan(ITEM, AUCTION))));
    assertTrue(appends(join(JoinKind.RIGHT, scan(ITEM, AUCTION), scan(BID, AUCTION))));
  }

  private boolean appends(BatchPlan root) {
    return plan(root).modes().contains(OutputMode.APPEND);
  }

  @Test
  void whatCannotStandIsRefused() {
    assertRefused(scan(ITEM, AUCTION), "NO_GROWING_INPUT");
    assertRefused(
        new FilterPlan(
            scan(BID, AUCTION),
            new Call(
                ScalarFunction.GREATER,
                List.of(
                    new Call(ScalarFunction.RANDOM, List.of(), Type.DOUBLE),
                    new Literal(Type.DOUBLE, 0.5)),
                Type.BOOLEAN)),
        "UNSUPPORTED_FUNCTION_IN_STANDING_QUERY");
  }

  private void assertRefused(BatchPlan root, String code) {
    assertEquals(code, assertThrows(TidemillException.class, () -> plan(root)).code().name());
  }

  private static DeltaScanPlan scanOf(DeltaPlan plan) {
    return plan instanceof DeltaScanPlan scan ? scan : scanOf(plan.inputs().get(0));
  }
}
