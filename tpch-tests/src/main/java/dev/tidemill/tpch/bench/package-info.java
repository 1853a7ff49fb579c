/**
 * The 22 queries measured beside a peer, over the same files and in alternation. Start with {@link
 * dev.tidemill.tpch.bench.Benchmark}; the peers' programs are in {@code src/peers}.
 */
@NullMarked
package dev.tidemill.tpch.bench;

import org.jspecify.annotations.NullMarked;
