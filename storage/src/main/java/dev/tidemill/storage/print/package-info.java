/** Sinks that keep nothing: {@code print} and {@code blackhole}. */
@NullMarked
package dev.tidemill.storage.print;

import org.jspecify.annotations.NullMarked;
