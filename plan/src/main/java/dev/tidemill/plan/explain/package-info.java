/** Plans as text, for people. Start with {@link dev.tidemill.plan.explain.PlanText}. */
@NullMarked
package dev.tidemill.plan.explain;

import org.jspecify.annotations.NullMarked;
