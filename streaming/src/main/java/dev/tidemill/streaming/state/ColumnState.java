package dev.tidemill.streaming.state;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.type.Type;
import java.util.List;

/**
 * State that an operator keeps in columns of its own: rolled back, committed and written with the
 * query's other state. It consists of parts, each some numbered rows of fixed types; a part may
 * name the numbers of those before it.
 *
 * <p>Between steps a snapshot reads some numbers after the other, and of those that steps have
 * changed meanwhile, again. So a commit marks the numbers that the step has changed ({@link
 * #changes}), and who numbers rows anew says so. What has not changed since the last snapshot is
 * not written again.
 *
 * <p>One thread at a time. What it holds is charged to {@link QueryState#memory()}.
 */
public interface ColumnState extends AutoCloseable {
  /** Makes sure that {@link #commit} cannot fail; {@link #rollback} may follow yet. */
  default void prepare() {}

  /** The changes since the last commit stay. Cannot fail. */
  void commit();

  /** The changes since the last commit are undone. Cannot fail. */
  void rollback();

  /** Bytes held, about. */
  long bytes();

  /**
   * What of {@link #bytes} is on disk and not counted in the operator's scope below {@link
   * QueryState#memory()}.
   */
  default long bytesOnDisk() {
    return 0;
  }

  /** How many keys have rows, about. Any thread, also while a step runs. */
  long keysHeld();

  /** How many rows are kept, about. Any thread, also while a step runs. */
  long rowsHeld();

  /** How many parts there are; always as many. */
  int parts();

  /** The types of the rows of a part. */
  List<Type> types(int part);

  /** The numbers of a part's rows go from 0 up to, without, this; nothing is uncommitted. */
  int length(int part);

  /** Which numbers of a part have been changed by steps that were committed; always the same. */
  ChangedNumbers changes(int part);

  /** Whether a number of a part, below {@link #length}, has a row; nothing is uncommitted. */
  boolean isThere(int part, int number);

  /** The rows of numbers that are there, in their order; the caller's to close. */
  Batch rows(int part, int[] numbers, int count);

  /**
   * Adds rows that were written, while it is new: part after part, of a part in any order.
   *
   * @param numbers that the rows had when they were written, no two of a part the same; they may
   *     get others
   */
  void restore(int part, int[] numbers, Batch rows);

  /** All rows are added. */
  default void restored() {}

  @Override
  void close();
}
