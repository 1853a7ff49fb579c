/**
 * Standing queries: when they run, on what cuts of their input, and what is kept between steps.
 * Start with {@link dev.tidemill.streaming.StandingQueries}, whose picture names the parts; {@code
 * QueryGroup} decides what a step takes, {@code StepTaker} takes it, {@code QueryRecovery} takes it
 * again. Operators are in {@code pipeline}, what they keep in {@code state}, results in {@code
 * result}, the step log in {@code log}. Knows neither SQL nor sessions.
 */
@NullMarked
package dev.tidemill.streaming;

import org.jspecify.annotations.NullMarked;
