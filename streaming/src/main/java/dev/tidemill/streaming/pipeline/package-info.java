/**
 * A standing query's operators: from the offsets of a step to the change of the result. Start with
 * {@link dev.tidemill.streaming.pipeline.DeltaPipeline}. Knows no triggers, logs or sinks.
 */
@NullMarked
package dev.tidemill.streaming.pipeline;

import org.jspecify.annotations.NullMarked;
