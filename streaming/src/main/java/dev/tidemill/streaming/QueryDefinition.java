package dev.tidemill.streaming;

import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.OutputMode;
import org.jspecify.annotations.Nullable;

/**
 * What CREATE STANDING QUERY said, names resolved.
 *
 * @param sink the table it delivers to, or null where the result is kept
 * @param maxRowsPerStep the most input rows of a step, at least 1
 * @param sql the statement's canonical text
 */
public record QueryDefinition(
    String name,
    @Nullable TableReference sink,
    OutputMode mode,
    Trigger trigger,
    long maxRowsPerStep,
    String sql) {}
