package dev.tidemill.shell;

import dev.tidemill.sql.parser.statement.Keywords;
import java.util.Locale;
import org.jline.reader.Highlighter;
import org.jline.reader.LineReader;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** Keywords, strings, numbers and comments in their colours. */
final class SqlHighlighter implements Highlighter {
  private static final AttributedStyle KEYWORD =
      AttributedStyle.DEFAULT.foreground(AttributedStyle.BLUE).bold();
  private static final AttributedStyle TEXT =
      AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN);
  private static final AttributedStyle NUMBER =
      AttributedStyle.DEFAULT.foreground(AttributedStyle.CYAN);
  private static final AttributedStyle COMMENT = AttributedStyle.DEFAULT.faint();

  @Override
  public AttributedString highlight(LineReader reader, String buffer) {
    AttributedStringBuilder styled = new AttributedStringBuilder();
    int at = 0;
    while (at < buffer.length()) {
      int end = tokenEnd(buffer, at);
      String token = buffer.substring(at, end);
      styled.append(token, style(token));
      at = end;
    }
    return styled.toAttributedString();
  }

  private static AttributedStyle style(String token) {
    char first = token.charAt(0);
    if (first == '\'') {
      return TEXT;
    }
    if (token.startsWith("--") || token.startsWith("/*")) {
      return COMMENT;
    }
    if (Character.isDigit(first)) {
      return NUMBER;
    }
    return Keywords.all().contains(token.toUpperCase(Locale.ROOT))
        ? KEYWORD
        : AttributedStyle.DEFAULT;
  }

  private static int tokenEnd(String text, int at) {
    char first = text.charAt(at);
    if (first == '\'' || first == '"') {
      int close = text.indexOf(first, at + 1);
      return close < 0 ? text.length() : close + 1;
    }
    if (text.startsWith("--", at)) {
      int end = text.indexOf('\n', at);
      return end < 0 ? text.length() : end;
    }
    if (text.startsWith("/*", at)) {
      int end = text.indexOf("*/", at);
      return end < 0 ? text.length() : end + 2;
    }
    int end = at + 1;
    if (Character.isJavaIdentifierPart(first)) {
      while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
        end++;
      }
    }
    return end;
  }
}
