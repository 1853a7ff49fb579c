/**
 * SQL text to statements. Start at {@link dev.tidemill.sql.parser.StatementParser} (one statement, a query, an
 * expression, a type) or {@link dev.tidemill.sql.parser.StatementReader} (a script, statement by statement, and whether
 * what was typed so far is complete); what comes out is
 * {@link dev.tidemill.sql.parser.statement.Statement}. Errors are {@link dev.tidemill.sql.parser.ParserErrors}.
 *
 * <p>Names keep their case; whether they match regardless of it is for the planner to say. {@code FROM 'file'} is a
 * {@link dev.tidemill.sql.parser.statement.FilesTable}; {@code x::type} is an ordinary CAST. Queries stay as Calcite
 * parsed them. Must not depend on tables, types of columns or functions: it knows none.
 */
@NullMarked
package dev.tidemill.sql.parser;

import org.jspecify.annotations.NullMarked;
