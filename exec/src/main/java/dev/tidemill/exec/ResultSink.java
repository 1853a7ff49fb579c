package dev.tidemill.exec;

import dev.tidemill.exec.memory.Charges;
import dev.tidemill.exec.pipeline.BatchSink;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.function.Consumer;

/** The end of a plan: makes batches that outlive the run, charged to the query itself. */
final class ResultSink implements BatchSink {
  /** A batch of which less than one row in so many counts is copied, so that the rest can go. */
  private static final int SPARSE = 4;

  private final MemoryScope memory;
  private final Consumer<Batch> results;

  /** {@code results} takes over each batch. */
  ResultSink(MemoryScope memory, Consumer<Batch> results) {
    this.memory = memory;
    this.results = results;
  }

  @Override
  public boolean push(Batch batch) {
    boolean isSparse = batch.rowCount() < batch.length() / SPARSE;
    Batch result = isSparse ? Batches.compact(batch, memory) : batch.retain();
    // A copy, too, shares dictionaries and the data of strings with what it is a copy of.
    Charges.moveUp(result, memory);
    results.accept(result);
    return true;
  }

  @Override
  public void finish() {}

  @Override
  public void close() {}
}
