/**
 * Off-heap memory: {@link dev.tidemill.foundation.memory.Memory} reads and writes it, {@link
 * dev.tidemill.foundation.memory.Buffer} owns a piece of it, {@link
 * dev.tidemill.foundation.memory.MemoryScope} accounts for it. Start with the scope.
 */
@NullMarked
package dev.tidemill.foundation.memory;

import org.jspecify.annotations.NullMarked;
