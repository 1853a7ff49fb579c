package dev.tidemill.shell;

import dev.tidemill.sql.parser.StatementReader;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.impl.DefaultParser;

/**
 * Where typed text ends: at a semicolon, or at the end of a line that is a command of the prompt.
 */
final class StatementLines implements Parser {
  private final DefaultParser words =
      new DefaultParser().eofOnUnclosedQuote(false).escapeChars(new char[0]);

  StatementLines() {
    words.setQuoteChars(new char[0]);
    words.setEofOnUnclosedBracket((DefaultParser.Bracket[]) null);
  }

  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    if (context == ParseContext.ACCEPT_LINE && !isCommand(line)) {
      StatementReader.Completeness completeness = StatementReader.completeness(line);
      if (!completeness.isComplete()) {
        throw new EOFError(-1, cursor, "more is needed", awaited(completeness));
      }
    }
    return words.parse(line, cursor, ParseContext.COMPLETE);
  }

  private static boolean isCommand(String line) {
    String text = line.strip();
    return text.startsWith("\\") || text.equalsIgnoreCase("quit") || text.equalsIgnoreCase("exit");
  }

  /** What stands before the prompt of the next line. */
  private static String awaited(StatementReader.Completeness completeness) {
    return switch (completeness) {
      case EMPTY, COMPLETE, NEEDS_SEMICOLON -> "";
      case IN_PARENTHESES -> "(";
      case IN_STRING -> "'";
      case IN_QUOTED_NAME -> "\"";
      case IN_COMMENT -> "/*";
    };
  }

  @Override
  public boolean isEscapeChar(char character) {
    return false;
  }
}
