package dev.tidemill.exec.aggregate;

import dev.tidemill.exec.memory.HeapMemory;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;

/**
 * The state of one aggregate call for every group, in arrays by group id. It behaves as if each
 * group had the list of its values:
 *
 * <pre>
 *   ensure(n)                groups 0 … n-1 exist; new ones are empty
 *   add(v, rows, groups, c)  list[groups[i]] += v[rows[i]]           for i in 0 … c-1
 *   merge(o, from, to, c)    list[to[i]] += o.list[from[i]]          for i in 0 … c-1
 *   reset(n)                 list[0 … n-1] = empty
 *   result(f, c)             the aggregate over list[f] … list[f+c-1], a row each
 * </pre>
 *
 * <p>The order of a list never matters to the result (but for the rounding of floating point). One
 * thread at a time; {@link #result} may be called by many.
 */
public abstract class GroupedAccumulator implements AutoCloseable {
  final HeapMemory heap;

  GroupedAccumulator(MemoryScope memory) {
    this.heap = new HeapMemory(memory);
  }

  /** Whether NULLs are to be added too; else they have been left out. */
  public boolean takesNulls() {
    return false;
  }

  /** Makes room for group ids below {@code groups}. */
  public abstract void ensure(int groups);

  /**
   * Adds values to groups.
   *
   * @param values the argument, without a dictionary, not NULL in these rows unless it takes NULLs
   * @param rows rows of {@code values}
   * @param groups the group of each
   */
  public abstract void add(Column values, int[] rows, int[] groups, int count);

  /** As {@link #add}, of all the call's arguments; those of one have no more. */
  public void addAll(List<Column> arguments, int[] rows, int[] groups, int count) {
    add(arguments.get(0), rows, groups, count);
  }

  /**
   * As {@link #add}, with the rows also in the order of their groups, for those who are faster that
   * way.
   */
  void addRuns(Column values, GroupRuns runs, int[] rows, int[] groups, int count) {
    add(values, rows, groups, count);
  }

  /** As {@link #addRows}, with the rows in the order of their groups. */
  void addRowRuns(GroupRuns runs, int[] groups, int count) {
    addRows(groups, count);
  }

  /** Adds a row without an argument to each of the groups; only COUNT has such calls. */
  public void addRows(int[] groups, int count) {
    throw new IllegalStateException("an aggregate without an argument");
  }

  /** Adds groups of another accumulator of the same call, which stays as it is. */
  public abstract void merge(GroupedAccumulator other, int[] from, int[] to, int count);

  /** The columns that {@link #writeState} fills: what there is to know of a group. */
  public abstract List<Type> stateTypes();

  /** Appends what is known of a group, a value to each builder, for {@link #mergeState}. */
  public abstract void writeState(int group, List<ColumnBuilder> state);

  /** Adds what {@link #writeState} wrote of groups: row {@code rows[i]} to {@code groups[i]}. */
  public abstract void mergeState(List<Column> state, int[] rows, int[] groups, int count);

  /** Empties the groups below {@code groups}. */
  public abstract void reset(int groups);

  /**
   * The result of {@code count} groups from {@code from} on, the caller's to close.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if a result does not fit the call's
   *     type
   */
  public abstract Column result(int from, int count, MemoryScope scope);

  @Override
  public void close() {
    heap.close();
  }
}
