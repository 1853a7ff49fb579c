/**
 * What a table is. Start with {@link dev.tidemill.storage.table.Table}, then the catalog. Knows no
 * SQL.
 */
@NullMarked
package dev.tidemill.storage;

import org.jspecify.annotations.NullMarked;
