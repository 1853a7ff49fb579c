/**
 * The border between storage and the rest: tables that grow, what a scan asks of them, and sinks.
 * Start with {@link dev.tidemill.storage.table.Table}.
 */
@NullMarked
package dev.tidemill.storage.table;

import org.jspecify.annotations.NullMarked;
