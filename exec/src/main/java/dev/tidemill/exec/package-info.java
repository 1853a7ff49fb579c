/**
 * Runs batch plans. Start with {@link dev.tidemill.exec.Executor}, which compiles a plan to
 * operators ({@link dev.tidemill.exec.CompiledPlan}) and runs it on threads ({@link
 * dev.tidemill.exec.BatchQuery}) or on the caller's own. The operators are in packages by subject;
 * how they are put together and driven, in {@code exec.pipeline}. Knows no SQL.
 */
@NullMarked
package dev.tidemill.exec;

import org.jspecify.annotations.NullMarked;
