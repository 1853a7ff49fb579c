/** The benchmarks' commands. Start with {@link dev.tidemill.benchmarks.Main}. */
@NullMarked
package dev.tidemill.benchmarks;

import org.jspecify.annotations.NullMarked;
