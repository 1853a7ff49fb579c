package dev.tidemill.sql.parser.grammar;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The words of the grammar, read off its tokens. Upper case. */
public final class Vocabulary {
  public static final Set<String> KEYWORDS = keywords();
  private static final Set<String> NON_RESERVED = nonReserved();
  private static final boolean[] NON_RESERVED_KINDS = nonReservedKinds();

  private Vocabulary() {}

  /** Whether a function, in any case, may say in its parentheses in which order it takes rows. */
  static boolean isOrderedAggregate(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "ANY_VALUE", "ARBITRARY", "FIRST", "LAST", "LIST", "LISTAGG" -> true;
      case "SUM",
          "COUNT",
          "AVG",
          "MEAN",
          "MIN",
          "MAX",
          "MEDIAN",
          "MODE",
          "PRODUCT",
          "STDDEV",
          "VARIANCE" ->
          true;
      case "BOOL_AND", "BOOL_OR", "BIT_AND", "BIT_OR", "BIT_XOR", "HISTOGRAM", "QUANTILE_CONT" ->
          true;
      case "QUANTILE_DISC", "ARG_MIN", "ARG_MAX", "MIN_BY", "MAX_BY", "COUNT_IF", "MAP_AGG" -> true;
      default -> false;
    };
  }

  /** Whether a window function, in any case, may say within its parentheses IGNORE NULLS. */
  static boolean takesNullTreatment(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE" -> true;
      default -> false;
    };
  }

  /** Whether arguments of a function, in any case, may be lambdas. */
  public static boolean takesLambdas(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "AGGREGATE",
          "ALL_MATCH",
          "ANY_MATCH",
          "APPLY",
          "ARRAY_APPLY",
          "ARRAY_FILTER",
          "ARRAY_REDUCE",
          "ARRAY_SORT",
          "ARRAY_TRANSFORM",
          "COLUMNS",
          "FILTER",
          "FORALL",
          "LIST_APPLY",
          "LIST_FILTER",
          "LIST_REDUCE",
          "LIST_SORT",
          "LIST_TRANSFORM",
          "MAP_FILTER",
          "MAP_ZIP_WITH",
          "NONE_MATCH",
          "REDUCE",
          "TRANSFORM",
          "TRANSFORM_KEYS",
          "TRANSFORM_VALUES",
          "ZIP_WITH" ->
          true;
      default -> false;
    };
  }

  /** Whether a word, in any case, cannot be a name. */
  public static boolean isReserved(String word) {
    String upper = word.toUpperCase(Locale.ROOT);
    return KEYWORDS.contains(upper) && !NON_RESERVED.contains(upper);
  }

  /** Whether a keyword, in upper case, is good as a name too. */
  static boolean isNonReserved(String keyword) {
    return NON_RESERVED.contains(keyword);
  }

  /** Whether a token is a keyword that is good as a name too. */
  static boolean isNonReserved(Token token) {
    return NON_RESERVED_KINDS[token.kind];
  }

  /** Whether a token is a name or a keyword. */
  static boolean isWord(Token token) {
    return token.kind == GeneratedParserConstants.IDENTIFIER
        || token.kind == GeneratedParserConstants.QUOTED_IDENTIFIER
        || token.kind == GeneratedParserConstants.UNICODE_QUOTED_IDENTIFIER
        || !keyword(token.kind).isEmpty();
  }

  /** The keyword a kind of token stands for, or an empty text if it stands for none. */
  static String keyword(int kind) {
    String image = GeneratedParserConstants.tokenImage[kind];
    boolean word =
        image.length() > 2 && image.charAt(0) == '"' && Character.isLetter(image.charAt(1));
    return word ? image.substring(1, image.length() - 1) : "";
  }

  private static boolean[] nonReservedKinds() {
    boolean[] kinds = new boolean[GeneratedParserConstants.tokenImage.length];
    for (int kind = 0; kind < kinds.length; kind++) {
      kinds[kind] = NON_RESERVED.contains(keyword(kind));
    }
    return kinds;
  }

  /** Two tokens are not called what they look like: DOT_FORMAT and MORE_. */
  private static Set<String> nonReserved() {
    Set<String> words = new HashSet<>(List.of(GeneratedParser.NON_RESERVED.split(" ")));
    words.add(keyword(GeneratedParserConstants.DOT_FORMAT));
    words.add(keyword(GeneratedParserConstants.MORE_));
    return words;
  }

  private static Set<String> keywords() {
    Set<String> words = new TreeSet<>();
    for (int kind = 0; kind < GeneratedParserConstants.tokenImage.length; kind++) {
      if (!keyword(kind).isEmpty()) {
        words.add(keyword(kind));
      }
    }
    return Collections.unmodifiableSet(words);
  }
}
