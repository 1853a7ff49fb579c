package dev.tidemill.exec.pipeline;

/**
 * The state of an operator that ends a pipeline in one run, shared by its workers: rows stay in it.
 */
@FunctionalInterface
public interface Sink {
  /** The state for one worker. */
  BatchSink open(Worker worker);
}
