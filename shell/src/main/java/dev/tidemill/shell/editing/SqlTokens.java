package dev.tidemill.shell.editing;

import java.util.ArrayList;
import java.util.List;

/** SQL text that may be unfinished, cut into pieces. Every character is in one of them. */
final class SqlTokens {
  private SqlTokens() {}

  /** What a piece is. */
  enum Kind {
    /** A keyword or a name. */
    WORD,
    NUMBER,
    /** In single quotes. */
    TEXT,
    /** In double quotes. */
    QUOTED_NAME,
    COMMENT,
    BLANK,
    /** One character. */
    SYMBOL
  }

  /**
   * A piece.
   *
   * @param closed whether what begins with a quote or as a comment is ended too
   */
  record Token(Kind kind, String text, boolean closed) {
    boolean is(String symbol) {
      return kind == Kind.SYMBOL && text.equals(symbol);
    }
  }

  static List<Token> of(String text) {
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      Token token = next(text, at);
      tokens.add(token);
      at += token.text().length();
    }
    return tokens;
  }

  private static Token next(String text, int at) {
    char first = text.charAt(at);
    if (first == '\'' || first == '"') {
      return quoted(text, at, first);
    }
    if (text.startsWith("--", at)) {
      int end = text.indexOf('\n', at);
      return token(Kind.COMMENT, text, at, end, end < 0 ? 0 : end);
    }
    if (text.startsWith("/*", at)) {
      int end = text.indexOf("*/", at + 2);
      return token(Kind.COMMENT, text, at, end, end + 2);
    }
    Kind kind = kind(first);
    int end = at + 1;
    if (kind != Kind.SYMBOL) {
      while (end < text.length() && goesOn(kind, text.charAt(end))) {
        end++;
      }
    }
    return new Token(kind, text.substring(at, end), true);
  }

  /** A doubled quote stands for itself. */
  private static Token quoted(String text, int at, char quote) {
    Kind kind = quote == '\'' ? Kind.TEXT : Kind.QUOTED_NAME;
    int end = text.indexOf(quote, at + 1);
    while (end >= 0 && end + 1 < text.length() && text.charAt(end + 1) == quote) {
      end = text.indexOf(quote, end + 2);
    }
    return token(kind, text, at, end, end + 1);
  }

  private static Token token(Kind kind, String text, int at, int found, int end) {
    return found < 0
        ? new Token(kind, text.substring(at), false)
        : new Token(kind, text.substring(at, end), true);
  }

  private static Kind kind(char first) {
    return Character.isWhitespace(first)
        ? Kind.BLANK
        : Character.isDigit(first)
            ? Kind.NUMBER
            : Character.isJavaIdentifierStart(first) ? Kind.WORD : Kind.SYMBOL;
  }

  private static boolean goesOn(Kind kind, char c) {
    return kind == Kind.BLANK
        ? Character.isWhitespace(c)
        : Character.isJavaIdentifierPart(c) || (kind == Kind.NUMBER && c == '.');
  }
}
