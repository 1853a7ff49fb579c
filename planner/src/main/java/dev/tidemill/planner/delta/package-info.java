/**
 * From a batch plan to the plan of a standing query: what has an incremental form, which edges are
 * insert-only, what the watermark bounds, which output modes are legal. Start with {@link
 * dev.tidemill.planner.delta.StandingPlanner}. Knows no Calcite.
 */
@NullMarked
package dev.tidemill.planner.delta;

import org.jspecify.annotations.NullMarked;
