package dev.tidemill.streaming.pipeline;

/**
 * A standing plan, compiled, over its state. One thread at a time.
 *
 * <pre>
 *   step(n) -> change of the result      all state is written through QueryState, uncommitted
 *   caller:  sinks, then QueryState.commit(n) — or rollback(), after which the step may be tried again
 * </pre>
 *
 * The watermark and whatever else must survive is kept in the query's state, so that a restored
 * state resumes.
 */
public interface DeltaPipeline extends AutoCloseable {
  /**
   * Computes the change that a step makes.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if rows cannot be read or computed; the
   *     state is then to be rolled back
   */
  StepOutput step(StepInput input);

  /**
   * Whether rows that an expression fails of are set aside ({@link StepOutput#failed}) rather than
   * fail the step.
   */
  default void setSkipsFailing(boolean skips) {}

  /**
   * When a step is due though no rows come, in microseconds since the epoch; {@link Long#MAX_VALUE}
   * where none is.
   */
  long dueMicros();

  @Override
  void close();
}
