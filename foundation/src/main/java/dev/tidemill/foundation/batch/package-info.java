/**
 * Rows as columns over off-heap buffers, in Arrow's layouts. Start with {@link
 * dev.tidemill.foundation.batch.Batch}, then {@link dev.tidemill.foundation.batch.Column}.
 */
@NullMarked
package dev.tidemill.foundation.batch;

import org.jspecify.annotations.NullMarked;
