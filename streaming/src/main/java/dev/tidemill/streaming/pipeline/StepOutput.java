package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import java.util.List;
import java.util.Map;

/**
 * What a step did. Owns its batches.
 *
 * @param change the change of the result since the step before: consolidated (each row once, its
 *     weight not 0), with the columns of the plan
 * @param rowsIn rows taken from the tables, late ones included
 * @param late the rows that were late
 * @param rejectedRows rows of the tables that could not be read and were left out
 * @param failed rows that were set aside, of operators that compute each by itself
 * @param watermarkMicros the query's watermark after the step in microseconds since the epoch,
 *     {@link Long#MIN_VALUE} where there is none yet, {@link Long#MAX_VALUE} where all tables with
 *     one have ended
 * @param operatorNanos CPU time per operator
 */
public record StepOutput(
    List<Batch> change,
    long rowsIn,
    List<LateBatch> late,
    long rejectedRows,
    List<FailedRow> failed,
    UnusualRows unusual,
    long watermarkMicros,
    Map<String, Long> operatorNanos)
    implements AutoCloseable {
  /** How many rows were late. */
  public long lateRows() {
    return late.stream().mapToLong(batch -> batch.rows().rowCount()).sum();
  }

  @Override
  public void close() {
    change.forEach(Batch::close);
    late.forEach(LateBatch::close);
  }
}
