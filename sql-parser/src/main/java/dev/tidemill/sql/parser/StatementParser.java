package dev.tidemill.sql.parser;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.error.ParserErrors;
import dev.tidemill.sql.parser.grammar.Grammar;
import dev.tidemill.sql.parser.statement.SqlFragment;
import java.util.ArrayList;
import java.util.List;

/**
 * Text to statements. All methods throw {@link TidemillException} with the code {@link
 * ParserErrors#SYNTAX_ERROR} (or {@link ParserErrors#UNSUPPORTED_SYNTAX}) and a position, and
 * nothing else, whatever the text. Safe for any number of threads.
 */
public final class StatementParser {
  private StatementParser() {}

  /** One statement, with or without a semicolon behind it. */
  public static ParsedStatement parse(String text) {
    StatementReader reader = new StatementReader(text);
    ParsedStatement statement = reader.next();
    if (statement == null) {
      throw ParserErrors.noStatement();
    }
    SourcePosition second = reader.peek();
    if (second != null) {
      throw ParserErrors.secondStatement(second);
    }
    return statement;
  }

  /** All statements of a script; a {@link StatementReader} gives them one by one. */
  public static List<ParsedStatement> parseScript(String script) {
    List<ParsedStatement> statements = new ArrayList<>();
    StatementReader reader = new StatementReader(script);
    for (ParsedStatement statement = reader.next(); statement != null; statement = reader.next()) {
      statements.add(statement);
    }
    return statements;
  }

  /** A query, such as the definition of a view. Positions count from the beginning of the text. */
  public static SqlFragment parseQuery(String text) {
    return parse(text, Grammar::query);
  }

  /** An expression, such as the definition of a computed column or a watermark. */
  public static SqlFragment parseExpression(String text) {
    return parse(text, Grammar::expression);
  }

  /**
   * A type, such as {@code DECIMAL(18, 2)}; the node is a {@link
   * org.apache.calcite.sql.SqlDataTypeSpec}.
   */
  public static SqlFragment parseType(String text) {
    return parse(text, Grammar::type);
  }

  private static SqlFragment parse(String text, Grammar.Production<SqlFragment> production) {
    StatementScanner scanner = new StatementScanner(text);
    StatementScanner.Piece piece = scanner.next();
    if (piece == null) {
      throw ParserErrors.noStatement();
    }
    piece.requireClosed();
    StatementScanner.Piece second = scanner.next();
    if (second != null) {
      throw ParserErrors.secondStatement(second.start());
    }
    return Grammar.parse(piece.withoutComments(), piece.start(), production).value();
  }
}
