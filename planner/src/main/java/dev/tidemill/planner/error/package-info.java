/**
 * What can be wrong with a statement that parses: {@link dev.tidemill.planner.error.PlannerErrors}.
 */
@NullMarked
package dev.tidemill.planner.error;

import org.jspecify.annotations.NullMarked;
