package dev.tidemill.exec.pipeline;

/** The state of a streaming operator in one run, shared by its workers: rows go through it. */
@FunctionalInterface
public interface Stage {
  /**
   * The state for one worker, which pushes what becomes of its rows to {@code next} and takes it
   * over.
   */
  BatchSink open(Worker worker, BatchSink next);
}
