package dev.tidemill.exec.set;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExceptPlan;
import dev.tidemill.plan.batch.IntersectPlan;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.ArrayList;
import java.util.List;

/**
 * INTERSECT and EXCEPT, with and without ALL: counts how often each row stands in the left and in
 * the right input, and gives it as often as the two counts say.
 */
public final class SetOperator extends Operator {
  private final String name;
  private final List<Type> types;
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
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    this.multiplicity = multiplicity;
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
    Whole whole = run.own(new Whole());
    run.connect(inputs().get(0), run.into(this, worker -> new Part(whole, memory, true)));
    run.connect(inputs().get(1), run.into(this, worker -> new Part(whole, memory, false)));
    RowCounts counts = run.own(new RowCounts(types, memory));
    run.then(
        this,
        () -> {
          for (RowCounts part : whole.parts) {
            run.check();
            counts.addAll(part);
            part.close();
          }
        });
    run.pipeline(this, new CountedRows(counts, multiplicity, memory), down);
  }

  private static final class Whole implements AutoCloseable {
    private final List<RowCounts> parts = new ArrayList<>();

    synchronized void add(RowCounts part) {
      parts.add(part);
    }

    @Override
    public synchronized void close() {
      parts.forEach(RowCounts::close);
      parts.clear();
    }
  }

  /** One worker's counts of one side. */
  private final class Part implements BatchSink {
    private final Whole whole;
    private final boolean isLeft;
    private final RowCounts counts;
    private boolean isGiven;

    Part(Whole whole, MemoryScope memory, boolean isLeft) {
      this.whole = whole;
      this.isLeft = isLeft;
      this.counts = new RowCounts(types, memory);
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(name());
      }
      counts.add(batch, isLeft);
      return true;
    }

    @Override
    public void finish() {
      whole.add(counts);
      isGiven = true;
    }

    @Override
    public void close() {
      if (!isGiven) {
        counts.close();
      }
    }
  }
}
