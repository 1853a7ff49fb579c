/**
 * Logical plan to better logical plan: subqueries unnested, expressions simplified, predicates
 * pushed down. Each class is one rewrite. Start with {@link
 * dev.tidemill.planner.rewrite.Unnesting}.
 */
@NullMarked
package dev.tidemill.planner.rewrite;

import org.jspecify.annotations.NullMarked;
