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
    if (found.kind == UNNEST && expected.get(UNSIGNED_INTEGER_LITERAL)) {
      return refuse(
          "UNNEST outside of FROM", "elements become rows by FROM t, UNNEST(t.a) AS u(x)", found);
    }
    if (previous.kind == DISTINCT && found.kind == ON) {
      return refuse(
          "SELECT DISTINCT ON",
          "one row a group is QUALIFY ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) = 1",
          previous);
    }
    if ((word.equals("SEMI") || word.equals("ANTI")) && expected.get(JOIN)) {
      return semiJoin(word, previous);
    }
    if ((word.equals("SEMI") || word.equals("ANTI")) && expected.get(WHERE)) {
      return semiJoin(word, found);
    }
    if (previous.kind == TABLESAMPLE
        || found.kind == USING && expected.get(WHERE) && expected.get(GROUP)) {
      return refuse("a sample of a table", "LIMIT takes some rows", found);
    }
    if ((word.equals("PIVOT") || word.equals("UNPIVOT") || word.equals("SUMMARIZE"))
        && expected.get(CREATE)) {
      return word.equals("SUMMARIZE")
          ? refuse(word, "aggregates of the columns tell the same", found)
          : refuse(
              word,
              "SUM(x) FILTER (WHERE k = 'a') makes a column of rows, UNION ALL rows of columns",
              found);
    }
    if (found.kind == BY && (previous.kind == UNION || previous.kind == ALL)) {
      return refuse("BY NAME", "columns of set operations go together by their places", found);
    }
    if (found.kind == LPAREN && isWord(previous, "RENAME")) {
      return refuse("* RENAME", "* EXCLUDE (a), a AS b gives another name", previous);
    }
    if (found.kind == LPAREN && previous.kind == REPLACE) {
      return refuse(
          "* EXCLUDE with REPLACE",
          "a subquery can exclude, the query around it replace",
          previous);
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

  private static TidemillException semiJoin(String kind, Token at) {
    String way = kind.equals("SEMI") ? "WHERE EXISTS (…)" : "WHERE NOT EXISTS (…)";
    return refuse("LEFT " + kind + " JOIN", way + " asks the same", at);
  }

  private static boolean isWord(Token token, String word) {
    return token.image.equalsIgnoreCase(word);
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
