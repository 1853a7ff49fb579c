package dev.tidemill.exec.pipeline;

import dev.tidemill.storage.table.SkippedReads;
import java.util.concurrent.atomic.LongAdder;

/** What an operator has done in one run so far. Any thread reads and adds. */
public final class OperatorCounters {
  private final Operator operator;
  final LongAdder rowsIn = new LongAdder();
  final LongAdder rowsOut = new LongAdder();
  final LongAdder batchesOut = new LongAdder();
  final LongAdder nanos = new LongAdder();
  private final LongAdder bytesRead = new LongAdder();
  private final LongAdder pages = new LongAdder();
  private final LongAdder skippedPages = new LongAdder();
  private final LongAdder skippedRows = new LongAdder();
  private final LongAdder filteredRows = new LongAdder();
  private final LongAdder skippedPairs = new LongAdder();
  final LongAdder spilledBytes = new LongAdder();
  final LongAdder spilledFiles = new LongAdder();
  private volatile long parts = -1;
  private volatile long skippedParts;
  private volatile int dependentKeys;
  volatile long peakBytes;

  OperatorCounters(Operator operator) {
    this.operator = operator;
  }

  /** Adds bytes that a source has read from outside. */
  public void addBytesRead(long bytes) {
    bytesRead.add(bytes);
  }

  /** Adds what the reading of one split touched and left out. */
  public void addReads(SkippedReads reads) {
    pages.add(reads.pages());
    skippedPages.add(reads.skippedPages());
    skippedRows.add(reads.skippedRows());
  }

  /** Adds rows that a filter found at run time has rejected. */
  public void addFilteredRows(long rows) {
    filteredRows.add(rows);
  }

  /** Adds pairs of a join's rows that were not tried, since sorted values rule them out. */
  public void addSkippedPairs(long pairs) {
    skippedPairs.add(pairs);
  }

  /** Says how many units of reading there were, and how many of them were not opened at all. */
  public void setParts(long all, long skipped) {
    parts = all;
    skippedParts = skipped;
  }

  /** Says how many of the keys rows were not compared by, since the other keys decide them. */
  public void setDependentKeys(int keys) {
    dependentKeys = keys;
  }

  OperatorStatistics snapshot() {
    return new OperatorStatistics(
        operator.plan(),
        operator.name(),
        rowsIn.sum(),
        rowsOut.sum(),
        batchesOut.sum(),
        nanos.sum(),
        peakBytes,
        dependentKeys,
        skippedPairs.sum(),
        new OperatorStatistics.Reading(
            bytesRead.sum(),
            parts,
            skippedParts,
            pages.sum(),
            skippedPages.sum(),
            skippedRows.sum(),
            filteredRows.sum()),
        new OperatorStatistics.Spilling(spilledBytes.sum(), spilledFiles.sum()));
  }

  Operator operator() {
    return operator;
  }
}
