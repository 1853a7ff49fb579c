/**
 * SQL text to statements. The whole of it for callers:
 *
 * <ul>
 *   <li>{@link dev.tidemill.sql.parser.StatementParser}: {@code parse(text)} for one statement,
 *       {@code parseScript(text)} for many, {@code parseQuery}, {@code parseExpression} and {@code
 *       parseType} for the definitions a catalog keeps as text.
 *   <li>{@link dev.tidemill.sql.parser.StatementReader}: {@code next()} reads a script statement by
 *       statement; {@code completeness(text)} tells a prompt whether to wait for more.
 *   <li>{@link dev.tidemill.sql.parser.ParsedStatement}: the statement, its source text, where it
 *       began, and how many {@code ?} it has.
 *   <li>{@link dev.tidemill.sql.parser.statement.Statement}: a sealed family of records, one per
 *       kind; {@code unparse()} gives the canonical text, equal for statements that differ in
 *       blanks, comments and the case of keywords.
 *   <li>{@link dev.tidemill.sql.parser.error.ParserErrors}: all errors, with line and column in the
 *       whole script.
 * </ul>
 *
 * <p>Queries stay Calcite's nodes, in {@link dev.tidemill.sql.parser.statement.SqlFragment#node()}.
 * What differs from Calcite: names keep their case; {@code FROM 'file'} is a {@link
 * dev.tidemill.sql.parser.statement.FilesTable}; {@code x::type} is an ordinary CAST; names may
 * hold a dollar sign behind a dot ({@code db.orders$late}); two slashes are no comment. {@code DATE
 * '…'} and {@code x'…'} literals are checked by the validator, not here.
 *
 * <p>Must not depend on tables, functions or the types of columns: it knows none.
 */
@NullMarked
package dev.tidemill.sql.parser;

import org.jspecify.annotations.NullMarked;
