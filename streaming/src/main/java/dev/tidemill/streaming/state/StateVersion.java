package dev.tidemill.streaming.state;

import org.jspecify.annotations.Nullable;

/** A pinned version of a query's state: never changes until it is closed. Any thread. */
public interface StateVersion extends AutoCloseable {
  /** The step's number. */
  long step();

  /** All rows of a multiset (of either kind) as of this version, in no order. */
  void forEach(String multiset, KeyedMultisetState.KeyRowConsumer consumer);

  /** The version of state in columns, or null where there is none of this name. */
  VersionedColumns.@Nullable Pin columns(String name);

  /** Releases the version. */
  @Override
  void close();
}
