/**
 * WITH RECURSIVE: {@link dev.tidemill.exec.recursion.RecursiveOperator} goes round after round
 * until no new rows come.
 */
@NullMarked
package dev.tidemill.exec.recursion;

import org.jspecify.annotations.NullMarked;
