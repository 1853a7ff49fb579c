/**
 * The operators that begin a pipeline: tables ({@link dev.tidemill.exec.scan.ScanOperator}), inputs
 * and literals.
 */
@NullMarked
package dev.tidemill.exec.scan;

import org.jspecify.annotations.NullMarked;
