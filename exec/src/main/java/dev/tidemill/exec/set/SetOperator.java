package dev.tidemill.exec.set;

import dev.tidemill.exec.aggregate.Grouping;
import dev.tidemill.exec.aggregate.SpillingAggregation;
import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.AggregateCall;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExceptPlan;
import dev.tidemill.plan.batch.IntersectPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.function.AggregateFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * INTERSECT and EXCEPT, with and without ALL: counts how often each row stands in the left and in
 * the right input, and gives it as often as the two counts say.
 *
 * <pre>
 *   left   ─▶ row, true, false ┐
 *   right  ─▶ row, false, true ┴▶ group by row: counts of both ─▶ as often as they say
 * </pre>
 */
public final class SetOperator extends Operator {
  private final String name;
  private final Grouping grouping;
  private final Multiplicity multiplicity;

  public SetOperator(IntersectPlan plan, Operator left, Operator right) {
    this(
        plan,
        left,
        right,
        plan.all() ? "IntersectAll" : "Intersect",
        plan.all() ? Math::min : (l, r) -> Math.min(1, Math.min(l, r)));
  }

  public SetOperator(ExceptPlan plan, Operator left, Operator right) {
    this(
        plan,
        left,
        right,
        plan.all() ? "ExceptAll" : "Except",
        plan.all() ? (l, r) -> Math.max(0, l - r) : (l, r) -> r == 0 ? Math.min(1, l) : 0);
  }

  private SetOperator(
      BatchPlan plan, Operator left, Operator right, String name, Multiplicity multiplicity) {
    super(plan, List.of(left, right));
    this.name = name;
    this.multiplicity = multiplicity;
    int width = plan.columns().size();
    List<Type> types = new ArrayList<>();
    plan.columns().stream().map(OutputColumn::type).forEach(types::add);
    types.add(Type.BOOLEAN);
    types.add(Type.BOOLEAN);
    List<Integer> columns = IntStream.range(0, width).boxed().toList();
    this.grouping =
        Grouping.of(types, columns, List.of(columns), List.of(count(width), count(width + 1)));
  }

  private static AggregateCall count(int filter) {
    return new AggregateCall(AggregateFunction.COUNT, List.of(), false, filter, Type.BIGINT);
  }

  /** How often a row is in the result. */
  interface Multiplicity {
    long of(long left, long right);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  protected void connect(Run run, Downstream down) {
    MemoryScope memory = run.memory(this);
    SpillingAggregation counts = run.own(SpillingAggregation.of(this, grouping, run));
    for (int i = 0; i < inputs().size(); i++) {
      boolean isLeft = i == 0;
      run.connect(
          inputs().get(i),
          run.into(this, worker -> new Marking(counts.sink().open(worker), isLeft, memory)));
    }
    run.then(this, counts::begin);
    run.pipeline(
        this,
        counts,
        run.through(
            this, (worker, next) -> new RepeatedRows(multiplicity, worker, memory, next), down));
    run.then(this, counts::close);
  }

  /** One worker's rows of one side, with two columns that tell the side. */
  private final class Marking implements BatchSink {
    private final BatchSink next;
    private final boolean isLeft;
    private final MemoryScope memory;

    Marking(BatchSink next, boolean isLeft, MemoryScope memory) {
      this.next = next;
      this.isLeft = isLeft;
      this.memory = memory;
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(name());
      }
      List<Column> columns = new ArrayList<>();
      try {
        for (int i = 0; i < batch.columnCount(); i++) {
          columns.add(batch.column(i).retain());
        }
        columns.add(Columns.constant(Type.BOOLEAN, isLeft, batch.length(), memory));
        columns.add(Columns.constant(Type.BOOLEAN, !isLeft, batch.length(), memory));
      } catch (Throwable t) {
        columns.forEach(Column::close);
        throw t;
      }
      try (Batch marked = batch.withColumns(columns)) {
        return next.push(marked);
      }
    }

    @Override
    public void finish() {
      next.finish();
    }

    @Override
    public void close() {
      next.close();
    }
  }
}
