package dev.tidemill.exec.sort;

import dev.tidemill.exec.memory.RowCollector;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortPlan;
import java.util.List;

/**
 * Collects all rows, sorts their numbers by byte strings of the keys, and gives them in that order
 * from one worker.
 */
public final class SortOperator extends Operator {
  private final List<Type> types;
  private final RowKeys keys;

  public SortOperator(SortPlan plan, Operator input) {
    super(plan, List.of(input));
    this.types = plan.columns().stream().map(OutputColumn::type).toList();
    this.keys = RowKeys.of(plan.keys(), types);
  }

  @Override
  public String name() {
    return "Sort";
  }

  @Override
  protected void connect(Run run, Downstream down) {
    MemoryScope memory = run.memory(this);
    RowCollector collector = run.own(new RowCollector(name(), types, memory));
    SortedRows sorted = run.own(new SortedRows(keys, 0, Long.MAX_VALUE, run, memory));
    run.connect(inputs().get(0), run.into(this, collector));
    run.then(this, () -> sorted.sort(collector.rows()));
    run.pipeline(this, sorted, down);
  }
}
