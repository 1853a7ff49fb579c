/**
 * Tables of databases that have a JDBC driver: read as they are, and written step by step, each
 * step a transaction that holds its number too. Start with {@link
 * dev.tidemill.connectors.jdbc.JdbcTable} and {@link dev.tidemill.connectors.jdbc.JdbcSink}. Knows
 * no SQL of Tidemill's.
 */
@NullMarked
package dev.tidemill.connectors.jdbc;

import org.jspecify.annotations.NullMarked;
