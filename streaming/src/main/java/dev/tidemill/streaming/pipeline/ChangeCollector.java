package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;

/** The end of a pipeline: the change of the result, each row once. */
final class ChangeCollector implements DeltaOperator.Output {
  private static final String NAME = "result";
  private final RowFormat format;
  private RowChanges changes;

  ChangeCollector(List<OutputColumn> columns) {
    this.format = RowFormat.of(columns);
    this.changes = new RowChanges(format);
  }

  void begin() {
    changes = new RowChanges(format);
  }

  @Override
  public void push(Batch delta, Step step) {
    String before = step.times().enter(NAME);
    changes.add(delta, 1);
    step.times().enter(before);
  }

  /** All that has changed, the caller's to close. */
  List<Batch> finish(Step step) {
    List<Batch> batches = changes.batches(step.memory());
    begin();
    return batches;
  }
}
