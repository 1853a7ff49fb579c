/**
 * How operators are put together and driven: {@link dev.tidemill.exec.pipeline.Operator}
 * (immutable), {@link dev.tidemill.exec.pipeline.Pipeline} (source, stages, sink) and {@link
 * dev.tidemill.exec.pipeline.Run} (one execution). Start with the run. Knows no operator.
 */
@NullMarked
package dev.tidemill.exec.pipeline;

import org.jspecify.annotations.NullMarked;
