package dev.tidemill.sql.parser;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.grammar.Grammar;
import dev.tidemill.sql.parser.statement.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Reads a script statement by statement: a statement is parsed when it is asked for, so those
 * before a syntax error can run. Comments, empty statements and a missing last semicolon are fine.
 * Not for several threads at once.
 *
 * <pre>{@code
 * StatementReader reader = new StatementReader(script);
 * for (ParsedStatement next = reader.next(); next != null; next = reader.next()) { … }
 * }</pre>
 */
public final class StatementReader {
  /** What more is needed before typed text can be run. */
  public enum Completeness {
    /** Nothing but blanks and comments: there is nothing to run. */
    EMPTY,
    /** It ends with a semicolon. */
    COMPLETE,
    /** The statement goes on until a semicolon. */
    NEEDS_SEMICOLON,
    /** A parenthesis is open. */
    IN_PARENTHESES,
    /** A string in single quotes is open. */
    IN_STRING,
    /** A name in double quotes is open. */
    IN_QUOTED_NAME,
    /** A comment is open. */
    IN_COMMENT;

    /** Whether the text can be run, or is nothing. */
    public boolean isComplete() {
      return this == EMPTY || this == COMPLETE;
    }
  }

  private final StatementScanner scanner;
  private StatementScanner.@Nullable Piece ahead;

  public StatementReader(String script) {
    scanner = new StatementScanner(script);
  }

  /**
   * What a prompt has to wait for: only the end of the text counts, not whether what stands before
   * is right.
   */
  public static Completeness completeness(String text) {
    StatementScanner scanner = new StatementScanner(text);
    StatementScanner.Piece last = null;
    for (StatementScanner.Piece piece = scanner.next(); piece != null; piece = scanner.next()) {
      last = piece;
    }
    if (last == null) {
      return scanner.endsInComment() ? Completeness.IN_COMMENT : Completeness.EMPTY;
    }
    return switch (last.end()) {
      case SEMICOLON -> scanner.endsInComment() ? Completeness.IN_COMMENT : Completeness.COMPLETE;
      case TEXT ->
          last.openParentheses() > 0 ? Completeness.IN_PARENTHESES : Completeness.NEEDS_SEMICOLON;
      case IN_STRING -> Completeness.IN_STRING;
      case IN_QUOTED_NAME, EMPTY_NAME, BROKEN_NAME -> Completeness.IN_QUOTED_NAME;
      case IN_COMMENT -> Completeness.IN_COMMENT;
    };
  }

  /**
   * The next statement, or null at the end of the script.
   *
   * @throws TidemillException if it is no statement; the reader then stands behind it, so one may
   *     go on
   */
  public @Nullable ParsedStatement next() {
    StatementScanner.Piece piece = ahead == null ? scanner.next() : ahead;
    ahead = null;
    if (piece == null) {
      return null;
    }
    piece.requireClosed();
    Grammar.Parsed<Statement> parsed =
        Grammar.parse(piece.withoutComments(), piece.start(), Grammar::statement);
    return new ParsedStatement(
        parsed.value(), piece.source(), piece.start(), parsed.parameterCount());
  }

  /** Where the next statement begins, or null at the end of the script. */
  public @Nullable SourcePosition peek() {
    if (ahead == null) {
      ahead = scanner.next();
    }
    return ahead == null ? null : ahead.start();
  }
}
