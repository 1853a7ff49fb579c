package dev.tidemill.exec.sort;

import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.memory.CollectedRows;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.exec.pipeline.Downstream;
import dev.tidemill.exec.pipeline.Operator;
import dev.tidemill.exec.pipeline.Run;
import dev.tidemill.foundation.batch.Batch;
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
    run.connect(inputs().get(0), run.into(this, worker -> new Part(sorter)));
    run.then(this, sorter::finish);
    run.pipeline(this, new SortedRows(sorter, 0, Long.MAX_VALUE), down);
  }

  /** One worker's rows. */
  private final class Part implements BatchSink {
    private final RowSorter sorter;
    private final CollectedRows rows;

    Part(RowSorter sorter) {
      this.sorter = sorter;
      this.rows = sorter.rows();
    }

    @Override
    public boolean push(Batch batch) {
      if (batch.weights() != null) {
        throw ExecErrors.weightedInput(name());
      }
      if (sorter.isFull(rows)) {
        sorter.spill(rows);
      }
      rows.add(batch);
      return true;
    }

    @Override
    public void finish() {
      sorter.add(rows);
    }

    @Override
    public void close() {
      rows.close();
    }
  }
}
