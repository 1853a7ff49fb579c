package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import java.time.Instant;
import java.util.function.Consumer;

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

  /** Lends all rows of a result, with weights. */
  interface Rows {
    void forEach(Consumer<Batch> consumer, MemoryScope scope);
  }

  /**
   * Computes the whole result at the cut where another pipeline stands, as the change of a step in
   * which nothing is read. The operators that are kept have their state already.
   *
   * @param before stands between two steps and stays as it is
   * @param succession from its plan to that of this one; without an obstacle
   * @param result of the other, where its query keeps it
   */
  StepOutput succeed(DeltaPipeline before, Succession succession, Rows result, Instant time);

  /**
   * Goes on where another stands, whose result up to there stays as it was given out.
   *
   * @param before stands between two steps and stays as it is; the state of operators is here
   */
  void goOn(DeltaPipeline before);

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
