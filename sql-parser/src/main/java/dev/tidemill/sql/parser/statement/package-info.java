/**
 * Statements as data: start at {@link dev.tidemill.sql.parser.statement.Statement}, a sealed family
 * of records. Queries, expressions and types inside them are Calcite's nodes together with their
 * canonical text ({@link dev.tidemill.sql.parser.statement.SqlFragment}); all else is plain Java.
 * Knows nothing of how text is parsed, save the list of keywords, nor of tables.
 */
@NullMarked
package dev.tidemill.sql.parser.statement;

import org.jspecify.annotations.NullMarked;
