package dev.tidemill.sql.parser.grammar;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.error.ParserErrors;
import dev.tidemill.sql.parser.statement.SqlFragment;
import dev.tidemill.sql.parser.statement.Statement;
import java.io.StringReader;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.parser.SqlAbstractParserImpl;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.jspecify.annotations.Nullable;

/**
 * Runs the generated parser over one text and makes one kind of error of all that may go wrong.
 * Names keep their case, quoted or not; double quotes quote them.
 */
public final class Grammar {
  private static final int LONGEST_NAME = 1_024;

  /**
   * So many words of a text are tried as names one by one; of what is more, those are tried
   * together that stand between the same words or signs.
   */
  private static final int MOST_WORDS = 32;

  private static final int MOST_ATTEMPTS = 256;

  private static final Pattern LEXICAL_ERROR =
      Pattern.compile(
          "line ([0-9]+), column ([0-9]+)\\. +Encountered: (?:.* \\(([0-9]+)\\))?.*after : \"(.*)\"",
          Pattern.DOTALL);

  private Grammar() {}

  /**
   * What a text was parsed to.
   *
   * @param parameterCount how many {@code ?} it has
   */
  public record Parsed<T>(T value, int parameterCount) {}

  /**
   * Parses a text from its beginning to its end.
   *
   * @param start where the text begins in the script it was taken from
   * @throws TidemillException for every text that is not one whole {@code production}
   */
  public static <T> Parsed<T> parse(String text, SourcePosition start, Production<T> production) {
    Set<SourcePosition> names = new HashSet<>();
    for (int attempt = 1; ; attempt++) {
      GeneratedParser parser = parser(text, start, names);
      Token[] word = new Token[1];
      Parsed<T> parsed = parse(parser, start, production, names, attempt < MOST_ATTEMPTS, word);
      if (parsed != null) {
        return parsed;
      }
      if (attempt >= MOST_WORDS && word[0] != null) {
        try {
          names.addAll(WordsAsNames.alike(word[0], parser(text, start, Set.of()).token_source));
        } catch (TokenMgrError unreadable) {
          throw lexicalError(unreadable, start);
        }
      }
    }
  }

  /**
   * Parses once.
   *
   * @param names of words that are read as names; one is added where that may help
   * @param word where that one is put
   * @return null if it may
   */
  private static <T> @Nullable Parsed<T> parse(
      GeneratedParser parser,
      SourcePosition start,
      Production<T> production,
      Set<SourcePosition> names,
      boolean mayTry,
      @Nullable Token[] tried) {
    try {
      T value = production.parse(parser);
      return new Parsed<>(value, parser.parameterCount());
    } catch (TidemillException refused) {
      throw refused.at(here(parser, start));
    } catch (ParseException unexpected) {
      Token word = mayTry ? WordsAsNames.in(unexpected) : null;
      if (word == null || !names.add(Positions.of(word))) {
        throw UnexpectedToken.error(unexpected, start);
      }
      tried[0] = word;
      return null;
    } catch (TokenMgrError unreadable) {
      throw lexicalError(unreadable, start);
    } catch (CalciteContextException refused) {
      throw refused(refused, here(parser, start));
    } catch (StackOverflowError deep) {
      throw ParserErrors.tooDeep(start);
    } catch (Exception | AssertionError refused) {
      throw ParserErrors.refused(refused, here(parser, start));
    }
  }

  /** What a text is parsed as. */
  @FunctionalInterface
  public interface Production<T> {
    T parse(GeneratedParser parser) throws ParseException;
  }

  public static Statement statement(GeneratedParser parser) throws ParseException {
    return parser.StatementEof();
  }

  public static SqlFragment query(GeneratedParser parser) throws ParseException {
    return parser.QueryEof();
  }

  public static SqlFragment expression(GeneratedParser parser) throws ParseException {
    return parser.ExpressionEof();
  }

  public static SqlFragment type(GeneratedParser parser) throws ParseException {
    return parser.TypeEof();
  }

  private static GeneratedParser parser(
      String text, SourcePosition start, Set<SourcePosition> names) {
    // At the very end of a text JavaCC would not say which character it cannot read.
    StringReader reader = new StringReader(text + "\n");
    GeneratedParser parser = new GeneratedParser(reader);
    parser.jj_input_stream.ReInit(
        reader, start.line(), start.column(), Math.max(4_096, text.length() + 2));
    parser.setTabSize(1);
    if (!names.isEmpty()) {
      parser.token_source = WordsAsNames.tokens(parser.jj_input_stream, names);
    }
    parser.switchTo(SqlAbstractParserImpl.LexicalState.DQID);
    parser.setUnquotedCasing(Casing.UNCHANGED);
    parser.setQuotedCasing(Casing.UNCHANGED);
    parser.setIdentifierMaxLength(LONGEST_NAME);
    parser.setConformance(SqlConformanceEnum.LENIENT);
    parser.setOriginalSql(text);
    return parser;
  }

  /** The token read last, for errors that name no place. */
  private static SourcePosition here(GeneratedParser parser, SourcePosition start) {
    Token token = parser.token;
    return token.beginLine > 0 && token.beginColumn > 0 ? Positions.of(token) : start;
  }

  private static TidemillException refused(CalciteContextException exception, SourcePosition here) {
    SourcePosition position =
        exception.getPosLine() > 0 && exception.getPosColumn() > 0
            ? new SourcePosition(exception.getPosLine(), exception.getPosColumn())
            : here;
    Throwable cause = exception.getCause();
    return ParserErrors.refused(cause == null ? exception : cause, position);
  }

  private static TidemillException lexicalError(TokenMgrError error, SourcePosition start) {
    Matcher matcher = LEXICAL_ERROR.matcher(String.valueOf(error.getMessage()));
    if (!matcher.find()) {
      return ParserErrors.refused(error, start);
    }
    int line = Integer.parseInt(matcher.group(1));
    int column = Math.max(1, Integer.parseInt(matcher.group(2)));
    String after = matcher.group(4);
    if (after != null && after.length() == 1 && column > 1) {
      // One character was read as the beginning of a token that the next one does not go on with.
      return ParserErrors.unknownCharacter(after.charAt(0), new SourcePosition(line, column - 1));
    }
    String character = matcher.group(3);
    return ParserErrors.unknownCharacter(
        character == null ? -1 : Integer.parseInt(character), new SourcePosition(line, column));
  }
}
