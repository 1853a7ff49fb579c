/**
 * Joins: {@link dev.tidemill.exec.join.HashJoinOperator} where keys are equal, {@link
 * dev.tidemill.exec.join.NestedLoopJoinOperator} for any condition, with {@link
 * dev.tidemill.exec.join.RangeIndex} where it compares values. All find pairs of rows and leave to
 * {@link dev.tidemill.exec.join.JoinOutput} what the join's kind makes of them.
 */
@NullMarked
package dev.tidemill.exec.join;

import org.jspecify.annotations.NullMarked;
