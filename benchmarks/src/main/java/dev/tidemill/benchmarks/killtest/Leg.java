package dev.tidemill.benchmarks.killtest;

import java.util.List;

/**
 * A set of standing queries between systems of one kind, with what arrives at their sources. Made
 * once for a run in the process that kills.
 */
interface Leg extends AutoCloseable {
  String name();

  /** Statements that make tables and standing queries; done again they change nothing. */
  List<String> script();

  /** A little more of the input arrives. Called by one thread. */
  void feed();

  /** Rows that have arrived. */
  long rows();

  /** What must be true in the end, when all is taken. */
  List<Check> checks();

  @Override
  void close();

  /**
   * Two queries whose rows must be the same, any number of times each.
   *
   * @param actual what a standing query has made
   * @param expected the batch answer
   */
  record Check(String name, String actual, String expected) {}
}
