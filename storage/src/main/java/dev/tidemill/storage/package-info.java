/**
 * What a table is. Start with {@link dev.tidemill.storage.table.Table}, then the catalog. {@code
 * file} is where bytes lie, {@code files} the tables over them, and beside them a package a format
 * or connector. Knows no SQL.
 */
@NullMarked
package dev.tidemill.storage;

import org.jspecify.annotations.NullMarked;
