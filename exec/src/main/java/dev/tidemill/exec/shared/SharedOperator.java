package dev.tidemill.exec.shared;

import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.KeptBatches;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SharedPlan;
import java.util.List;

/**
 * Computes its input once a run and keeps the rows, those that do not fit memory on disk. One
 * operator stands at every place of the plan where the part occurs; whoever connects it first has
 * the input computed, all read the rows.
 *
 * <pre>
 *   first place    input ─▶ rows kept          (pipeline)
 *                  rows kept ─▶ what is above  (pipeline)
 *   other places   rows kept ─▶ what is above  (pipeline)
 * </pre>
 */
public final class SharedOperator extends Operator {
  private final SharedPlan plan;

  public SharedOperator(SharedPlan plan, Operator input) {
    super(plan, List.of(input));
    this.plan = plan;
  }

  @Override
  public String name() {
    return "Shared(" + plan.number() + ")";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    run.pipeline(this, kept(run).reading(run.threads()), down);
  }

  /** The rows of this run, which are there once the steps added up to now are done. */
  public KeptBatches kept(Run run) {
    List<KeptBatches> known = run.attached(this, KeptBatches.class);
    if (!known.isEmpty()) {
      return known.get(0);
    }
    MemoryScope memory = run.memory(this);
    List<Type> types = plan.columns().stream().map(OutputColumn::type).toList();
    KeptBatches kept = run.own(new KeptBatches(this, types, run, memory, run.share(memory)));
    run.attach(this, kept);
    run.connect(inputs().get(0), run.into(this, kept));
    return kept;
  }
}
