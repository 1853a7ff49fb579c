/**
 * Logical plans: relational algebra over columns with identities. Start with {@link
 * dev.tidemill.planner.logical.Node} and {@link dev.tidemill.planner.logical.Field}. Knows nothing
 * of Calcite, nor of how a plan runs.
 */
@NullMarked
package dev.tidemill.planner.logical;

import org.jspecify.annotations.NullMarked;
