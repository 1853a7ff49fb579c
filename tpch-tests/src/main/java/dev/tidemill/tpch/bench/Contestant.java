package dev.tidemill.tpch.bench;

/** An engine under measurement, with TPC-H's tables open. */
interface Contestant extends AutoCloseable {
  String name();

  /** Runs a query, from its text to its last row; the milliseconds it took. */
  double run(String sql);

  /** The most memory, in bytes, that the process has held so far; -1 where nobody can tell. */
  long peakBytes();

  @Override
  void close();
}
