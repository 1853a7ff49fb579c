/**
 * Delta plans: how a standing query is kept true, as data. Start with {@link
 * dev.tidemill.plan.delta.StandingPlan}, the plan that is part of the checkpoint.
 */
@NullMarked
package dev.tidemill.plan.delta;

import org.jspecify.annotations.NullMarked;
