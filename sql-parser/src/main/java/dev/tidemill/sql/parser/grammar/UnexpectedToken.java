package dev.tidemill.sql.parser.grammar;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.error.ParserErrors;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says in a sentence what a {@link ParseException} says in a screenful: the token that does not
 * fit, a readable few of those that would, and a hint where the mistake is a common one.
 */
final class UnexpectedToken implements GeneratedParserConstants {
  private static final int MOST_EXPECTED = 7;

  /**
   * Words of clauses, most helpful first: those shown before others, and those a misspelt name may
   * stand for.
   */
  private static final List<String> CLAUSES =
      List.of(
          "SELECT",
          "FROM",
          "AS",
          "WHERE",
          "GROUP",
          "HAVING",
          "ORDER",
          "LIMIT",
          "JOIN",
          "ON",
          "USING",
          "BY",
          "CREATE",
          "TABLE",
          "STANDING",
          "QUERY",
          "VIEW",
          "INTO",
          "OUTPUT",
          "MODE",
          "TRIGGER",
          "WITH",
          "VALUES",
          "SET",
          "UNION",
          "INSERT",
          "UPDATE",
          "DELETE",
          "MERGE",
          "DROP",
          "ALTER",
          "EXPLAIN",
          "SHOW",
          "LEFT",
          "RIGHT",
          "FULL",
          "INNER",
          "CROSS",
          "OVER",
          "PARTITION",
          "QUALIFY",
          "WINDOW",
          "OFFSET",
          "FETCH",
          "INTERSECT",
          "EXCEPT",
          "DISTINCT",
          "THEN",
          "ELSE",
          "END",
          "WHEN",
          "DESCRIBE",
          "WATERMARK",
          "PRIMARY");

  private UnexpectedToken() {}

  static TidemillException error(ParseException exception, SourcePosition start) {
    Token previous = exception.currentToken;
    if (previous == null || previous.next == null || exception.expectedTokenSequences == null) {
      return ParserErrors.refused(exception, start);
    }
    Token found = previous.next;
    BitSet expected = expectedAfter(exception.expectedTokenSequences, found);
    if (expected.isEmpty()) {
      expected = firstOf(exception.expectedTokenSequences);
    } else {
      previous = found;
      found = found.next;
    }
    TidemillException known = KnownElsewhere.refusal(previous, found, expected);
    if (known != null) {
      return known;
    }
    String image = found.kind == EOF ? null : found.image;
    SourcePosition position = position(previous, found);
    if (expected.get(CREATE) && expected.get(DROP)) {
      expected.set(SELECT);
      expected.set(WITH);
      expected.set(VALUES);
      return ParserErrors.unexpected(
          image, List.of("a statement"), hint(previous, found, expected), position);
    }
    return ParserErrors.unexpected(
        image, describe(expected), hint(previous, found, expected), position);
  }

  /**
   * The kinds that could follow {@code first} where the parser looked two tokens ahead and {@code
   * first} was right.
   */
  private static BitSet expectedAfter(int[][] sequences, Token first) {
    BitSet kinds = new BitSet();
    if (first.next != null) {
      for (int[] sequence : sequences) {
        if (sequence.length > 1 && sequence[0] == first.kind) {
          kinds.set(sequence[1]);
        }
      }
    }
    return kinds;
  }

  private static BitSet firstOf(int[][] sequences) {
    BitSet kinds = new BitSet();
    for (int[] sequence : sequences) {
      kinds.set(sequence[0]);
    }
    return kinds;
  }

  /** The end of a text is just behind its last token. */
  private static SourcePosition position(Token previous, Token found) {
    if (found.kind == EOF && previous.endLine > 0 && previous.kind != EOF) {
      return new SourcePosition(previous.endLine, previous.endColumn + 1);
    }
    return new SourcePosition(Math.max(1, found.beginLine), Math.max(1, found.beginColumn));
  }

  private static List<String> describe(BitSet expected) {
    Set<String> descriptions = new LinkedHashSet<>();
    boolean name = expected.get(IDENTIFIER);
    boolean expression =
        expected.get(UNSIGNED_INTEGER_LITERAL) && expected.get(LPAREN) && expected.get(CASE);
    boolean type = !expression && expected.get(VARCHAR) && expected.get(BIGINT);
    boolean operator = expected.get(PLUS) && expected.get(EQ) && expected.get(CONCAT);
    if (expression) {
      descriptions.add("an expression");
    } else if (type) {
      descriptions.add("a type");
    } else if (name) {
      descriptions.add("a name");
    }
    if (!expression && expected.get(QUOTED_STRING)) {
      descriptions.add("a string");
    }
    if (!expression && expected.get(UNSIGNED_INTEGER_LITERAL)) {
      descriptions.add("a number");
    }
    List<String> words = new ArrayList<>();
    for (int kind = expected.nextSetBit(0); kind >= 0; kind = expected.nextSetBit(kind + 1)) {
      String word = Vocabulary.keyword(kind);
      boolean partOfMore = expression || type || (name && Vocabulary.isNonReserved(word));
      boolean clause = CLAUSES.contains(word);
      boolean rare = kind == MULTISET || kind == UNSIGNED;
      if (!word.isEmpty() && !partOfMore && !rare && (clause || !operator)) {
        words.add(word);
      }
    }
    words.sort((left, right) -> Integer.compare(rank(left), rank(right)));
    for (int symbol : new int[] {LPAREN, RPAREN, COMMA, EQ, LT, GT, RBRACKET}) {
      boolean partOfMore =
          (symbol == LPAREN && (expression || operator))
              || ((symbol == EQ || symbol == LT || symbol == GT) && operator);
      if (expected.get(symbol) && !partOfMore) {
        String image = tokenImage[symbol];
        descriptions.add(symbol == COMMA ? "a comma" : image.substring(1, image.length() - 1));
      }
    }
    if (operator) {
      descriptions.add("an operator");
    }
    boolean end = expected.get(EOF);
    for (String word : words) {
      if (descriptions.size() < MOST_EXPECTED - (end ? 1 : 0)) {
        descriptions.add(word);
      }
    }
    if (end) {
      descriptions.add("the end of the statement");
    }
    return List.copyOf(descriptions);
  }

  private static int rank(String word) {
    int rank = CLAUSES.indexOf(word);
    return rank < 0 ? CLAUSES.size() : rank;
  }

  private static @Nullable String hint(Token previous, Token found, BitSet expected) {
    if (previous.kind == AMPERSAND || found.kind == AMPERSAND) {
      return "write AND";
    }
    boolean expression = expected.get(UNSIGNED_INTEGER_LITERAL);
    if (found.kind == TABLE && expression) {
      return "a query stands there without TABLE, as in TUMBLE((SELECT …), …)";
    }
    String near = nearExpected(found, expected);
    if (near != null) {
      return "did you mean " + near + "?";
    }
    String nearPrevious = nearClause(previous);
    if (nearPrevious != null) {
      return "did you mean " + nearPrevious + " instead of " + previous.image + "?";
    }
    String word = Vocabulary.keyword(found.kind);
    if (expected.get(IDENTIFIER) && !expression && !word.isEmpty() && Vocabulary.isReserved(word)) {
      return word + " is a word of SQL; as a name it is written \"" + found.image + "\"";
    }
    if (found.kind == QUOTED_STRING && expected.get(IDENTIFIER) && !expression) {
      return "names are quoted with double quotes";
    }
    return null;
  }

  private static @Nullable String nearExpected(Token found, BitSet expected) {
    if (found.kind != IDENTIFIER && Vocabulary.keyword(found.kind).isEmpty()) {
      return null;
    }
    String image = found.image.toUpperCase(Locale.ROOT);
    String best = null;
    int bestRank = Integer.MAX_VALUE;
    for (int kind = expected.nextSetBit(0); kind >= 0; kind = expected.nextSetBit(kind + 1)) {
      String word = Vocabulary.keyword(kind);
      if (word.length() < 3 || (expected.get(IDENTIFIER) && !CLAUSES.contains(word))) {
        continue;
      }
      int distance = Spelling.distance(image, word);
      // Of two words equally near, the one with the same first letter: DSC is DESC, not ASC.
      int rank =
          distance > Spelling.tolerated(word)
              ? Integer.MAX_VALUE
              : 2 * distance + firstDiffers(image, word);
      if (rank < bestRank) {
        best = word;
        bestRank = rank;
      }
    }
    return best;
  }

  private static int firstDiffers(String left, String right) {
    return left.charAt(0) == right.charAt(0) ? 0 : 1;
  }

  /** A misspelt word of a clause is read as an alias, and the error comes one token later. */
  private static @Nullable String nearClause(Token previous) {
    if (previous.kind != IDENTIFIER || previous.image.length() < 4) {
      return null;
    }
    String image = previous.image.toUpperCase(Locale.ROOT);
    for (String word : CLAUSES) {
      if (word.length() >= 4 && Spelling.distance(image, word) == 1) {
        return word;
      }
    }
    return null;
  }
}
