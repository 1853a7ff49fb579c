package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import java.util.List;

/**
 * Where the change of a result goes. Within a step: {@link #write}, then {@link #commit} or {@link
 * #rollback}. One thread.
 */
public interface Delivery extends AutoCloseable {
  /** The last step that is safely there, or -1: a step up to it is not delivered again. */
  long lastStep();

  /**
   * Whether the last step of the query is always there, whoever asks: -1 then means that no step
   * was taken, or that what was delivered is gone.
   */
  default boolean keepsSteps() {
    return false;
  }

  /** Whether it can take another step's change now; while it cannot, the query takes no step. */
  default boolean isReady() {
    return true;
  }

  /** Whether a step is due though there is nothing to take, since it has something to say. */
  default boolean owes() {
    return false;
  }

  /**
   * Writes the change of a step (consolidated); the batches are borrowed. How many rows were
   * written out.
   *
   * @throws dev.tidemill.foundation.error.TidemillException of kind EXTERNAL if it cannot be
   *     written
   */
  long write(long step, List<Batch> change);

  /**
   * Makes what was written visible under the step's number, durably where the target is durable.
   */
  void commit();

  /** Forgets what was written since the last commit. */
  void rollback();

  /** The query has ended because its inputs have: nothing will ever come behind. */
  void end();

  @Override
  void close();
}
