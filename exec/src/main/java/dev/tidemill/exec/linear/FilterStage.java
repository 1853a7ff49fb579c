package dev.tidemill.exec.linear;

import dev.tidemill.exec.expression.EvaluationContext;
import dev.tidemill.exec.expression.Predicate;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;

/** Passes on the rows for which a condition is TRUE, by a selection. */
public final class FilterStage implements BatchSink {
  private final Predicate predicate;
  private final EvaluationContext context;
  private final BatchSink next;

  FilterStage(Predicate predicate, EvaluationContext context, BatchSink next) {
    this.predicate = predicate;
    this.context = context;
    this.next = next;
  }

  /** The rows that pass, the caller's to close; shares the columns. */
  public static Batch filter(Batch batch, Predicate predicate, EvaluationContext context) {
    Selection passed = predicate.filter(batch, context);
    return batch.select(passed);
  }

  @Override
  public boolean push(Batch batch) {
    try (Batch passed = filter(batch, predicate, context)) {
      return next.push(passed);
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
