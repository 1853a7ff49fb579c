package dev.tidemill.storage.table;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the values of a column in some rows, as far as it can be trusted.
 *
 * @param min not greater than any value, of the class that {@code Type} names; null if unknown
 * @param max not less than any value; null if unknown
 * @param minBytes of text and bytes the bound as bytes: text may have been cut in a character
 * @param maxBytes as {@code minBytes}
 * @param nulls number of NULLs, or -1
 * @param rows number of rows
 */
public record ValueBounds(
    @Nullable Object min,
    @Nullable Object max,
    byte @Nullable [] minBytes,
    byte @Nullable [] maxBytes,
    long nulls,
    long rows) {}
