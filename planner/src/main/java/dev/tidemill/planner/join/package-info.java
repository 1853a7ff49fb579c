/**
 * Estimates of rows and bytes, and the order of joins by them. Start with {@link
 * dev.tidemill.planner.join.JoinOrder}.
 */
@NullMarked
package dev.tidemill.planner.join;

import org.jspecify.annotations.NullMarked;
