package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a pipeline: the change of the result. Where rows go as well as come, each row is there
 * once, with its weights summed up, in the order in which rows first came.
 */
final class ChangeCollector implements DeltaOperator.Output {
  private static final String NAME = "result";

  private final List<Type> types;

  /** Whether a row may come several times and weights cancel each other out. */
  private final boolean isLoose;

  private final List<Batch> batches = new ArrayList<>();
  private @Nullable Step running;

  ChangeCollector(List<OutputColumn> columns, boolean isLoose) {
    this.types = columns.stream().map(OutputColumn::type).toList();
    this.isLoose = isLoose;
  }

  @Override
  public void push(Batch delta, Step step) {
    running = step;
    batches.add(delta.retain());
  }

  /** Forgets what a step that failed may have left. */
  void begin() {
    batches.forEach(Batch::close);
    batches.clear();
    running = null;
  }

  /** All that has changed, the caller's to close. */
  List<Batch> finish() {
    Step step = running;
    if (step == null) {
      return List.of();
    }
    String before = step.times().enter(NAME);
    List<Batch> all =
        isLoose && !isOneRow() ? Consolidation.of(batches, types, step.memory()) : retained();
    begin();
    step.times().enter(before);
    return all;
  }

  private boolean isOneRow() {
    return batches.size() == 1 && batches.getFirst().rowCount() == 1;
  }

  private List<Batch> retained() {
    return batches.stream().map(Batch::retain).toList();
  }
}
