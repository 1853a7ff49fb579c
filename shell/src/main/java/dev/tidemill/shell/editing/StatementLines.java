package dev.tidemill.shell.editing;

import dev.tidemill.sql.parser.StatementReader;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/**
 * Where typed text ends: at a semicolon, or at the end of a line that is a command of the prompt.
 */
public final class StatementLines implements Parser {
  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    if (context == ParseContext.ACCEPT_LINE && !isCommand(line)) {
      StatementReader.Completeness completeness = StatementReader.completeness(line);
      if (!completeness.isComplete()) {
        throw new EOFError(-1, cursor, "more is needed", awaited(completeness));
      }
    }
    return new TypedText(line, cursor, wordStart(line.substring(0, cursor)));
  }

  /** Whether the text is for the prompt and not for the engine: no statement begins like that. */
  public static boolean isCommand(String line) {
    String text = line.strip().replaceAll(";$", "");
    return text.startsWith("\\")
        || text.startsWith(".")
        || text.startsWith("?")
        || text.equalsIgnoreCase("help")
        || text.equalsIgnoreCase("quit")
        || text.equalsIgnoreCase("exit");
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

  /** Where the word begins that ends with the text: a dotted name, or all of an open text. */
  private static int wordStart(String text) {
    List<SqlTokens.Token> tokens = SqlTokens.of(text);
    int start = text.length();
    for (int i = tokens.size() - 1; i >= 0; i--) {
      SqlTokens.Token token = tokens.get(i);
      if (token.kind() == SqlTokens.Kind.TEXT && !token.closed()) {
        return start - token.text().length() + 1;
      }
      boolean ofName =
          switch (token.kind()) {
            case WORD, QUOTED_NAME, NUMBER -> true;
            case SYMBOL -> token.is(".") || token.is("\\");
            case TEXT, COMMENT, BLANK -> false;
          };
      if (!ofName) {
        return start;
      }
      start -= token.text().length();
    }
    return start;
  }

  @Override
  public boolean isEscapeChar(char character) {
    return false;
  }

  /** The text with the word before the cursor, which is what completion replaces. */
  private record TypedText(String line, int cursor, int start) implements CompletingParsedLine {
    @Override
    public String word() {
      return line.substring(start, cursor);
    }

    @Override
    public int wordCursor() {
      return cursor - start;
    }

    @Override
    public int wordIndex() {
      return words().size() - 1;
    }

    @Override
    public List<String> words() {
      List<String> words = new ArrayList<>();
      for (SqlTokens.Token token : SqlTokens.of(line.substring(0, start))) {
        if (token.kind() != SqlTokens.Kind.BLANK) {
          words.add(token.text());
        }
      }
      words.add(word());
      return words;
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return wordCursor();
    }

    @Override
    public int rawWordLength() {
      return wordCursor();
    }
  }
}
