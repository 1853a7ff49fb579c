package dev.tidemill.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes queries into others, most of which are wrong: words go, come twice, or from elsewhere. */
final class QueryMutator {
  private static final Pattern TOKEN =
      Pattern.compile(
          "'(?:[^']|'')*'|\"[^\"]*\"|[A-Za-z_][A-Za-z_0-9]*|[0-9.]+|\\s+|::|<=|>=|<>|\\|\\||=>|->|.",
          Pattern.DOTALL);

  private static final List<String> LITERALS =
      List.of(
          "NULL",
          "0",
          "-1",
          "''",
          "'x'",
          "DATE '2024-01-31'",
          "1.5",
          "9223372036854775807",
          "[1, 2]",
          "ROW(1, 'a')",
          "TRUE",
          "INTERVAL '1' DAY",
          "MAP['a', 1]",
          "TIMESTAMP '2024-01-01 00:00:00'",
          "1e300",
          "CAST(NULL AS INTEGER)",
          "(SELECT 1)");

  private static final int MOST_CHANGES = 2;
  private static final int LONGEST_COPY = 12;
  private static final int LONGEST_GAP = 6;

  private final SplittableRandom random;

  QueryMutator(SplittableRandom random) {
    this.random = random;
  }

  /** The words of a query, the spaces between them, and its signs. */
  static List<String> tokens(String sql) {
    List<String> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(sql);
    while (matcher.find()) {
      tokens.add(matcher.group());
    }
    return tokens;
  }

  /**
   * One of the queries, changed in one or two places.
   *
   * @param own queries over the same tables; not empty
   * @param all queries from which a third of what is put in comes; not empty
   */
  String mutant(List<List<String>> own, List<List<String>> all) {
    List<String> query = new ArrayList<>(pick(own));
    int changes = 1 + random.nextInt(MOST_CHANGES);
    for (int i = 0; i < changes && !query.isEmpty(); i++) {
      change(query, pick(random.nextInt(3) == 0 ? all : own));
    }
    return String.join("", query);
  }

  private void change(List<String> query, List<String> other) {
    int at = random.nextInt(query.size());
    switch (random.nextInt(6)) {
      case 0 -> query.remove(at);
      case 1 -> query.set(at, pick(other));
      case 2 -> query.add(at, " " + pick(other) + " ");
      case 3 -> {
        int from = random.nextInt(other.size());
        int to = Math.min(other.size(), from + 1 + random.nextInt(LONGEST_COPY));
        query.add(at, " " + String.join("", other.subList(from, to)) + " ");
      }
      case 4 -> query.set(operand(query), pick(LITERALS));
      default ->
          query.subList(at, Math.min(query.size(), at + 1 + random.nextInt(LONGEST_GAP))).clear();
    }
  }

  /** The place of a word, a number or a text. */
  private int operand(List<String> query) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < query.size(); i++) {
      char first = query.get(i).charAt(0);
      if (Character.isLetterOrDigit(first) || first == '\'' || first == '"') {
        places.add(i);
      }
    }
    return places.isEmpty() ? 0 : pick(places);
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
