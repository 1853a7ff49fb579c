/**
 * NEXMark: the 23 queries over generated events, measured beside stream processors. Start with
 * {@link dev.tidemill.benchmarks.nexmark.NexmarkBenchmark}.
 */
@NullMarked
package dev.tidemill.benchmarks.nexmark;

import org.jspecify.annotations.NullMarked;
