package dev.tidemill.storage.table;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;

/**
 * A table open for writing, step by step. A step's rows and its number become visible at once, at
 * {@link StepWriter#commit()}, durably; a step that was committed is recognised by its number. One
 * thread at a time.
 */
public interface TableSink extends AutoCloseable {
  /** The writer of INSERT and of whatever else writes once. */
  String INSERT = "insert";

  /** The number of the last step this writer committed, or -1. */
  long lastStep();

  /** Whether a sink that is opened anew knows the steps that were committed. */
  default boolean keepsSteps() {
    return true;
  }

  /**
   * Begins step {@code step}, greater than {@link #lastStep()}. An uncommitted step is forgotten.
   *
   * @param mode one of the table's sink modes
   * @param scope what buffered rows are charged to
   */
  StepWriter begin(long step, SinkMode mode, MemoryScope scope);

  /**
   * Marks the table as ended: readers see that nothing will ever come behind. Durable; repeating it
   * does nothing.
   */
  void end();

  /** Whether the table is marked as ended. */
  default boolean hasEnded() {
    return false;
  }

  @Override
  void close();

  /** The rows of one step. */
  interface StepWriter extends AutoCloseable {
    /**
     * Adds rows; the batch is borrowed for the call, has the table's stored columns in order, and
     * may have a selection; weights are ignored. {@code operation} is INSERT but in UPDATE mode.
     */
    void write(Batch rows, RowOperation operation);

    /** Makes the rows visible under the step's number. An empty step is committed too. */
    void commit();

    /** Forgets the rows unless committed. */
    @Override
    void close();
  }
}
