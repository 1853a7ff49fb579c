/**
 * ASOF joins: {@link dev.tidemill.exec.asof.AsofJoinOperator} builds the right side in the order of
 * its times and seeks each left row there. {@link dev.tidemill.exec.asof.TimeWords} is what times
 * are compared by, in standing queries too.
 */
@NullMarked
package dev.tidemill.exec.asof;

import org.jspecify.annotations.NullMarked;
