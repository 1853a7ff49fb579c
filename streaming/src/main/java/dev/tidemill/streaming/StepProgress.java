package dev.tidemill.streaming;

import dev.tidemill.storage.table.Backlog;
import dev.tidemill.streaming.pipeline.UnusualRows;
import java.time.Instant;
import java.util.Map;

/**
 * What a step of a query did: the line that users see.
 *
 * @param rowsIn rows taken from its tables
 * @param rowsOut rows written out: the changed rows, or in COMPLETE the whole result
 * @param lateRows those of the rows taken that came too late
 * @param rejectedRows rows that could not be read and were left out, not among the rows taken
 * @param unusual rows that were not as rows should be
 * @param watermarkMicros after the step, as in {@code StepOutput}
 * @param millis how long it took
 * @param backlog what was there to be taken behind the step
 * @param catchUpSeconds how long that takes at the speed of the last steps; NaN where it cannot be
 *     told
 * @param operatorNanos CPU time per operator
 */
public record StepProgress(
    String query,
    long step,
    Instant time,
    long rowsIn,
    long rowsOut,
    long lateRows,
    long rejectedRows,
    UnusualRows unusual,
    long watermarkMicros,
    double millis,
    long stateBytes,
    Backlog backlog,
    double catchUpSeconds,
    Map<String, Long> operatorNanos) {}
