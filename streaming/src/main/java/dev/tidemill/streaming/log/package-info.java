/**
 * The step log of a database: what each step was to take, written before it is taken, and that it
 * was committed. Start with {@link dev.tidemill.streaming.log.StepLog}.
 */
@NullMarked
package dev.tidemill.streaming.log;

import org.jspecify.annotations.NullMarked;
