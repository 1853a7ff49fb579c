package dev.tidemill.streaming.aggregate;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.streaming.state.ChangedNumbers;
import dev.tidemill.streaming.state.Renumbered;
import java.util.List;

/**
 * What is kept for one call of every group, by group id, and what stood there before the running
 * step of the groups that it touches: of the first group touched in place 0, and so on.
 *
 * <pre>
 *   (save add* clear*)*  before, now  prepare?  (restore | forgetSaved)
 * </pre>
 */
abstract class GroupCall implements AutoCloseable {
  private final ChangedNumbers none = new ChangedNumbers();

  /** Makes room for group ids below {@code groups}. */
  abstract void ensure(int groups);

  /** Keeps what stands of groups at the next places, before the step first changes them. */
  abstract void save(int[] groups, int count);

  /**
   * Adds rows of a batch to groups that are saved.
   *
   * @param rows row numbers of the batch
   * @param groups the group of each
   * @param weights of each, not 0
   */
  abstract void add(
      Batch delta, int[] rows, int[] groups, long[] weights, int count, MemoryScope memory);

  /** Whether adding takes long, and touches nothing but what is this call's own. */
  boolean isHeavy() {
    return false;
  }

  /** The results of saved states from place {@code from} on; the caller's to close. */
  abstract Column before(int from, int count, MemoryScope memory);

  /** The results of groups as they stand; the caller's to close. */
  abstract Column now(int[] groups, int count, MemoryScope memory);

  /** Adds what is kept of a group to another; both are saved. */
  void merge(int from, int to) {
    throw new IllegalStateException("groups of a call that cannot be merged");
  }

  /** Empties groups, which are saved. */
  abstract void clear(int[] groups, int count);

  /**
   * Puts back what was saved of the groups, in the order of places; saving the last ones may have
   * failed, and they have not changed then. Cannot fail.
   */
  abstract void restore(int[] groups, int count);

  /** Makes sure that {@link #forgetSaved} cannot fail; {@link #restore} may follow yet. */
  void prepare() {}

  /** Makes what was saved count no longer. */
  abstract void forgetSaved();

  /** The call with group {@code live[i]} as i; all others are empty. Nothing is saved. */
  abstract Renumbered renumbered(int[] live, int count);

  /** Of the values that {@link #writeState} writes. */
  abstract List<Type> stateTypes();

  abstract void writeState(int group, List<ColumnBuilder> state);

  /** Takes what was written: row i becomes the state of group {@code first + i}, which is empty. */
  abstract void readState(List<Column> state, int first, int count);

  /** The types of further rows that this call writes; none where there are none. */
  List<Type> partTypes() {
    return List.of();
  }

  /** The numbers of the further rows go from 0 up to, without, this. */
  int partLength() {
    return 0;
  }

  /** Which of the further rows have changed. */
  ChangedNumbers partChanges() {
    return none;
  }

  boolean isPartThere(int number) {
    return false;
  }

  /** The further rows of some numbers, which may name groups by their ids; to be closed. */
  Batch partRows(int[] numbers, int count, MemoryScope memory) {
    throw new IllegalStateException("rows of a call that has none");
  }

  /**
   * Takes further rows; all groups are there.
   *
   * @param groups by the id that a group had when they were written, its id now + 1
   */
  void readPart(Batch rows, int[] groups) {
    throw new IllegalStateException("rows of a call that has none");
  }

  @Override
  public abstract void close();
}
