package dev.tidemill.sql.parser.grammar;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.error.ParserErrors;
import java.util.BitSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * SQL of other databases that our grammar lacks, recognised where the parser stumbles over it, so
 * that it is refused by name rather than as a mistake.
 */
final class KnownElsewhere implements GeneratedParserConstants {
  private KnownElsewhere() {}

  /**
   * The refusal, or null if the token is just wrong.
   *
   * @param previous the last token that fitted
   * @param found the first one that does not
   * @param expected the kinds that would fit in its place
   */
  static @Nullable TidemillException refusal(Token previous, Token found, BitSet expected) {
    String word = found.image.toUpperCase(Locale.ROOT);
    if (previous.kind == INTERVAL && expected.get(YEAR) && !expected.get(QUOTED_STRING)) {
      return refuse(
          "the type INTERVAL without its fields, of months and of days,",
          "say INTERVAL YEAR TO MONTH or INTERVAL DAY TO SECOND",
          previous);
    }
    if (previous.kind == TABLESAMPLE) {
      return refuse(
          "this sample of a table",
          "TABLESAMPLE BERNOULLI (10) takes a tenth, USING SAMPLE 5 ROWS behind a SELECT so many rows",
          found);
    }
    if (isWord(previous, "POSITIONAL") && found.kind == JOIN) {
      return refuse(
          "POSITIONAL JOIN",
          "ROW_NUMBER() OVER (ORDER BY …) numbers the rows to join by",
          previous);
    }
    if (word.equals("GLOB")) {
      return refuse("GLOB", "LIKE and REGEXP_LIKE match texts", found);
    }
    if (previous.kind == COLON && found.kind == EQ) {
      return refuse("name := value", "{'name': value} is a ROW with names", previous);
    }
    if (found.kind == BY
        && (previous.kind == INTERSECT || previous.kind == EXCEPT || previous.kind == ALL)) {
      return refuse(
          "BY NAME", "columns of INTERSECT and EXCEPT go together by their places", found);
    }
    if (found.kind == MINUS && isRowCount(previous)) {
      return ParserErrors.negativeCount(
          previous.kind == LIMIT || previous.kind == OFFSET
              ? previous.image.toUpperCase(Locale.ROOT)
              : "FETCH",
          Positions.of(found));
    }
    if (found.kind == WITH && expected.get(ONLY)) {
      return refuse("FETCH … WITH TIES", "QUALIFY RANK() OVER (ORDER BY …) <= n keeps ties", found);
    }
    if (found.kind == PERCENT && expected.get(ROWS)) {
      return refuse("FETCH … PERCENT", "a number of rows is", found);
    }
    if ("TOP".equalsIgnoreCase(previous.image) && found.kind == UNSIGNED_INTEGER_LITERAL) {
      return refuse(
          "SELECT TOP", "the number of rows is given at the end, as in LIMIT 10", previous);
    }
    return null;
  }

  private static boolean isWord(Token token, String word) {
    return word.equalsIgnoreCase(token.image);
  }

  private static boolean isType(BitSet expected) {
    return expected.get(VARCHAR) && expected.get(BIGINT);
  }

  private static boolean isRowCount(Token token) {
    return switch (token.kind) {
      case LIMIT, OFFSET, FIRST, NEXT -> true;
      default -> false;
    };
  }

  private static TidemillException refuse(String what, String instead, Token at) {
    return ParserErrors.unsupported(what, instead, Positions.of(at));
  }
}
