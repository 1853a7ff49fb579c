/**
 * The read-only catalog {@code tpch}: TPC-H's tables, generated while they are read. {@code
 * TpchTables} lists the columns; a column is a {@code ColumnSource} over {@code RandomStream}s, and
 * {@code GeneratedTpchTable} drives them.
 */
@NullMarked
package dev.tidemill.storage.tpch;

import org.jspecify.annotations.NullMarked;
