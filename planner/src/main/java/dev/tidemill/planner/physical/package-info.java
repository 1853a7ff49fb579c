/**
 * Logical plan to batch plan: identities to positions, conditions to hash keys, the build side and
 * the distribution of joins. Start with {@link dev.tidemill.planner.physical.Lowering}.
 */
@NullMarked
package dev.tidemill.planner.physical;

import org.jspecify.annotations.NullMarked;
