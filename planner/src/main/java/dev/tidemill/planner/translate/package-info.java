/**
 * From Calcite's relational algebra to ours: expressions with every cast spelled out, subqueries as joins. Calcite types
 * stop here. Start with {@link dev.tidemill.planner.translate.RelTranslator}.
 */
@NullMarked
package dev.tidemill.planner.translate;

import org.jspecify.annotations.NullMarked;
