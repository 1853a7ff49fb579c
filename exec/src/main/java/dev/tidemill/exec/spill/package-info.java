/**
 * What operators put on disk when their memory is used up: batches of rows, compressed, in one
 * temporary file per operator and run. Start with {@link dev.tidemill.exec.spill.Spill}; when to
 * spill is said by {@link dev.tidemill.exec.spill.MemoryShare}. Knows no operator.
 */
@NullMarked
package dev.tidemill.exec.spill;

import org.jspecify.annotations.NullMarked;
