/**
 * The tables of a database directory. Start with {@link
 * dev.tidemill.storage.database.DatabaseConnector}; what it opens is a directory of immutable
 * segments with a manifest, as {@link dev.tidemill.storage.files.TableDirectory} has it.
 */
@NullMarked
package dev.tidemill.storage.database;

import org.jspecify.annotations.NullMarked;
