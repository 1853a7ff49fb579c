package dev.tidemill.streaming.state;

/** A multiset of rows per key: each row with a weight that is never 0. Arrays given are kept. */
public interface KeyedMultisetState {
  /** Adds {@code weight} to the row's and returns the sum; a row whose weight gets 0 is gone. */
  long add(byte[] key, byte[] row, long weight);

  /** The row's weight, 0 if it is not there. */
  long weight(byte[] key, byte[] row);

  /** The rows of a key with their weights, in no order; nothing is written meanwhile. */
  void forEach(byte[] key, RowConsumer consumer);

  /** All keys' rows, in no order; nothing is written meanwhile. */
  void forEach(KeyRowConsumer consumer);

  /** Forgets the rows of a key. */
  void remove(byte[] key);

  interface RowConsumer {
    void accept(byte[] row, long weight);
  }

  interface KeyRowConsumer {
    void accept(byte[] key, byte[] row, long weight);
  }
}
