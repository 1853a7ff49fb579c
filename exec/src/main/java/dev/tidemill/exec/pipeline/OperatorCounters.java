package dev.tidemill.exec.pipeline;

import java.util.concurrent.atomic.LongAdder;

/** What an operator has done in one run so far. Any thread reads and adds. */
public final class OperatorCounters {
  private final Operator operator;
  final LongAdder rowsIn = new LongAdder();
  final LongAdder rowsOut = new LongAdder();
  final LongAdder batchesOut = new LongAdder();
  final LongAdder nanos = new LongAdder();
  final LongAdder bytesRead = new LongAdder();
  volatile long peakBytes;

  OperatorCounters(Operator operator) {
    this.operator = operator;
  }

  /** Adds bytes that a source has read from outside. */
  public void addBytesRead(long bytes) {
    bytesRead.add(bytes);
  }

  OperatorStatistics snapshot() {
    return new OperatorStatistics(
        operator.plan(),
        operator.name(),
        rowsIn.sum(),
        rowsOut.sum(),
        batchesOut.sum(),
        nanos.sum(),
        bytesRead.sum(),
        peakBytes);
  }

  Operator operator() {
    return operator;
  }
}
