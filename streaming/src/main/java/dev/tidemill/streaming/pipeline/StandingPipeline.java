package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaAsofJoinPlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.DeltaTopNPlan;
import dev.tidemill.plan.delta.LinearPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.SessionGroups;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.plan.delta.TimeFilterPlan;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.state.KeyedValueState;
import dev.tidemill.streaming.state.QueryState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The operators of a standing plan, connected. In a step, static plans are pinned (the first time),
 * then each table's rows are read and pushed up, then the operators finish from the leaves to the
 * root:
 *
 * <pre>
 *   intake ─▶ scan ─▶ linear ─▶ aggregate ─▶ … ─▶ change collector
 *        └──▶ scan ─▶ …
 * </pre>
 */
final class StandingPipeline implements DeltaPipeline {
  private static final String BEGUN = "begun";
  private static final String WATERMARK = "watermark";

  private final MemoryScope memory;
  private final StepCrew crew;
  private final Function<TableReference, Table> tables;
  private final QueryState state;
  private final KeyedValueState begun;
  private final KeyedValueState reached;
  private final ChangeCollector result;
  private final SetAside aside = new SetAside();

  /** From the leaves to the root. */
  private final List<DeltaOperator> operators = new ArrayList<>();

  private final List<StaticOperator> statics = new ArrayList<>();
  private final Map<TableReference, TableIntake> intakes = new LinkedHashMap<>();
  private final Map<Part, Fan> fans = new HashMap<>();
  private int nodes;

  /** A node of the plan; {@code append}: as in {@link #connect}. */
  private record Part(DeltaPlan plan, boolean append) {}

  /** Hands the change of a node to all who take it. */
  private static final class Fan implements DeltaOperator.Output {
    private final List<DeltaOperator.Output> outputs = new ArrayList<>();

    Fan(DeltaOperator.Output first) {
      outputs.add(first);
    }

    @Override
    public void push(Batch delta, Step step) {
      for (DeltaOperator.Output output : outputs) {
        output.push(delta, step);
      }
    }
  }

  StandingPipeline(
      StandingPlan plan,
      OutputMode mode,
      QueryState state,
      MemoryScope memory,
      StepCrew crew,
      Function<TableReference, Table> tables) {
    this.memory = memory;
    this.crew = crew;
    this.tables = tables;
    this.state = state;
    this.begun = state.keyedValue(BEGUN);
    this.reached = state.keyedValue(WATERMARK);
    this.result = new ChangeCollector(plan.keptColumns(), isLoose(plan.root()));
    connect(plan.root(), mode == OutputMode.APPEND, result);
    intakes.values().forEach(TableIntake::compile);
  }

  /** Whether a step may bring a row several times, some of them taking others back. */
  private static boolean isLoose(DeltaPlan plan) {
    return plan.changing()
        && !(plan instanceof DeltaAggregatePlan aggregate && SessionGroups.of(aggregate) == null)
        && !(plan instanceof DeltaPartitionPlan);
  }

  /**
   * Connects a plan to whoever takes its change. Nodes are numbered from the root down, which names
   * their state. Plans that are equal are one node with several takers.
   *
   * @param append whether only rows that are final are wanted
   */
  private void connect(DeltaPlan plan, boolean append, DeltaOperator.Output output) {
    Part part = new Part(plan, append);
    Fan known = fans.get(part);
    if (known != null) {
      known.outputs.add(output);
      return;
    }
    Fan fan = new Fan(output);
    fans.put(part, fan);
    connect(plan, append, nodes++, fan);
  }

  private void connect(DeltaPlan plan, boolean append, int number, DeltaOperator.Output output) {
    DeltaOperator operator =
        switch (plan) {
          case DeltaScanPlan scan -> {
            ScanOperator made = new ScanOperator(number + ".scan", scan, output);
            intakes
                .computeIfAbsent(
                    scan.table(), table -> new TableIntake(table, tables.apply(table), state))
                .add(made);
            yield made;
          }
          case StaticPlan fixed -> {
            StaticOperator made = new StaticOperator(number + ".static", fixed, output);
            statics.add(made);
            yield made;
          }
          case LinearPlan linear -> new LinearOperator(number + ".linear", linear, output);
          case RecomputePlan recompute ->
              new RecomputeOperator(number + ".recompute", recompute, state, output);
          case DeltaAggregatePlan aggregate ->
              aggregate(number + ".aggregate", aggregate, append && closes(aggregate), output);
          case DeltaJoinPlan join ->
              new JoinOperator(
                  number + ".join",
                  join,
                  append && join.closes() && join.changing(),
                  state,
                  output);
          case DeltaAsofJoinPlan join ->
              new AsofJoinOperator(
                  number + ".asofJoin", join, append && join.closes(), state, output);
          case DeltaPartitionPlan partition ->
              partition(number + ".partition", partition, append, output);
          case TimeFilterPlan filter ->
              new TimeFilterOperator(number + ".timeFilter", filter, state, output);
          case DeltaTopNPlan top -> new TopNOperator(number + ".topN", top, state, output);
        };
    boolean inputsAppend = append && !closes(plan);
    List<DeltaPlan> inputs =
        operator instanceof SessionAggregateOperator of ? List.of(of.source()) : plan.inputs();
    for (int i = 0; i < inputs.size(); i++) {
      connect(inputs.get(i), inputsAppend, operator.input(i));
    }
    operators.add(operator);
  }

  private DeltaOperator aggregate(
      String name, DeltaAggregatePlan plan, boolean atEnd, DeltaOperator.Output output) {
    SessionGroups sessions = SessionGroups.of(plan);
    return sessions == null
        ? new AggregateOperator(name, plan, atEnd, state, output)
        : new SessionAggregateOperator(name, sessions, atEnd, state, output);
  }

  private DeltaOperator partition(
      String name, DeltaPartitionPlan plan, boolean append, DeltaOperator.Output output) {
    boolean atEnd = append && closes(plan);
    FirstRows first = FirstRows.of(plan);
    return first == null
        ? new PartitionOperator(name, plan, atEnd, state, output)
        : new FirstRowsOperator(name, plan, first, atEnd, state, output);
  }

  /**
   * Whether in APPEND what belongs to a key is given out when it ends: not where each row comes
   * once and for all anyway.
   */
  private static boolean closes(DeltaPlan plan) {
    return plan.changing()
        && switch (plan) {
          case DeltaAggregatePlan aggregate -> aggregate.bound() != null;
          case DeltaPartitionPlan partition -> partition.ends();
          default -> false;
        };
  }

  @Override
  public StepOutput step(StepInput input) {
    OperatorTimes times = new OperatorTimes();
    boolean first = begun.get(RowBytes.NONE) == null;
    try (Step step =
        new Step(input.time(), first, memory, tables, times, crew, watermarkBefore(), aside)) {
      try {
        take(input, step);
      } catch (Throwable t) {
        operators.forEach(DeltaOperator::abandon);
        throw t;
      }
      times.enter("");
      return output(step, times);
    }
  }

  private void take(StepInput input, Step step) {
    begin(step);
    intakes.forEach(
        (table, intake) -> {
          StepInput.Range range = input.ranges().get(table);
          if (range != null) {
            intake.take(range, input.step(), step);
          }
        });
    step.setWatermarkMicros(QueryTimes.watermark(tableTimes(), step.watermarkBefore()));
    if (step.watermarkMicros() != step.watermarkBefore()) {
      byte[] bytes = ByteBuffer.allocate(8).putLong(step.watermarkMicros()).array();
      reached.put(RowBytes.NONE, bytes);
    }
    for (DeltaOperator operator : operators) {
      step.times().enter(operator.name());
      operator.finish(step);
    }
  }

  private void begin(Step step) {
    result.begin();
    aside.begin();
    intakes.values().forEach(TableIntake::begin);
    operators.forEach(operator -> operator.begin(step));
    if (step.isFirst()) {
      begun.put(RowBytes.NONE, RowBytes.NONE);
    }
    step.setPinning(true);
    statics.forEach(pinned -> pinned.pin(step));
    step.setPinning(false);
    operators.forEach(operator -> operator.pinned(step));
  }

  private StepOutput output(Step step, OperatorTimes times) {
    long rows = 0;
    long rejected = 0;
    UnusualRows unusual = UnusualRows.NONE;
    List<LateBatch> late = new ArrayList<>();
    for (TableIntake intake : intakes.values()) {
      rows += intake.rows();
      rejected += intake.rejectedRows();
      unusual = unusual.plus(intake.unusual());
      intake
          .takeLate()
          .forEach(batch -> late.add(new LateBatch(intake.table(), batch, step.watermarkBefore())));
    }
    return new StepOutput(
        result.finish(),
        rows,
        late,
        rejected,
        aside.take(),
        unusual,
        step.watermarkMicros(),
        times.nanos());
  }

  @Override
  public void setSkipsFailing(boolean skips) {
    aside.set(skips);
  }

  /** W of the last step. */
  private long watermarkBefore() {
    byte[] kept = reached.get(RowBytes.NONE);
    return kept == null ? Long.MIN_VALUE : ByteBuffer.wrap(kept).getLong();
  }

  private List<QueryTimes.Of> tableTimes() {
    return intakes.values().stream()
        .filter(TableIntake::hasWatermark)
        .map(TableIntake::times)
        .toList();
  }

  @Override
  public long dueMicros() {
    long due = QueryTimes.dueMicros(tableTimes());
    for (DeltaOperator operator : operators) {
      due = Math.min(due, operator.dueMicros());
    }
    return due;
  }

  /** Gives back what a step that failed may have left. */
  @Override
  public void close() {
    result.begin();
    intakes.values().forEach(TableIntake::close);
    operators.forEach(DeltaOperator::close);
  }
}
