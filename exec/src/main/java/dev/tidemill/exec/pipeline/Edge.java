package dev.tidemill.exec.pipeline;

import dev.tidemill.foundation.batch.Batch;

/**
 * The way from one operator to the next: counts rows, leaves out empty batches, and keeps the
 * worker's clock.
 */
final class Edge implements BatchSink {
  private final Worker worker;
  private final OperatorCounters from;
  private final OperatorCounters to;
  private final BatchSink next;

  Edge(Worker worker, OperatorCounters from, OperatorCounters to, BatchSink next) {
    this.worker = worker;
    this.from = from;
    this.to = to;
    this.next = next;
  }

  @Override
  public boolean push(Batch batch) {
    worker.check();
    int rows = batch.rowCount();
    if (rows == 0) {
      return true;
    }
    from.rowsOut.add(rows);
    from.batchesOut.increment();
    to.rowsIn.add(rows);
    OperatorCounters before = worker.charge(to);
    boolean more = next.push(batch);
    worker.charge(before);
    return more;
  }

  @Override
  public void finish() {
    OperatorCounters before = worker.charge(to);
    next.finish();
    worker.charge(before);
  }

  @Override
  public void close() {
    next.close();
  }
}
