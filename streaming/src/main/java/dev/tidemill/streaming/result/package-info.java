/**
 * What becomes of the change of a standing query's result: it is kept and can be read as a table
 * ({@link dev.tidemill.streaming.result.KeptResult}), or delivered ({@link
 * dev.tidemill.streaming.result.Delivery}).
 */
@NullMarked
package dev.tidemill.streaming.result;

import org.jspecify.annotations.NullMarked;
