package dev.tidemill.streaming.state;

/** A pinned version of a query's state: never changes until it is closed. Any thread. */
public interface StateVersion extends AutoCloseable {
  /** The step's number. */
  long step();

  /** All rows of a multiset (of either kind) as of this version, in no order. */
  void forEach(String multiset, KeyedMultisetState.KeyRowConsumer consumer);

  /** Releases the version. */
  @Override
  void close();
}
