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
 * @param bytesRead bytes a scan read from outside
 * @param peakBytes the most memory it ever held
 */
public record OperatorStatistics(
    BatchPlan plan,
    String name,
    long rowsIn,
    long rowsOut,
    long batchesOut,
    long workNanos,
    long bytesRead,
    long peakBytes) {}
