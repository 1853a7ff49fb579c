package dev.tidemill.sql.parser;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.statement.Statement;

/**
 * A statement and where it came from.
 *
 * @param text as written, from its first token to its last, without the semicolon
 * @param position where it begins in the script
 * @param parameterCount how many {@code ?} it has
 */
public record ParsedStatement(
    Statement statement, String text, SourcePosition position, int parameterCount) {}
