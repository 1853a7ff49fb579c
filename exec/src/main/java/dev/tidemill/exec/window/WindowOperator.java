package dev.tidemill.exec.window;

import dev.tidemill.exec.aggregate.Accumulators;
import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowFrame;
import dev.tidemill.plan.batch.WindowPlan;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.AggregateFunction;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Computes window functions: a column per call of rows sorted by partition and order, and gives the
 * rows with these columns behind. All calls share the sort.
 */
public final class WindowOperator extends Operator {
  /** Aggregates that do not depend on the order of rows. */
  private static final Set<AggregateFunction> ORDERLESS =
      EnumSet.of(
          AggregateFunction.COUNT,
          AggregateFunction.SUM,
          AggregateFunction.AVG,
          AggregateFunction.MIN,
          AggregateFunction.MAX,
          AggregateFunction.BOOL_AND,
          AggregateFunction.BOOL_OR);

  private final WindowPlan plan;
  private final List<Type> types;
  private final WholePartitions partitions;

  public WindowOperator(WindowPlan plan, Operator input) {
    super(plan, List.of(input));
    this.plan = plan;
    this.partitions =
        new WholePartitions(
            plan.input().columns(),
            plan.partitionKeys(),
            plan.orderKeys(),
            plan.calls().stream().anyMatch(WindowOperator::tellsPeersApart));
    this.types = partitions.types();
    plan.calls().forEach(this::check);
  }

  /** Whether the result of the call depends on the order in which peers come. */
  private static boolean tellsPeersApart(WindowCall call) {
    return switch (call) {
      case WindowCall.Function function ->
          switch (function.function()) {
            case RANK, DENSE_RANK, PERCENT_RANK, CUME_DIST -> false;
            case ROW_NUMBER,
                NTILE,
                LAG,
                LEAD,
                FIRST_VALUE,
                LAST_VALUE,
                NTH_VALUE,
                NTH_VALUE_FROM_LAST ->
                true;
          };
      case WindowCall.Aggregate aggregate -> {
        WindowFrame frame = aggregate.frame();
        boolean byRows =
            frame.unit() == WindowFrame.Unit.ROWS
                && !(frame.start() instanceof WindowFrame.UnboundedPreceding
                    && frame.end() instanceof WindowFrame.UnboundedFollowing);
        yield byRows
            || frame.exclusion() == WindowFrame.Exclusion.CURRENT_ROW
            || frame.exclusion() == WindowFrame.Exclusion.TIES
            || !ORDERLESS.contains(aggregate.function());
      }
    };
  }

  /** Refuses what cannot be computed before anything runs. */
  private void check(WindowCall call) {
    for (WindowFrame.Bound bound : List.of(call.frame().start(), call.frame().end())) {
      Literal distance = Frames.distance(bound);
      if (distance != null) {
        RangeKeys.checkDistance(distance);
      }
    }
    if (Frames.needsKeys(call.frame())) {
      if (plan.orderKeys().size() != 1) {
        throw ExecErrors.brokenPlan(
            "RANGE with a distance over " + plan.orderKeys().size() + " order keys");
      }
      RangeKeys.check(types.get(plan.orderKeys().get(0).column()));
    }
    if (call instanceof WindowCall.Aggregate aggregate) {
      Accumulators.of(
              aggregate.function(),
              aggregate.arguments().stream().map(types::get).toList(),
              aggregate.parameters(),
              aggregate.user(),
              aggregate.type(),
              MemoryScope.root("check", MemoryScope.UNLIMITED))
          .close();
    }
  }

  @Override
  public String name() {
    List<OutputColumn> columns = plan.input().columns();
    return plan.partitionKeys().stream()
        .map(key -> columns.get(key).name())
        .collect(Collectors.joining(", ", "Window(", ")"));
  }

  @Override
  protected void connect(Run run, Downstream down) {
    partitions.connect(this, run, down, () -> new Calls(run.memory(this)));
  }

  /** Rows with the columns of the calls. */
  private final class Calls implements WholePartitions.Results {
    private final MemoryScope memory;
    private final List<Column> columns = new ArrayList<>();
    private int count;

    Calls(MemoryScope memory) {
      this.memory = memory;
    }

    @Override
    public void compute(WindowRows rows) {
      count = rows.count();
      for (int i = 0; i < types.size(); i++) {
        columns.add(rows.rows().column(i).retain());
      }
      for (WindowCall call : plan.calls()) {
        rows.check();
        columns.add(CallColumns.of(plan, call, rows, /* inOrder= */ false, /* places= */ null));
      }
    }

    @Override
    public int batchCount() {
      return (count + Batch.MAX_ROWS - 1) / Batch.MAX_ROWS;
    }

    @Override
    public Batch batch(int number) {
      int from = number * Batch.MAX_ROWS;
      int length = Math.min(Batch.MAX_ROWS, count - from);
      List<Column> slices = new ArrayList<>();
      try {
        for (Column column : columns) {
          slices.add(Columns.slice(column, from, length, memory));
        }
        return new Batch(length, slices);
      } catch (Throwable t) {
        slices.forEach(Column::close);
        throw t;
      }
    }

    @Override
    public void close() {
      columns.forEach(Column::close);
      columns.clear();
      count = 0;
    }
  }
}
