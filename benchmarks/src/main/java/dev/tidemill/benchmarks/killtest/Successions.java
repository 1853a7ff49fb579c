package dev.tidemill.benchmarks.killtest;

import java.util.ArrayList;
import java.util.List;

/**
 * Standing queries that are replaced while they run, one with a kept result and one into its own
 * files, and the upkeep of the table that changes: statements that no other count on.
 *
 * <p>Each variant tells itself in its rows, so that whatever stands at the end can be compared.
 */
final class Successions {
  private static final int VARIANTS = 5;

  private static final String COLUMNS = "customer BIGINT, n BIGINT, edition INTEGER";

  static final String SINK =
      "CREATE TABLE IF NOT EXISTS successor ("
          + COLUMNS
          + ") WITH ('connector' = 'files', 'path' = 'out/successor', 'format' = 'json')";

  static final String CHANGES =
      "CREATE TABLE IF NOT EXISTS successor_changes ("
          + COLUMNS
          + ", op VARCHAR, step BIGINT) WITH ('connector' = 'files', 'path' = 'out/successor', 'format' = 'json')";

  private static final String COUNTS =
      "SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer";

  private Successions() {}

  /** What is done after so many statements on the accounts. */
  static List<String> after(long statements) {
    return switch ((int) (statements % 20)) {
      case 3 -> List.of(replace("successor", "INTO successor ", statements / 20));
      case 9 -> List.of("COMPACT TABLE account");
      case 14 -> List.of(replace("replaced", "", statements / 20));
      default -> List.of();
    };
  }

  /** What makes sure that both are among the queries, rows of SHOW QUERIES. */
  static List<String> missing(List<String> queries) {
    List<String> missing = new ArrayList<>();
    if (queries.stream().noneMatch(row -> row.startsWith("q_successor\t"))) {
      missing.add(replace("successor", "INTO successor ", 0));
    }
    if (queries.stream().noneMatch(row -> row.startsWith("replaced\t"))) {
      missing.add(replace("replaced", "", 0));
    }
    return missing;
  }

  private static String replace(String name, String into, long variant) {
    int number = (int) (variant % VARIANTS);
    return "CREATE OR REPLACE STANDING QUERY %s %sOUTPUT MODE UPDATE AS SELECT customer, n, %d AS edition FROM (%s) AS c WHERE MOD(customer, %d) <> %d"
        .formatted(into.isEmpty() ? name : "q_" + name, into, number, COUNTS, VARIANTS, number);
  }

  /** What the variant that stands must have come to. */
  static String expected(String rows) {
    return "SELECT c.customer, c.n, v.edition FROM (%s) AS c JOIN (SELECT MAX(edition) AS edition FROM %s) AS v ON MOD(c.customer, %d) <> v.edition"
        .formatted(COUNTS, rows, VARIANTS);
  }
}
