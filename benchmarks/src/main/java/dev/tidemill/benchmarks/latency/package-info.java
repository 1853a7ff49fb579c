/** How long a small step takes until its result is durable. */
@NullMarked
package dev.tidemill.benchmarks.latency;

import org.jspecify.annotations.NullMarked;
