package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of a pipeline: the change of the result, each row once. */
final class ChangeCollector implements DeltaOperator.Output {
  private static final String NAME = "result";
  private final RowFormat format;
  private @Nullable RowChanges changes;

  ChangeCollector(List<OutputColumn> columns) {
    this.format = RowFormat.of(columns);
  }

  @Override
  public void push(Batch delta, Step step) {
    String before = step.times().enter(NAME);
    if (changes == null) {
      changes = new RowChanges(format, step);
    }
    changes.add(delta, 1);
    step.times().enter(before);
  }

  /** Forgets what a step that failed may have left. */
  void begin() {
    changes = null;
  }

  /** All that has changed, the caller's to close. */
  List<Batch> finish() {
    RowChanges all = changes;
    changes = null;
    return all == null ? List.of() : all.batches();
  }
}
