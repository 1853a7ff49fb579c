package dev.tidemill.sql.parser;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.error.ParserErrors;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a script at its semicolons. Knows no grammar, only what may hide a semicolon: strings,
 * quoted names, comments. Comments are blanked out of what the grammar gets to see (hints stay),
 * lines and columns unchanged.
 */
final class StatementScanner {
  /** How a piece of a script ends. */
  enum End {
    SEMICOLON,
    TEXT,
    IN_STRING,
    IN_QUOTED_NAME,
    /** A name in quotes that is empty. */
    EMPTY_NAME,
    /** A name in quotes with a line break in it. */
    BROKEN_NAME,
    IN_COMMENT
  }

  /**
   * What stands between two semicolons, if it is anything.
   *
   * @param source from the first token on, without blanks at its end, as written
   * @param withoutComments the same with every character of a comment a space
   * @param start where the source begins
   * @param end how it ends
   * @param trouble where the string, name or comment begins that is not closed; else the start
   * @param openParentheses how many are not closed
   */
  record Piece(
      String source,
      String withoutComments,
      SourcePosition start,
      End end,
      SourcePosition trouble,
      int openParentheses) {
    void requireClosed() {
      switch (end) {
        case SEMICOLON, TEXT -> {}
        case IN_STRING -> throw ParserErrors.unclosed("a string", "a single quote", trouble);
        case IN_QUOTED_NAME, BROKEN_NAME ->
            throw ParserErrors.unclosed(
                "a quoted name", "a double quote on the same line", trouble);
        case EMPTY_NAME -> throw ParserErrors.emptyName(trouble);
        case IN_COMMENT -> throw ParserErrors.unclosed("a comment", "*/", trouble);
      }
    }
  }

  private final String script;
  private int offset;
  private int line = 1;
  private int lineOffset;
  private boolean endsInComment;

  /** The piece at hand. */
  private StringBuilder cleaned = new StringBuilder();

  private @Nullable SourcePosition troublePosition;
  private @Nullable End trouble;
  private int openParentheses;

  StatementScanner(String script) {
    this.script = script;
  }

  /** Whether the script ends in an open comment, asked after the last piece. */
  boolean endsInComment() {
    return endsInComment;
  }

  /**
   * The next piece that is not empty, or null at the end. An open comment behind the last semicolon
   * is a piece.
   */
  @Nullable Piece next() {
    for (; ; ) {
      skipBlanksAndComments();
      if (endsInComment && troublePosition != null) {
        SourcePosition position = troublePosition;
        troublePosition = null;
        return new Piece("", "", position, End.IN_COMMENT, position, 0);
      }
      if (offset == script.length()) {
        return null;
      }
      if (script.charAt(offset) != ';') {
        return piece();
      }
      advance(1);
    }
  }

  private Piece piece() {
    int first = offset;
    SourcePosition start = position();
    cleaned = new StringBuilder();
    trouble = null;
    troublePosition = null;
    openParentheses = 0;
    while (offset < script.length() && script.charAt(offset) != ';') {
      scanToken();
    }
    boolean semicolon = offset < script.length();
    End end = trouble != null ? trouble : semicolon ? End.SEMICOLON : End.TEXT;
    SourcePosition place = troublePosition == null ? start : troublePosition;
    String text = cleaned.toString().stripTrailing();
    Piece piece =
        new Piece(
            script.substring(first, first + text.length()),
            text,
            start,
            end,
            place,
            openParentheses);
    troublePosition = null;
    if (semicolon) {
      advance(1);
    }
    return piece;
  }

  private void scanToken() {
    char c = script.charAt(offset);
    if (c == '\'') {
      scanString(false);
    } else if (c == '"') {
      scanQuotedName();
    } else if (commentBegins()) {
      int begin = offset;
      skipComment();
      blank(begin, offset);
    } else if (Character.isJavaIdentifierPart(c)) {
      scanWord();
    } else {
      openParentheses += c == '(' ? 1 : c == ')' && openParentheses > 0 ? -1 : 0;
      take(1);
    }
  }

  /** A word; E before a quote makes a string in which a backslash escapes. */
  private void scanWord() {
    int begin = offset;
    while (offset < script.length() && Character.isJavaIdentifierPart(script.charAt(offset))) {
      take(1);
    }
    boolean escape =
        offset - begin == 1 && (script.charAt(begin) == 'E' || script.charAt(begin) == 'e');
    if (escape && offset < script.length() && script.charAt(offset) == '\'') {
      scanString(true);
    }
  }

  private void scanString(boolean backslashEscapes) {
    SourcePosition begin = position();
    take(1);
    while (offset < script.length()) {
      char c = script.charAt(offset);
      if (c == '\\' && backslashEscapes && offset + 1 < script.length()) {
        take(2);
      } else if (c != '\'') {
        take(1);
      } else if (follows("''")) {
        take(2);
      } else {
        take(1);
        return;
      }
    }
    trouble(End.IN_STRING, begin);
  }

  /**
   * Names do not go over the end of a line: what is left open there would swallow the rest of the
   * script.
   */
  private void scanQuotedName() {
    SourcePosition begin = position();
    int first = offset;
    take(1);
    while (offset < script.length()) {
      char c = script.charAt(offset);
      if (c == '\n' || c == '\r') {
        trouble(End.BROKEN_NAME, begin);
        return;
      } else if (c != '"') {
        take(1);
      } else if (offset > first + 1 && follows("\"\"")) {
        take(2);
      } else {
        take(1);
        if (offset == first + 2) {
          trouble(End.EMPTY_NAME, begin);
        }
        return;
      }
    }
    trouble(End.IN_QUOTED_NAME, begin);
  }

  private void trouble(End end, SourcePosition position) {
    if (trouble == null) {
      trouble = end;
      troublePosition = position;
    }
  }

  private void skipBlanksAndComments() {
    while (offset < script.length()) {
      if (Character.isWhitespace(script.charAt(offset))) {
        advance(1);
      } else if (commentBegins()) {
        skipComment();
      } else {
        return;
      }
    }
  }

  /** A hint is no comment. */
  private boolean commentBegins() {
    return follows("--") || (follows("/*") && !follows("/*+"));
  }

  private void skipComment() {
    SourcePosition begin = position();
    if (follows("--")) {
      while (offset < script.length()
          && script.charAt(offset) != '\n'
          && script.charAt(offset) != '\r') {
        advance(1);
      }
      return;
    }
    int close = script.indexOf("*/", offset + 2);
    advance(close < 0 ? script.length() - offset : close + 2 - offset);
    if (close < 0) {
      endsInComment = true;
      trouble(End.IN_COMMENT, begin);
    }
  }

  private boolean follows(String text) {
    return script.startsWith(text, offset);
  }

  private SourcePosition position() {
    return new SourcePosition(line, offset - lineOffset + 1);
  }

  /** Takes characters into the piece at hand. */
  private void take(int count) {
    cleaned.append(script, offset, offset + count);
    advance(count);
  }

  private void blank(int from, int to) {
    for (int i = from; i < to; i++) {
      char c = script.charAt(i);
      cleaned.append(c == '\n' || c == '\r' ? c : ' ');
    }
  }

  /** A line ends at a line feed, a carriage return, or both in this order. */
  private void advance(int count) {
    for (int i = 0; i < count; i++) {
      char c = script.charAt(offset++);
      boolean pair = c == '\r' && offset < script.length() && script.charAt(offset) == '\n';
      if (c == '\n' || (c == '\r' && !pair)) {
        line++;
        lineOffset = offset;
      }
    }
  }
}
