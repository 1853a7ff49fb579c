/**
 * What planner and exec agree on: the functions there are. The planner translates SQL into calls of
 * them, exec has a kernel for each; a test in engine checks that none is missing.
 */
@NullMarked
package dev.tidemill.plan.function;

import org.jspecify.annotations.NullMarked;
