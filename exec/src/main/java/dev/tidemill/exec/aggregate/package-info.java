/**
 * Hash aggregation: {@link dev.tidemill.exec.aggregate.HashAggregateOperator} says when, {@link
 * dev.tidemill.exec.key.GroupTable} gives keys their group ids, a {@link
 * dev.tidemill.exec.aggregate.GroupedAccumulator} per call holds the state of each group. The
 * accumulators serve window functions too.
 */
@NullMarked
package dev.tidemill.exec.aggregate;

import org.jspecify.annotations.NullMarked;
