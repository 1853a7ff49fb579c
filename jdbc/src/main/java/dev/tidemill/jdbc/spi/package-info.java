/**
 * What the driver needs from a database: sessions, statements, pages of rows. Everything that
 * crosses this border is a value of plain Java, so that it can cross a network too; nothing here
 * knows the engine. Start at {@link dev.tidemill.jdbc.spi.DatabaseProvider}. Depends on nothing.
 */
@NullMarked
package dev.tidemill.jdbc.spi;

import org.jspecify.annotations.NullMarked;
