package dev.tidemill.shell.editing;

import dev.tidemill.sql.parser.statement.Keywords;
import java.util.Locale;
import org.jline.reader.Highlighter;
import org.jline.reader.LineReader;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** Keywords, texts, numbers and comments in their colours. */
public final class SqlHighlighter implements Highlighter {
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
    for (SqlTokens.Token token : SqlTokens.of(buffer)) {
      styled.append(token.text(), style(token));
    }
    return styled.toAttributedString();
  }

  private static AttributedStyle style(SqlTokens.Token token) {
    return switch (token.kind()) {
      case TEXT -> TEXT;
      case COMMENT -> COMMENT;
      case NUMBER -> NUMBER;
      case WORD ->
          Keywords.all().contains(token.text().toUpperCase(Locale.ROOT))
              ? KEYWORD
              : AttributedStyle.DEFAULT;
      case QUOTED_NAME, BLANK, SYMBOL -> AttributedStyle.DEFAULT;
    };
  }
}
