package dev.tidemill.connectors.jdbc;

import dev.tidemill.storage.table.Split;
import org.jspecify.annotations.Nullable;

/**
 * The rows whose {@code column} is from {@code low} to below {@code high}, each of which may be
 * missing; NULLs are in the part without a lower bound. Without a column all rows.
 *
 * @param column as the database spells it, or null
 */
record JdbcSplit(
    @Nullable String column, @Nullable Long low, @Nullable Long high, long estimatedRows)
    implements Split {
  static final JdbcSplit WHOLE = new JdbcSplit(null, null, null, -1);
}
