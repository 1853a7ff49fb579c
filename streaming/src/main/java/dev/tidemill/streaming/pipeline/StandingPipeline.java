package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.row.RowBytes;
import dev.tidemill.plan.batch.MatchPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DeltaAggregatePlan;
import dev.tidemill.plan.delta.DeltaAsofJoinPlan;
import dev.tidemill.plan.delta.DeltaJoinPlan;
import dev.tidemill.plan.delta.DeltaPartitionPlan;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.DeltaTopNPlan;
import dev.tidemill.plan.delta.DynamicFilterPlan;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
  private final Map<PlanPart, DeltaOperator> operators = new LinkedHashMap<>();

  private final List<StaticOperator> statics = new ArrayList<>();
  private final Map<TableReference, TableIntake> intakes = new LinkedHashMap<>();
  private final Map<PlanPart, Fan> fans = new HashMap<>();
  private int nodes;

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
    connect(PlanPart.root(plan, mode), result);
    intakes.values().forEach(TableIntake::compile);
  }

  /** Whether a step may bring a row several times, some of them taking others back. */
  private static boolean isLoose(DeltaPlan plan) {
    return plan.changing()
        && !(plan instanceof DeltaAggregatePlan aggregate && SessionGroups.of(aggregate) == null)
        && !(plan instanceof DeltaPartitionPlan);
  }

  /**
   * Connects a part to whoever takes its change. Parts are numbered from the root down, which names
   * their state. Those that are equal are one with several takers.
   */
  private void connect(PlanPart part, DeltaOperator.Output output) {
    Fan known = fans.get(part);
    if (known != null) {
      known.outputs.add(output);
      return;
    }
    Fan fan = new Fan(output);
    fans.put(part, fan);
    DeltaOperator operator = operator(part, nodes++, fan);
    List<PlanPart> inputs = part.inputs();
    for (int i = 0; i < inputs.size(); i++) {
      connect(inputs.get(i), operator.input(i));
      if (operator instanceof JoinOperator join
          && operators.get(inputs.get(i)) instanceof AggregateOperator groups) {
        join.setAsked(i, groups);
      }
    }
    operators.put(part, operator);
  }

  private DeltaOperator operator(PlanPart part, int number, DeltaOperator.Output output) {
    boolean append = part.append();
    boolean atEnd = append && part.closes();
    return switch (part.plan()) {
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
          aggregate(number + ".aggregate", aggregate, atEnd, output);
      case DeltaJoinPlan join ->
          new JoinOperator(
              number + ".join", join, append && join.closes() && join.changing(), state, output);
      case DeltaAsofJoinPlan join ->
          new AsofJoinOperator(number + ".asofJoin", join, append && join.closes(), state, output);
      case DeltaPartitionPlan partition ->
          partition(number + ".partition", partition, atEnd, output);
      case TimeFilterPlan filter ->
          new TimeFilterOperator(number + ".timeFilter", filter, state, output);
      case DynamicFilterPlan filter ->
          new DynamicFilterOperator(number + ".dynamicFilter", filter, state, output);
      case DeltaTopNPlan top -> new TopNOperator(number + ".topN", top, state, output);
    };
  }

  private DeltaOperator aggregate(
      String name, DeltaAggregatePlan plan, boolean atEnd, DeltaOperator.Output output) {
    SessionGroups sessions = SessionGroups.of(plan);
    return sessions == null
        ? new AggregateOperator(name, plan, atEnd, state, output)
        : new SessionAggregateOperator(name, sessions, atEnd, state, output);
  }

  private DeltaOperator partition(
      String name, DeltaPartitionPlan plan, boolean atEnd, DeltaOperator.Output output) {
    FirstRows first = FirstRows.of(plan);
    if (first != null) {
      return new FirstRowsOperator(name, plan, first, atEnd, state, output);
    }
    if (plan.order() != null && plan.body() instanceof MatchPlan) {
      return new MatchesInOrderOperator(name, plan, atEnd, state, output);
    }
    return plan.byRows() && (!atEnd || plan.order() != null)
        ? new OverOperator(name, plan, atEnd, state, output)
        : new PartitionOperator(name, plan, atEnd, state, output);
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
        operators.values().forEach(DeltaOperator::abandon);
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
    for (DeltaOperator operator : operators.values()) {
      step.times().enter(operator.name());
      operator.finish(step);
    }
  }

  private void begin(Step step) {
    result.begin();
    aside.begin();
    intakes.values().forEach(TableIntake::begin);
    operators.values().forEach(operator -> operator.begin(step));
    if (step.isFirst()) {
      begun.put(RowBytes.NONE, RowBytes.NONE);
    }
    step.setPinning(true);
    statics.forEach(pinned -> pinned.pin(step));
    step.setPinning(false);
    operators.values().forEach(operator -> operator.pinned(step));
  }

  private StepOutput output(Step step, OperatorTimes times) {
    long rows = 0;
    long rejected = 0;
    UnusualRows unusual = UnusualRows.NONE;
    List<Batch> change = result.finish();
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
        change, rows, late, rejected, aside.take(), unusual, step.watermarkMicros(), times.nanos());
  }

  @Override
  public StepOutput succeed(
      DeltaPipeline before, Succession succession, Rows resultBefore, Instant time) {
    StandingPipeline old = (StandingPipeline) before;
    takeTimes(old);
    OperatorTimes times = new OperatorTimes();
    operators.forEach((part, operator) -> operator.setDeaf(deaf(part, succession)));
    try (Step step = new Step(time, true, memory, tables, times, crew, watermarkBefore(), aside)) {
      giveKept(old, succession, resultBefore, step);
      times.enter("");
      return output(step, times);
    } catch (Throwable t) {
      operators.values().forEach(DeltaOperator::abandon);
      throw t;
    } finally {
      operators.values().forEach(operator -> operator.setDeaf(0));
    }
  }

  @Override
  public void goOn(DeltaPipeline before) {
    takeTimes((StandingPipeline) before);
    begun.put(RowBytes.NONE, RowBytes.NONE);
  }

  private void takeTimes(StandingPipeline old) {
    intakes.forEach(
        (table, intake) -> {
          TableIntake then = old.intakes.get(table);
          if (then != null) {
            intake.takeOver(then);
          }
        });
    byte[] watermark = old.reached.get(RowBytes.NONE);
    if (watermark != null) {
      reached.put(RowBytes.NONE, watermark);
    }
  }

  /** The inputs of a part, a bit each, of which it is to take nothing. */
  private static int deaf(PlanPart part, Succession succession) {
    if (succession.isKept(part)) {
      return -1;
    }
    int deaf = 0;
    for (int i = 0; i < part.inputs().size(); i++) {
      deaf |= succession.givenTo(part, i) == null ? 0 : 1 << i;
    }
    return deaf;
  }

  /** A step of the operators that are not kept; the others give out what they have. */
  private void giveKept(StandingPipeline old, Succession succession, Rows resultBefore, Step step) {
    Map<PlanPart, DeltaOperator> fresh = new LinkedHashMap<>(operators);
    fresh.keySet().removeIf(succession::isKept);
    operators.forEach(
        (part, operator) -> {
          if (succession.isKept(part)) {
            operator.conceal();
          }
        });
    result.begin();
    aside.begin();
    intakes.values().forEach(TableIntake::begin);
    fresh.values().forEach(operator -> operator.begin(step));
    begun.put(RowBytes.NONE, RowBytes.NONE);
    Giving giving = new Giving(this, old, succession, resultBefore, step);
    step.setPinning(true);
    operators.forEach(
        (part, operator) -> {
          if (part.plan() instanceof StaticPlan && !giving.give(part, fans.get(part))) {
            ((StaticOperator) operator).pin(step);
          }
          giving.giveSides(part, operator, /* pinned= */ true);
        });
    step.setPinning(false);
    fresh.values().forEach(operator -> operator.pinned(step));
    operators.forEach(
        (part, operator) -> {
          step.times().enter(operator.name());
          if (!(part.plan() instanceof StaticPlan)) {
            giving.give(part, fans.get(part));
          }
          giving.giveSides(part, operator, /* pinned= */ false);
          if (fresh.containsKey(part)) {
            operator.finish(step);
          }
        });
  }

  /** Gives out what operators of another pipeline have. */
  private record Giving(
      StandingPipeline now,
      StandingPipeline old,
      Succession succession,
      Rows resultBefore,
      Step step) {
    /** Gives all rows of a part, if they are held, to those who take its change; whether. */
    boolean give(PlanPart part, DeltaOperator.@Nullable Output takers) {
      Succession.Content content = succession.given(part);
      if (content != null && takers != null) {
        give(content, part, takers);
      }
      return content != null || succession.isKept(part);
    }

    /**
     * Gives what only a part itself is given: of inputs that are pinned, which come first, or of
     * the others.
     */
    void giveSides(PlanPart part, DeltaOperator operator, boolean pinned) {
      for (int i = 0; i < part.inputs().size(); i++) {
        int input = i;
        Succession.Content content = succession.givenTo(part, i);
        if (content != null && part.inputs().get(i).plan() instanceof StaticPlan == pinned) {
          give(content, part.inputs().get(i), (rows, of) -> operator.push(input, rows, of));
        }
      }
    }

    private void give(Succession.Content content, PlanPart part, DeltaOperator.Output to) {
      switch (content) {
        case Succession.Result kept ->
            resultBefore.forEach(
                rows -> WholeRows.give(rows, part.plan().changing(), to, step), step.memory());
        // The one that goes on with them, which those that ask it for groups ask.
        case Succession.Groups() ->
            Objects.requireNonNull(now.operators.get(part)).giveResult(to, step);
        case Succession.Taken taken ->
            Objects.requireNonNull(old.operators.get(taken.by()))
                .giveTaken(taken.input(), to, step);
      }
    }
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
    for (DeltaOperator operator : operators.values()) {
      due = Math.min(due, operator.dueMicros());
    }
    return due;
  }

  /** Gives back what a step that failed may have left. */
  @Override
  public void close() {
    result.begin();
    intakes.values().forEach(TableIntake::close);
    operators.values().forEach(DeltaOperator::close);
  }
}
