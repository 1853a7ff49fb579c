/**
 * The border to Arrow's own {@code ValueVector}s and to Arrow IPC: results, other libraries,
 * exchanges between processes, snapshots. Start with {@link
 * dev.tidemill.foundation.arrow.ArrowBorder}. Arrow's allocator comes to life with the first use of
 * this package, so that a query that needs none of it does not wait for it.
 */
@NullMarked
package dev.tidemill.foundation.arrow;

import org.jspecify.annotations.NullMarked;
