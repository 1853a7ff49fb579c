package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.storage.table.BatchReader;
import org.jspecify.annotations.Nullable;

/** The batches of a reader; from the second on a helper reads one while the one before is taken. */
final class ReadAhead implements AutoCloseable {
  private final BatchReader reader;
  private final boolean allowed;
  private final Step step;
  private boolean isLong;
  private @Nullable StepTask<@Nullable Batch> reading;

  /**
   * The reader is borrowed.
   *
   * @param allowed whether it may be ahead of the batch that is taken
   */
  ReadAhead(BatchReader reader, boolean allowed, Step step) {
    this.reader = reader;
    this.allowed = allowed;
    this.step = step;
  }

  /** The next batch, the caller's to close, or null behind the last. */
  @Nullable Batch next() {
    StepTask<@Nullable Batch> ready = reading;
    reading = null;
    Batch next = ready == null ? reader.next() : ready.join(step.times().running(), step);
    if (next != null && isLong) {
      reading = step.crew().submit(reader::next);
    }
    isLong = allowed && next != null && step.crew().helps(next.rowCount());
    return next;
  }

  @Override
  public void close() {
    if (reading != null) {
      reading.discard(
          batch -> {
            if (batch != null) {
              batch.close();
            }
          });
    }
  }
}
