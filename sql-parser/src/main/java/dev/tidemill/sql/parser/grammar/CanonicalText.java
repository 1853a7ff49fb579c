package dev.tidemill.sql.parser.grammar;

import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a run of tokens as canonical text: keywords in upper case, names and literals as they are,
 * one space where one is needed or reads well, nothing of comments and line breaks. The text has
 * the same tokens again, so it means the same; and since only tokens decide, two texts with the
 * same tokens become one.
 */
final class CanonicalText implements GeneratedParserConstants {
  /**
   * Keywords that keep their distance from an opening parenthesis; after the others it is a call.
   */
  private static final BitSet SPACED =
      kinds(
          ALL,
          AND,
          ANY,
          AS,
          BETWEEN,
          BY,
          CASE,
          CROSS,
          DISTINCT,
          ELSE,
          EXCEPT,
          EXCLUDE,
          EXISTS,
          FETCH,
          FILTER,
          FOR,
          FROM,
          GROUP,
          HAVING,
          IN,
          INSERT,
          INTERSECT,
          INTERVAL,
          INTO,
          IS,
          JOIN,
          LATERAL,
          LIKE,
          LIMIT,
          MATCHED,
          MATCH_RECOGNIZE,
          MINUS,
          NOT,
          OFFSET,
          ON,
          OR,
          OVER,
          PATTERN,
          PIVOT,
          QUALIFY,
          SELECT,
          SETS,
          SOME,
          THEN,
          UNION,
          UNPIVOT,
          USING,
          VALUES,
          WHEN,
          WHERE,
          WITH);

  /**
   * Keywords that are good as names and, before a parenthesis, are functions: there they are
   * keywords again.
   */
  private static final BitSet FUNCTIONS =
      kinds(
          ARRAY_AGG,
          AVG,
          COUNT,
          DATE_TRUNC,
          DAY,
          DESCRIPTOR,
          ELEMENT,
          HOP,
          HOUR,
          IF,
          LAG,
          LEAD,
          MAX,
          MIN,
          MINUTE,
          MONTH,
          NOW,
          POSITION,
          POWER,
          QUARTER,
          RANK,
          ROW,
          ROW_NUMBER,
          SECOND,
          SESSION,
          STRING_AGG,
          SUM,
          TIMESTAMPADD,
          TIMESTAMPDIFF,
          TUMBLE,
          WEEK,
          YEAR);

  private CanonicalText() {}

  /**
   * The text from one token to another.
   *
   * @param names the tokens that look like keywords and are names
   */
  @SuppressWarnings("ReferenceEquality") // tokens have identity
  static String of(Token first, Token last, Set<Token> names) {
    StringBuilder text = new StringBuilder();
    Token previous = null;
    int openTypes = 0;
    boolean opensType = false;
    for (Token token = first; ; token = token.next) {
      // ARRAY<…>, MAP<…>, ROW<…>: what is a comparison elsewhere is a bracket here.
      boolean closesType = token.kind == GT && openTypes > 0;
      boolean inner = opensType;
      opensType = token.kind == LT && previous != null && isNesting(previous, names);
      openTypes += opensType ? 1 : closesType ? -1 : 0;
      boolean bracket = inner || opensType || closesType;
      if (previous != null && !bracket && spaced(previous, token, names)) {
        // A string in two pieces is one only with a line break between them.
        text.append(isString(previous) && isString(token) ? '\n' : ' ');
      }
      text.append(image(previous, token, names));
      if (token == last) {
        return text.toString();
      }
      previous = token;
    }
  }

  private static String image(@Nullable Token previous, Token token, Set<Token> names) {
    String keyword = Vocabulary.keyword(token.kind);
    if (keyword.isEmpty()) {
      return token.image;
    }
    boolean call =
        token.next != null
            && token.next.kind == LPAREN
            && (previous == null || previous.kind != DOT);
    return names.contains(token) && !(call && FUNCTIONS.get(token.kind)) ? token.image : keyword;
  }

  private static boolean spaced(Token left, Token right, Set<Token> names) {
    return switch (left.kind) {
      case LPAREN, LBRACKET, DOT, INFIX_CAST -> false;
      default ->
          switch (right.kind) {
            case COMMA, RPAREN, RBRACKET, DOT, INFIX_CAST -> false;
            case LPAREN -> !opensCall(left, names);
            case LBRACKET ->
                left.kind != RBRACKET
                    && left.kind != ARRAY
                    && left.kind != MAP
                    && !isName(left, names)
                    && (right.next == null || right.next.kind != RBRACKET);
            default -> true;
          };
    };
  }

  private static boolean opensCall(Token left, Set<Token> names) {
    return isName(left, names)
        || (!Vocabulary.keyword(left.kind).isEmpty() && !SPACED.get(left.kind));
  }

  /** Whether a type with types in angle brackets may begin with the token. */
  private static boolean isNesting(Token token, Set<Token> names) {
    return switch (token.kind) {
      case ARRAY, MAP, ROW, STRUCT -> !names.contains(token);
      default -> false;
    };
  }

  private static boolean isString(Token token) {
    return switch (token.kind) {
      case QUOTED_STRING,
          PREFIXED_STRING_LITERAL,
          UNICODE_STRING_LITERAL,
          BINARY_STRING_LITERAL,
          C_STYLE_ESCAPED_STRING_LITERAL ->
          true;
      default -> false;
    };
  }

  private static boolean isName(Token token, Set<Token> names) {
    return token.kind == IDENTIFIER || token.kind == QUOTED_IDENTIFIER || names.contains(token);
  }

  private static BitSet kinds(int... kinds) {
    BitSet set = new BitSet();
    for (int kind : kinds) {
      set.set(kind);
    }
    return set;
  }
}
