package dev.tidemill.shell;

import org.jspecify.annotations.Nullable;

/**
 * Statements and where they come from.
 *
 * @param file for messages, or null
 */
record Script(String text, @Nullable String file) {}
