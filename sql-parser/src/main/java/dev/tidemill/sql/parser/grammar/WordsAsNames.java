package dev.tidemill.sql.parser.grammar;

import dev.tidemill.foundation.error.SourcePosition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Words that the grammar reserves and that tables have as names all the same: {@code LAG(x) AS
 * prev}, {@code SELECT date FROM t}. Where a parser stumbles over one, the text is read again with
 * that word as a name.
 */
final class WordsAsNames implements GeneratedParserConstants {
  private static final Set<String> WORDS =
      Set.of(
          "ABS",
          "ALLOCATE",
          "ALLOW",
          "ARE",
          "ASENSITIVE",
          "ATOMIC",
          "AUTHORIZATION",
          "BEGIN_FRAME",
          "BEGIN_PARTITION",
          "BINARY",
          "BIT",
          "BOOLEAN",
          "BIGINT",
          "CALLED",
          "CARDINALITY",
          "CASCADED",
          "CEIL",
          "CEILING",
          "CHAR",
          "CHARACTER",
          "CHARACTER_LENGTH",
          "CHAR_LENGTH",
          "CLASSIFIER",
          "CLOB",
          "COLLECT",
          "CORRESPONDING",
          "CUME_DIST",
          "CURSOR",
          "DATE",
          "DEC",
          "DECIMAL",
          "DECLARE",
          "DEFINE",
          "DENSE_RANK",
          "DEREF",
          "DETERMINISTIC",
          "DISALLOW",
          "DISCONNECT",
          "DOUBLE",
          "END_FRAME",
          "END_PARTITION",
          "EQUALS",
          "ESCAPE",
          "EXEC",
          "EXECUTE",
          "EXP",
          "FIRST_VALUE",
          "FLOAT",
          "FLOOR",
          "FRAME_ROW",
          "FUSION",
          "GRANT",
          "INDICATOR",
          "INOUT",
          "INSENSITIVE",
          "INT",
          "INTEGER",
          "INTERSECTION",
          "LAST_VALUE",
          "LN",
          "LOWER",
          "MATCH_NUMBER",
          "MEASURE",
          "MOD",
          "MODIFIES",
          "NATIONAL",
          "NCHAR",
          "NCLOB",
          "NORMALIZE",
          "NTH_VALUE",
          "NTILE",
          "NUMERIC",
          "OCTET_LENGTH",
          "OMIT",
          "PATTERN",
          "PERCENT_RANK",
          "PERMUTE",
          "PORTION",
          "PRECEDES",
          "PRECISION",
          "PREPARE",
          "PREV",
          "RANGE",
          "READS",
          "REAL",
          "REF",
          "REFERENCING",
          "RESET",
          "RETURNS",
          "REVOKE",
          "ROLLBACK",
          "ROWS",
          "SAVEPOINT",
          "SCROLL",
          "SEEK",
          "SENSITIVE",
          "SKIP",
          "SMALLINT",
          "SQRT",
          "STREAM",
          "SUBMULTISET",
          "SUBSTRING",
          "SUCCEEDS",
          "TIME",
          "TIMESTAMP",
          "TINYINT",
          "TRANSLATION",
          "TREAT",
          "TRUNCATE",
          "UPPER",
          "UPSERT",
          "VALUE_OF",
          "VARBINARY",
          "VARCHAR",
          "VARIANT",
          "VARYING");

  private WordsAsNames() {}

  /**
   * The word that may be meant as a name, or null.
   *
   * @param unexpected what the parser says: the word is the token that does not fit where a name
   *     would, or the one before it
   */
  static @Nullable Token in(ParseException unexpected) {
    Token previous = unexpected.currentToken;
    if (previous == null || previous.next == null || unexpected.expectedTokenSequences == null) {
      return null;
    }
    Token found = previous.next;
    if (isOne(found)) {
      for (int[] sequence : unexpected.expectedTokenSequences) {
        if (sequence[0] == IDENTIFIER
            || sequence.length > 1 && sequence[0] == found.kind && isOne(found)) {
          return found;
        }
      }
    }
    for (int[] sequence : unexpected.expectedTokenSequences) {
      if (sequence.length > 1
          && sequence[0] == found.kind
          && sequence[1] == IDENTIFIER
          && found.next != null
          && isOne(found.next)) {
        return found.next;
      }
    }
    return isOne(previous) ? previous : null;
  }

  /**
   * Where the same word stands between the same kinds of tokens.
   *
   * @param tokens of the whole text, from its beginning
   */
  static Set<SourcePosition> alike(Token word, GeneratedParserTokenManager tokens) {
    SourcePosition place = Positions.of(word);
    Map<List<Integer>, Set<SourcePosition>> places = new HashMap<>();
    Token before = null;
    Token token = tokens.getNextToken();
    List<Integer> meant = List.of();
    while (token.kind != EOF) {
      Token next = tokens.getNextToken();
      if (token.kind == word.kind) {
        List<Integer> key = List.of(before == null ? EOF : before.kind, next.kind);
        places.computeIfAbsent(key, k -> new HashSet<>()).add(Positions.of(token));
        if (Positions.of(token).equals(place)) {
          meant = key;
        }
      }
      before = token;
      token = next;
    }
    return places.getOrDefault(meant, Set.of());
  }

  private static boolean isOne(Token token) {
    return token.beginLine > 0 && WORDS.contains(Vocabulary.keyword(token.kind));
  }

  /** Tokens of which the words at some places are names. */
  static GeneratedParserTokenManager tokens(
      SimpleCharStream characters, Set<SourcePosition> names) {
    return new GeneratedParserTokenManager(characters) {
      @Override
      public Token getNextToken() {
        Token token = super.getNextToken();
        if (token.kind != EOF && names.contains(Positions.of(token))) {
          token.kind = IDENTIFIER;
        }
        return token;
      }
    };
  }
}
