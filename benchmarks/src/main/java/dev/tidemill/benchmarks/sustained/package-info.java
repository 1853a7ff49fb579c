/** Standing queries at the highest rate they hold, for minutes: what they take stays the same. */
@NullMarked
package dev.tidemill.benchmarks.sustained;

import org.jspecify.annotations.NullMarked;
