/** Tables that live in the process's memory. */
@NullMarked
package dev.tidemill.storage.memory;

import org.jspecify.annotations.NullMarked;
