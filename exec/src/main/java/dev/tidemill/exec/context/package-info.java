/**
 * What a run is given from outside: {@link dev.tidemill.exec.context.ExecutionContext} and its
 * parts. Depends on no other package of exec.
 */
@NullMarked
package dev.tidemill.exec.context;

import org.jspecify.annotations.NullMarked;
