package dev.tidemill.exec.expression;

import dev.tidemill.plan.function.ScalarFunction;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** How much two texts are alike, in code points. */
final class TextSimilarity {
  /** The most pairs of characters that are looked at. */
  private static final long MAX_PAIRS = 100_000_000;

  /** The most of them whose distances are all kept. */
  private static final long MAX_KEPT_PAIRS = 1 << 22;

  /** Of texts that are less alike a common beginning says nothing. */
  private static final double ALIKE = 0.7;

  /** Of the letters from A to Z: 0 of vowels, - of H and W. */
  private static final String SOUNDS = "0123012-02245501262301-202";

  private static final int SOUNDEX_LENGTH = 4;
  private static final int MAX_PREFIX = 4;
  private static final double PREFIX_WEIGHT = 0.1;

  private TextSimilarity() {}

  private static int[] characters(RowArguments arguments, int index) {
    return arguments.text(index).codePoints().toArray();
  }

  private static void check(ScalarFunction function, int[] a, int[] b, long most) {
    if ((long) a.length * b.length > most) {
      throw ExpressionErrors.invalidArgument(
          function,
          "texts of " + a.length + " and " + b.length + " characters are too long to compare");
    }
  }

  /** {@code LEVENSHTEIN(a, b)}: two rows of the table of distances at a time. */
  static long levenshtein(RowArguments arguments) {
    int[] a = characters(arguments, 0);
    int[] b = characters(arguments, 1);
    check(ScalarFunction.LEVENSHTEIN, a, b, MAX_PAIRS);
    int[] above = new int[b.length + 1];
    int[] row = new int[b.length + 1];
    for (int j = 0; j <= b.length; j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length; i++) {
      row[0] = i;
      for (int j = 1; j <= b.length; j++) {
        int changed = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
        row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
      }
      int[] free = above;
      above = row;
      row = free;
    }
    return above[b.length];
  }

  /**
   * {@code DAMERAU_LEVENSHTEIN(a, b)}: two neighbours may change places too, and others may come
   * between them later (Lowrance and Wagner, JACM 1975).
   */
  static long damerauLevenshtein(RowArguments arguments) {
    int[] a = characters(arguments, 0);
    int[] b = characters(arguments, 1);
    check(ScalarFunction.DAMERAU_LEVENSHTEIN, a, b, MAX_KEPT_PAIRS);
    int[][] table = new int[a.length + 1][b.length + 1];
    for (int i = 0; i <= a.length; i++) {
      table[i][0] = i;
    }
    for (int j = 0; j <= b.length; j++) {
      table[0][j] = j;
    }
    // By character the last place in a where it was.
    Map<Integer, Integer> lastInA = new HashMap<>();
    for (int i = 1; i <= a.length; i++) {
      int lastInB = 0;
      for (int j = 1; j <= b.length; j++) {
        int k = lastInA.getOrDefault(b[j - 1], 0);
        int l = lastInB;
        boolean same = a[i - 1] == b[j - 1];
        if (same) {
          lastInB = j;
        }
        int best = table[i - 1][j - 1] + (same ? 0 : 1);
        best = Math.min(best, Math.min(table[i - 1][j], table[i][j - 1]) + 1);
        if (k > 0 && l > 0) {
          best = Math.min(best, table[k - 1][l - 1] + (i - k - 1) + 1 + (j - l - 1));
        }
        table[i][j] = best;
      }
      lastInA.put(a[i - 1], i);
    }
    return table[a.length][b.length];
  }

  /** {@code HAMMING(a, b)}: the places at which texts of one length differ. */
  static long hamming(RowArguments arguments) {
    int[] a = characters(arguments, 0);
    int[] b = characters(arguments, 1);
    if (a.length != b.length) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.HAMMING,
          "texts of one length are compared, these have "
              + a.length
              + " and "
              + b.length
              + " characters");
    }
    int different = 0;
    for (int i = 0; i < a.length; i++) {
      different += a[i] == b[i] ? 0 : 1;
    }
    return different;
  }

  /** {@code JACCARD(a, b)}: the part of all characters that both have. */
  static double jaccard(RowArguments arguments) {
    Set<Integer> a = new HashSet<>();
    Set<Integer> b = new HashSet<>();
    for (int character : characters(arguments, 0)) {
      a.add(character);
    }
    for (int character : characters(arguments, 1)) {
      b.add(character);
    }
    if (a.isEmpty() || b.isEmpty()) {
      throw ExpressionErrors.invalidArgument(
          ScalarFunction.JACCARD, "a text without characters is like none");
    }
    int all = a.size() + b.size();
    a.retainAll(b);
    return a.size() / (double) (all - a.size());
  }

  /** {@code JARO_SIMILARITY(a, b)} */
  static double jaro(RowArguments arguments) {
    int[] a = characters(arguments, 0);
    int[] b = characters(arguments, 1);
    check(ScalarFunction.JARO_SIMILARITY, a, b, MAX_PAIRS);
    return jaro(a, b);
  }

  /** {@code JARO_WINKLER_SIMILARITY(a, b)}: what begins alike is more so. */
  static double jaroWinkler(RowArguments arguments) {
    int[] a = characters(arguments, 0);
    int[] b = characters(arguments, 1);
    check(ScalarFunction.JARO_WINKLER_SIMILARITY, a, b, MAX_PAIRS);
    double jaro = jaro(a, b);
    int prefix = Arrays.mismatch(a, b);
    prefix = Math.min(MAX_PREFIX, prefix < 0 ? a.length : prefix);
    return jaro > ALIKE ? jaro + prefix * PREFIX_WEIGHT * (1 - jaro) : jaro;
  }

  /** What Soundex gives of an English word: its first letter and digits for how it goes on. */
  static String soundex(String text) {
    String word = text.toUpperCase(Locale.ROOT);
    if (word.isEmpty() || word.charAt(0) < 'A' || word.charAt(0) > 'Z') {
      return text;
    }
    StringBuilder code = new StringBuilder().append(word.charAt(0));
    char last = SOUNDS.charAt(word.charAt(0) - 'A');
    for (int i = 1; i < word.length() && code.length() < SOUNDEX_LENGTH; i++) {
      char letter = word.charAt(i);
      char sound = letter < 'A' || letter > 'Z' ? '0' : SOUNDS.charAt(letter - 'A');
      if (sound >= '1' && sound != last) {
        code.append(sound);
      }
      // H and W do not separate letters of one sound.
      last = sound == '-' ? last : sound;
    }
    return code.append("000").substring(0, SOUNDEX_LENGTH);
  }

  private static double jaro(int[] a, int[] b) {
    if (a.length == 0 || b.length == 0) {
      return 0;
    }
    int reach = Math.max(0, Math.max(a.length, b.length) / 2 - 1);
    boolean[] matchedA = new boolean[a.length];
    boolean[] matchedB = new boolean[b.length];
    int matches = 0;
    for (int i = 0; i < a.length; i++) {
      int end = Math.min(b.length, i + reach + 1);
      for (int j = Math.max(0, i - reach); j < end; j++) {
        if (!matchedB[j] && a[i] == b[j]) {
          matchedA[i] = true;
          matchedB[j] = true;
          matches++;
          break;
        }
      }
    }
    if (matches == 0) {
      return 0;
    }
    int outOfOrder = 0;
    int j = 0;
    for (int i = 0; i < a.length; i++) {
      if (matchedA[i]) {
        while (!matchedB[j]) {
          j++;
        }
        outOfOrder += a[i] == b[j++] ? 0 : 1;
      }
    }
    double m = matches;
    return (m / a.length + m / b.length + (m - outOfOrder / 2) / m) / 3;
  }
}
