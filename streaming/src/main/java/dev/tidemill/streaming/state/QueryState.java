package dev.tidemill.streaming.state;

import dev.tidemill.foundation.memory.MemoryScope;

/**
 * All state of one standing query, divided into the 256 key groups of {@code
 * foundation.hash.KeyGroups}.
 *
 * <p>A step reads and writes through the states and ends with {@link #commit}, which gives its
 * number to all changes at once, or {@link #rollback}, which forgets them. Reads within the step
 * see its own writes. Committed versions are read by {@link #read}: a version stays readable,
 * unchanged, until it is released. One thread writes; any may read versions.
 */
public interface QueryState {
  /** The state of this name, made when first asked for. A name has one shape for ever. */
  KeyedValueState keyedValue(String name);

  KeyedMultisetState keyedMultiset(String name);

  OrderedMultisetState orderedMultiset(String name);

  /**
   * Makes what an operator keeps in columns part of this state, under a name; it gets the rows that
   * were written under this name, and is closed with this state.
   */
  void columns(String name, ColumnState columns);

  /** What state in columns is charged to. */
  MemoryScope memory();

  /** The number of the last committed step, or -1. */
  long version();

  /**
   * Makes sure that {@link #commit} cannot fail: to be called before anything is published outside.
   *
   * @throws dev.tidemill.foundation.error.TidemillException MEMORY_LIMIT_EXCEEDED; the step is then
   *     to be rolled back
   */
  void prepare();

  /**
   * Makes all changes since the last commit version {@code step}, greater than {@link #version()}.
   */
  void commit(long step);

  /** Forgets all changes since the last commit. */
  void rollback();

  /** Pins the last committed version for reading. */
  StateVersion read();

  /** Bytes held, about. */
  long bytes();
}
