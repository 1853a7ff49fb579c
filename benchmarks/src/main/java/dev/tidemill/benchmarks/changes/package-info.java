/** What it costs standing queries that rows of their table may change. */
@NullMarked
package dev.tidemill.benchmarks.changes;

import org.jspecify.annotations.NullMarked;
