package dev.tidemill.exec.pipeline;

import dev.tidemill.plan.batch.BatchPlan;

/**
 * What an operator did in a run.
 *
 * @param plan the node it was made from
 * @param name as it stands in errors: {@code HashAggregate(l_orderkey)}
 * @param rowsIn rows that came from all inputs
 * @param rowsOut rows it gave on
 * @param workNanos time the workers spent in it, without what is above and below it
 * @param peakBytes the most memory it ever held
 * @param dependentKeys how many of an aggregate's keys rows were not compared by, since the others
 *     decide them
 * @param skippedPairs pairs of a join's rows that were not tried, since sorted values rule them out
 */
public record OperatorStatistics(
    BatchPlan plan,
    String name,
    long rowsIn,
    long rowsOut,
    long batchesOut,
    long workNanos,
    long peakBytes,
    int dependentKeys,
    long skippedPairs,
    Reading reading,
    Spilling spilling) {

  /**
   * What a scan read from outside, and what it did not have to.
   *
   * @param bytes read
   * @param parts units of reading (row groups, files) of the table, or -1 where the run does not
   *     count them
   * @param skippedParts those of them left out by their statistics
   * @param pages decoded
   * @param skippedPages passed over undecoded in parts that were read
   * @param skippedRows ruled out by an index, a bloom filter or a dictionary in parts that were
   *     opened
   * @param filteredRows rejected by what joins and top-N found out at run time
   */
  public record Reading(
      long bytes,
      long parts,
      long skippedParts,
      long pages,
      long skippedPages,
      long skippedRows,
      long filteredRows) {}

  /** What went to files for want of memory: bytes as stored. */
  public record Spilling(long bytes, long files) {}
}
