/**
 * Window functions: {@link dev.tidemill.exec.window.WindowOperator} sorts rows by partition and
 * order into {@link dev.tidemill.exec.window.WindowRows}; one class per family of functions
 * computes a column over them.
 */
@NullMarked
package dev.tidemill.exec.window;

import org.jspecify.annotations.NullMarked;
