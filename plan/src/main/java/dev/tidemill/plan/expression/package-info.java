/**
 * Scalar expressions as data. Start with {@link dev.tidemill.plan.expression.Expression}. All
 * implicit casts of SQL are explicit here: the planner has put them in.
 */
@NullMarked
package dev.tidemill.plan.expression;

import org.jspecify.annotations.NullMarked;
