package dev.tidemill.storage.tpch;

/** How many rows each base row has, in order from the one it was opened at on. */
interface LineCounts {
  int next();

  static LineCounts always(int lines) {
    return () -> lines;
  }

  /** The lines of orders from number {@code first}, from 0, on. */
  static LineCounts ofOrders(long first) {
    RandomStream counts = OrderSources.lineCounts(first);
    return () -> OrderSources.lineCount(counts);
  }
}
