package dev.tidemill.planner;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/** Names that somebody may have meant. */
final class NearNames {
  private static final int MOST = 3;

  private NearNames() {}

  /** The candidates nearest to {@code name}, at most three, those too far away left out. */
  static List<String> of(String name, Collection<String> candidates) {
    String wanted = name.toLowerCase(Locale.ROOT);
    int far = Math.max(1, wanted.length() / 3) + 1;
    return new LinkedHashSet<>(candidates)
        .stream()
            .filter(c -> distance(wanted, c.toLowerCase(Locale.ROOT)) < far || related(wanted, c.toLowerCase(Locale.ROOT)))
            .sorted(
                Comparator.comparingInt((String c) -> distance(wanted, c.toLowerCase(Locale.ROOT)))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(MOST)
            .toList();
  }

  private static boolean related(String a, String b) {
    return a.length() >= 4 && b.endsWith("_" + a) || b.length() >= 4 && a.endsWith("_" + b);
  }

  /** Edits from one to the other, a swap of neighbours being one. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
