package dev.tidemill.sql.parser.grammar;

/** How far apart two words are. */
final class Spelling {
  private Spelling() {}

  /** How many slips a word may have and still be recognised. */
  static int tolerated(String word) {
    return word.length() < 6 ? 1 : 2;
  }

  /** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
  static int distance(String left, String right) {
    if (Math.abs(left.length() - right.length()) > 2) {
      return Integer.MAX_VALUE;
    }
    int[][] distances = new int[left.length() + 1][right.length() + 1];
    for (int i = 0; i <= left.length(); i++) {
      for (int j = 0; j <= right.length(); j++) {
        if (i == 0 || j == 0) {
          distances[i][j] = i + j;
          continue;
        }
        int substitution = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        int distance =
            Math.min(
                Math.min(distances[i - 1][j], distances[i][j - 1]) + 1,
                distances[i - 1][j - 1] + substitution);
        boolean swapped =
            i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        distances[i][j] = swapped ? Math.min(distance, distances[i - 2][j - 2] + 1) : distance;
      }
    }
    return distances[left.length()][right.length()];
  }
}
