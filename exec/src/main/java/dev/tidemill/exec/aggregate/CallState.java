package dev.tidemill.exec.aggregate;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.List;

/**
 * The state of one call for all groups of an aggregation. One thread at a time, but for {@link
 * #result}.
 */
sealed interface CallState extends AutoCloseable permits PlainState, DistinctState {
  /** Whether rows with a NULL argument count. */
  boolean takesNulls();

  /**
   * Adds rows to groups.
   *
   * @param arguments the call's arguments, without dictionaries, not NULL in these rows unless
   *     {@link #takesNulls}
   * @param groupCount all groups are below this
   */
  void add(List<Column> arguments, int length, int[] rows, int[] groups, int count, int groupCount);

  /** Adds all groups of another aggregation, of which group g is here {@code mapping[g]}. */
  void merge(CallState other, int[] mapping, int otherGroupCount, int groupCount);

  /** No row comes any more. */
  void finish(int groupCount);

  Column result(int from, int count, MemoryScope scope);

  @Override
  void close();
}
