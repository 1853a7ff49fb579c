package dev.tidemill.exec.sort;

import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.SortPlan;
import java.util.List;

/**
 * Collects all rows, sorts their numbers by byte strings of the keys, and gives them in that order
 * from one worker; what does not fit its memory goes through sorted runs on disk.
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
    RowSorter sorter = run.own(new RowSorter(this, types, keys, Long.MAX_VALUE, run));
    run.connect(inputs().get(0), run.into(this, sorter.sink()));
    run.then(this, sorter::finish);
    run.pipeline(this, new SortedRows(sorter, 0, Long.MAX_VALUE), down);
    run.then(this, sorter::close);
  }
}
