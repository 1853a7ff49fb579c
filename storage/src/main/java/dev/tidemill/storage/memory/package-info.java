/**
 * Tables that live in the process's memory. Start with {@link
 * dev.tidemill.storage.memory.MemoryTable}, the smallest table that grows and is written.
 */
@NullMarked
package dev.tidemill.storage.memory;

import org.jspecify.annotations.NullMarked;
