package dev.tidemill.foundation.error;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The names that somebody may have meant who wrote an unknown one, for error texts. */
public final class NearMisses {
  private static final int MOST = 3;
  private static final int SHORTEST_PREFIX = 3;

  private NearMisses() {}

  /**
   * Up to three of {@code known}, nearest first: those within a third of the length of {@code
   * wanted} in edits (insert, delete, change, swap neighbours; case does not count) and those that
   * begin with it or it begins with.
   */
  public static List<String> of(String wanted, Collection<String> known) {
    record Miss(String name, int distance) {}

    String folded = wanted.toLowerCase(Locale.ROOT);
    int most = Math.max(1, folded.length() / 3);
    List<Miss> misses = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String name : known) {
      String other = name.toLowerCase(Locale.ROOT);
      int distance = distance(folded, other);
      boolean extended =
          Math.min(folded.length(), other.length()) >= SHORTEST_PREFIX
              && (other.startsWith(folded) || folded.startsWith(other));
      if ((distance <= most || extended) && seen.add(name)) {
        misses.add(new Miss(name, distance));
      }
    }
    return misses.stream()
        .sorted(Comparator.comparingInt(Miss::distance).thenComparing(Miss::name))
        .limit(MOST)
        .map(Miss::name)
        .toList();
  }

  /**
   * To stand behind a message: {@code "; did you mean a, b or c?"}, or nothing where no name is
   * near.
   */
  public static String hint(String wanted, Collection<String> known) {
    List<String> near = of(wanted, known);
    if (near.isEmpty()) {
      return "";
    }
    String last = near.getLast();
    return near.size() == 1
        ? "; did you mean " + last + "?"
        : "; did you mean "
            + String.join(", ", near.subList(0, near.size() - 1))
            + " or "
            + last
            + "?";
  }

  /** Damerau-Levenshtein distance in its form of optimal string alignment. */
  static int distance(String a, String b) {
    int[] before = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(last[j] + 1, row[j - 1] + 1), last[j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      int[] free = before;
      before = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }
}
