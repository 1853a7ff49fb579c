/**
 * Functions that users write in Java. What they implement is {@link
 * dev.tidemill.plan.function.user.UserScalarFunction}, {@link
 * dev.tidemill.plan.function.user.UserAggregateFunction} and {@link
 * dev.tidemill.plan.function.user.UserTableFunction}; what a class offers is found by {@link
 * dev.tidemill.plan.function.user.FunctionClass}, and a plan names a method by {@link
 * dev.tidemill.plan.function.user.UserMethod}. Knows nothing of columns.
 */
@NullMarked
package dev.tidemill.plan.function.user;

import org.jspecify.annotations.NullMarked;
