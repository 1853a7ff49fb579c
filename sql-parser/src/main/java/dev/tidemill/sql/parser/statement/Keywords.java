package dev.tidemill.sql.parser.statement;

import dev.tidemill.sql.parser.grammar.Vocabulary;
import java.util.Set;

/** The words of the grammar, for quoting, highlighting and completion. Upper case. */
public final class Keywords {
  private Keywords() {}

  /** Every keyword, those that are good as names included. */
  public static Set<String> all() {
    return Vocabulary.KEYWORDS;
  }

  /** Whether a word, in any case, is a name only in double quotes. */
  public static boolean isReserved(String word) {
    return Vocabulary.isReserved(word);
  }

  /** The name as SQL reads it back: quoted where it is no plain word or a reserved one. */
  public static String quoteIfNeeded(String name) {
    return isPlainWord(name) && !isReserved(name) ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static boolean isPlainWord(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
