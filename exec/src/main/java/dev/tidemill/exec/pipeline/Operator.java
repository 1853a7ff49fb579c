package dev.tidemill.exec.pipeline;

import dev.tidemill.plan.batch.BatchPlan;
import java.util.List;

/**
 * An operator of a compiled plan: what it was made from and what was compiled for it. Immutable,
 * shared by any number of runs at once; all state of a run is in the {@link Source}s, {@link
 * Stage}s and {@link Sink}s that {@link #connect} makes.
 */
public abstract class Operator {
  private final BatchPlan plan;
  private final List<Operator> inputs;

  protected Operator(BatchPlan plan, List<Operator> inputs) {
    this.plan = plan;
    this.inputs = List.copyOf(inputs);
  }

  public final BatchPlan plan() {
    return plan;
  }

  public final List<Operator> inputs() {
    return inputs;
  }

  /** As it stands in errors and statistics: {@code HashAggregate(l_orderkey)}. */
  public abstract String name();

  /**
   * Adds to {@code run}, in the order in which they must work, the pipelines that compute this
   * operator's rows; the last of them push these rows to {@code down}.
   */
  protected abstract void connect(Run run, Downstream down);
}
