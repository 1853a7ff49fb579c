package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.plan.batch.TableReference;

/**
 * Rows of a table that came too late in a step. Owns the batch.
 *
 * @param rows the table's stored columns, then {@code source} (VARCHAR) and {@code weight} (BIGINT)
 * @param watermarkMicros by which they are late
 */
public record LateBatch(TableReference table, Batch rows, long watermarkMicros)
    implements AutoCloseable {
  @Override
  public void close() {
    rows.close();
  }
}
