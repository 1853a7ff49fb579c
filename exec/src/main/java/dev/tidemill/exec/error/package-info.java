/** The errors of exec's operators, in one place: {@link dev.tidemill.exec.error.ExecErrors}. */
@NullMarked
package dev.tidemill.exec.error;

import org.jspecify.annotations.NullMarked;
