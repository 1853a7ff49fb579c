package dev.tidemill.exec.pipeline;

import dev.tidemill.foundation.batch.Batch;

/**
 * Takes batches: the state of one stage or sink for one worker of one pipeline. One thread; {@code
 * push* finish? close}.
 */
public interface BatchSink extends AutoCloseable {
  /**
   * Takes the rows that count of {@code batch}, which is lent for the call: whoever keeps it copies
   * or retains it.
   *
   * @return false if no further batch can change the result
   */
  boolean push(Batch batch);

  /**
   * No further batch comes to this worker: gives on what is held back, hands its state to the
   * others.
   */
  void finish();

  /** Frees everything, also after a failure and without {@link #finish()}. */
  @Override
  void close();
}
