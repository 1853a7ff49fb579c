/**
 * JSON lines, an object a line, and files that are one array of objects. Start with {@link
 * dev.tidemill.storage.json.JsonFormatProvider}; {@code JsonText} checks and walks values where
 * they stand, {@code JsonValues} makes column values of them.
 */
@NullMarked
package dev.tidemill.storage.json;

import org.jspecify.annotations.NullMarked;
