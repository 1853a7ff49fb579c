/**
 * The JDBC driver: {@link dev.tidemill.jdbc.TidemillDriver} and what it hands out. Java 17, no
 * dependencies; the database is reached through {@link dev.tidemill.jdbc.spi} and nothing else.
 */
@NullMarked
package dev.tidemill.jdbc;

import org.jspecify.annotations.NullMarked;
