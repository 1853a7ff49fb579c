package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one call for all groups of an aggregation: {@code (add | merge)* (freeze+ | finish
 * result*) close}. One thread at a time; a frozen state may be merged into others, and results be
 * asked for, by many.
 */
sealed interface CallState extends AutoCloseable permits PlainState, DistinctState, SharedState {
  /** Whether rows with a NULL argument count. */
  boolean takesNulls();

  /** Whether arguments may be codes of dictionaries; else they come without. */
  default boolean takesDictionaries() {
    return false;
  }

  /**
   * Adds rows to groups.
   *
   * @param arguments the call's arguments, without dictionaries unless {@link #takesDictionaries},
   *     not NULL in these rows unless {@link #takesNulls}
   * @param runs the same rows in the order of their groups, or null
   * @param groupCount all groups are below this
   */
  void add(
      List<Column> arguments,
      int length,
      int[] rows,
      int[] groups,
      int count,
      @Nullable GroupRuns runs,
      int groupCount);

  /**
   * No row comes any more; the state is only merged into others. Again where the same groups get
   * other partitions.
   */
  void freeze(GroupPartitions partitions);

  /**
   * Adds groups of another, frozen aggregation.
   *
   * @param groupCount all groups are below this
   */
  void merge(CallState other, GroupMapping mapping, int groupCount);

  /** The columns of {@link #writeState}; none where there is nothing beside the elements. */
  List<Type> stateTypes();

  /** Appends the state of a group to as many builders. */
  void writeState(int group, List<ColumnBuilder> state);

  /**
   * Adds states that were written: row {@code rows[i]} to {@code groups[i]}.
   *
   * @param groupCount all groups are below this
   */
  void mergeState(List<Column> state, int[] rows, int[] groups, int count, int groupCount);

  /** No row comes any more; results are asked for. */
  void finish(int groupCount);

  Column result(int from, int count, MemoryScope scope);

  @Override
  void close();
}
