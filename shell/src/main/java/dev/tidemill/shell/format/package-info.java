/**
 * Results as text. Start with {@link dev.tidemill.shell.format.ResultFormat}. Knows batches, no
 * engine.
 */
@NullMarked
package dev.tidemill.shell.format;

import org.jspecify.annotations.NullMarked;
