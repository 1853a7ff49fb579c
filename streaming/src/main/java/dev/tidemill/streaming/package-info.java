/** Standing queries: when they run, on what cuts of their input, and what is kept between steps. */
@NullMarked
package dev.tidemill.streaming;

import org.jspecify.annotations.NullMarked;
