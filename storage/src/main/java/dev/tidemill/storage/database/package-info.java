/**
 * The tables of a database directory. Start with {@link
 * dev.tidemill.storage.database.DatabaseConnector}; what it opens is a directory of immutable
 * segments with a log of commits, {@link dev.tidemill.storage.database.TableLog}.
 */
@NullMarked
package dev.tidemill.storage.database;

import org.jspecify.annotations.NullMarked;
