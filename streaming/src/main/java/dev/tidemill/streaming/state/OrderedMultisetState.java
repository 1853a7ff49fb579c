package dev.tidemill.streaming.state;

/** As {@link KeyedMultisetState}, the rows of a key in the order of their unsigned bytes. */
public interface OrderedMultisetState extends KeyedMultisetState {
  /**
   * The rows of a key from the least on, until {@code consumer} says false; nothing is written
   * meanwhile.
   */
  void forEachAscending(byte[] key, RowVisitor consumer);

  /** The same from the greatest down. */
  void forEachDescending(byte[] key, RowVisitor consumer);

  interface RowVisitor {
    /** Whether to go on. */
    boolean visit(byte[] row, long weight);
  }
}
