/**
 * Aggregates of groups that rows come to and go from: what is kept of a group per call ({@link
 * dev.tidemill.streaming.aggregate.Accumulator}), and which one a call needs ({@link
 * dev.tidemill.streaming.aggregate.CallSite}). Knows no operators.
 */
@NullMarked
package dev.tidemill.streaming.aggregate;

import org.jspecify.annotations.NullMarked;
