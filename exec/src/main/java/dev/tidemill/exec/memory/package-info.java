/**
 * What operators hold: collected rows, growing arrays on the heap that are accounted for, charges
 * of buffers.
 */
@NullMarked
package dev.tidemill.exec.memory;

import org.jspecify.annotations.NullMarked;
