package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Steps of many rows, which several threads help with: what is kept does not know how many there
 * were.
 */
class StandingThreadsTest {
  private static final List<String> QUERIES =
      List.of(
          "SELECT v, COUNT(*) AS n, SUM(id) AS s, COUNT(DISTINCT w) AS d, COUNT(DISTINCT MOD(id, 100)) AS e FROM t GROUP BY v",
          "SELECT a.v, MAX(b.w) AS w, COUNT(*) AS n FROM t AS a LEFT JOIN u AS b ON a.w = b.v GROUP BY a.v",
          "SELECT v, n FROM (SELECT v, COUNT(*) AS n, MIN(w) AS m FROM t WHERE MOD(id, 3) <> 1 GROUP BY v) AS g WHERE n > 30",
          "SELECT v, id, r FROM (SELECT v, id, ROW_NUMBER() OVER (PARTITION BY v ORDER BY id DESC) AS r FROM t) AS o WHERE r < 4",
          "SELECT DISTINCT MOD(w, 50) AS m FROM t");

  @TempDir Path directory;

  private StandingDatabase open(int threads) {
    StandingDatabase database = new StandingDatabase(directory.resolve("work"));
    database.reopen(threads);
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, v INTEGER, w INTEGER) WITH ('append_only' = 'false')",
        "CREATE TABLE u (v INTEGER, w INTEGER)");
    return database;
  }

  private static void change(StandingDatabase database, Random random, int round) {
    database.run(
        "INSERT INTO u VALUES (%d, %d)".formatted(random.nextInt(300), round),
        "INSERT INTO t SELECT n + %d, CAST(MOD(n * %d, 40) AS INTEGER), CAST(MOD(n * n, %d) AS INTEGER) FROM GENERATE_SERIES(1, %d) AS s (n)"
            .formatted(round * 10_000, 1 + random.nextInt(9), 300, 1 + random.nextInt(9_000)));
    if (random.nextInt(3) == 0) {
      database.run("DELETE FROM t WHERE MOD(id, 11) = " + random.nextInt(11));
    }
  }

  private static void check(StandingDatabase database, String query, String name, String when) {
    assertEquals(database.sorted(query), database.sorted("SELECT * FROM " + name), when);
  }

  /** A snapshot and the steps behind it, taken at two threads, at one and at eight. */
  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void whatTwoThreadsKeptServesAnyNumber(int threads) {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    String when = "seed " + seed;
    try (StandingDatabase database = open(2)) {
      for (int q = 0; q < QUERIES.size(); q++) {
        database.run("CREATE STANDING QUERY q" + q + " AS " + QUERIES.get(q));
      }
      change(database, random, 0);
      database.stepDue();
      database.reopen(2);
      change(database, random, 1);
      database.stepDue();
      database.goOnIn(database.image("image"));
      for (int n : new int[] {threads, 2}) {
        database.reopen(n);
        for (int q = 0; q < QUERIES.size(); q++) {
          check(database, QUERIES.get(q), "q" + q, when);
        }
        change(database, random, 1 + n);
        database.stepDue();
        for (int q = 0; q < QUERIES.size(); q++) {
          check(database, QUERIES.get(q), "q" + q, when);
          database.run("VERIFY q" + q);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void queriesAreReplacedWhateverTheNumber(int threads) {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    try (StandingDatabase database = open(threads)) {
      for (int i = 0; i < 8; i++) {
        change(database, random, i);
        if (random.nextBoolean()) {
          database.stepDue();
        }
        String query = QUERIES.get(random.nextInt(QUERIES.size()));
        database.run(
            "SET replace_confirmed = true", "CREATE OR REPLACE STANDING QUERY q AS " + query);
        if (random.nextInt(3) == 0) {
          database.reopen();
        }
        database.stepDue();
        check(database, query, "q", "seed " + seed + ", " + i);
      }
    }
  }

  /**
   * The same at each number of threads: not only equal as a set, but the same snapshot of state.
   */
  @Test
  void sumsOfFloatingPointAreTheSame() {
    String query =
        "SELECT v, SUM(x) AS s, AVG(x) AS a FROM (SELECT v, CAST(w AS DOUBLE) / 7 AS x FROM t) AS d GROUP BY v";
    List<List<String>> results = new java.util.ArrayList<>();
    for (int threads : new int[] {1, 2, 8}) {
      Random random = new Random(5);
      try (StandingDatabase database =
          new StandingDatabase(directory.resolve("threads" + threads))) {
        database.reopen(threads);
        database.run(
            "CREATE TABLE t (id BIGINT NOT NULL, v INTEGER, w INTEGER) WITH ('append_only' = 'false')",
            "CREATE TABLE u (v INTEGER, w INTEGER)",
            "CREATE STANDING QUERY q AS " + query);
        for (int i = 0; i < 4; i++) {
          change(database, random, i);
          database.stepDue();
        }
        results.add(database.sorted("SELECT * FROM q"));
      }
    }
    assertEquals(results.get(0), results.get(1));
    assertEquals(results.get(0), results.get(2));
  }
}
