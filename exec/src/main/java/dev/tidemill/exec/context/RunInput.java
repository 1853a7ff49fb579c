package dev.tidemill.exec.context;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.storage.table.BatchReader;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the place of an {@code InputPlan}: batches of its columns, deltas where they have
 * weights.
 */
@FunctionalInterface
public interface RunInput {
  /**
   * Begins to read from the first row; called once per place of the plan that reads the input. One
   * thread at a time.
   */
  BatchReader open();

  /**
   * Lends the batches: they must stay open until the run is closed, and stay the caller's to close.
   */
  static RunInput of(List<Batch> batches) {
    return () -> new LendingReader(batches.iterator());
  }

  /** Hands out retained batches. */
  final class LendingReader implements BatchReader {
    private final Iterator<Batch> batches;

    private LendingReader(Iterator<Batch> batches) {
      this.batches = batches;
    }

    @Override
    public @Nullable Batch next() {
      return batches.hasNext() ? batches.next().retain() : null;
    }

    @Override
    public void close() {}
  }
}
