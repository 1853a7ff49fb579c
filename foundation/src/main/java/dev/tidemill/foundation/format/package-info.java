/**
 * Values as text and text as values: the one textual form that the shell, CSV and JSON files, CAST
 * and tests share. Start with {@link dev.tidemill.foundation.format.ValueFormat} and {@link
 * dev.tidemill.foundation.format.ValueParser}.
 */
@NullMarked
package dev.tidemill.foundation.format;

import org.jspecify.annotations.NullMarked;
