package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.streaming.QueryListener;
import dev.tidemill.streaming.StepProgress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A query that comes late takes what was there before in parts, and holds nobody up. */
class StandingBackfillTest {
  private static final int ROWS = 700_000;

  private record Step(String query, long rows) {}

  private final List<Step> steps = new ArrayList<>();

  private final QueryListener listener =
      new QueryListener() {
        @Override
        public void stepped(StepProgress progress) {
          steps.add(new Step(progress.query(), progress.rowsIn()));
        }
      };

  @Test
  void takesTurnsWithTheOthers(@TempDir Path directory) {
    try (StandingDatabase database =
        new StandingDatabase(directory.resolve("w"), listener, System.out)) {
      database.run(
          "CREATE TABLE t (id BIGINT, k INTEGER)",
          "CREATE TABLE u (id BIGINT)",
          "INSERT INTO t SELECT n, CAST(MOD(n, 10) AS INTEGER) FROM RANGE(%d) AS r(n)"
              .formatted(ROWS),
          "CREATE STANDING QUERY early AS SELECT k, COUNT(*) AS n FROM t GROUP BY k");
      database.stepDue();
      assertEquals(List.of(new Step("early", ROWS)), steps, "nobody waits: one step");
      steps.clear();

      database.run(
          "CREATE STANDING QUERY beside AS SELECT COUNT(*) AS n FROM u",
          "CREATE STANDING QUERY late AS SELECT k, COUNT(*) AS n, SUM(id) AS s FROM t GROUP BY k");
      int rounds = 0;
      while (rows("late") < ROWS + rounds && rounds < 100) {
        database.run(
            "INSERT INTO t VALUES (%d, 3)".formatted(ROWS + rounds),
            "INSERT INTO u VALUES (%d)".formatted(rounds));
        rounds++;
        database.stepDue();
      }
      database.stepDue();

      List<Long> parts =
          steps.stream().filter(s -> s.query().equals("late")).map(Step::rows).toList();
      assertTrue(parts.get(0) <= 100_000, "" + parts);
      assertTrue(parts.size() >= 3, "" + parts);
      int first = steps.indexOf(new Step("late", parts.get(0)));
      int second = steps.indexOf(new Step("late", parts.get(1)));
      assertTrue(
          steps.subList(first, second).stream().anyMatch(s -> s.query().equals("early")),
          "early has its turn between two parts of late: " + steps);
      assertEquals(rounds, rows("beside"), "" + steps);
      for (String query : List.of("early", "late")) {
        assertEquals(
            database.sorted("SELECT k, COUNT(*) FROM t GROUP BY k"),
            database.sorted("SELECT k, n FROM " + query));
      }
    }
  }

  /** 3 of 50 events are auctions, 46 are bids: steps that may not have all keep them together. */
  @Test
  void takesOfEachTableItsPart(@TempDir Path directory) {
    try (StandingDatabase database =
        new StandingDatabase(directory.resolve("w"), listener, System.out)) {
      database.run(
          "CREATE TABLE auction (id BIGINT) WITH ('connector' = 'nexmark', 'table' = 'auction', 'events' = '100000')",
          "CREATE TABLE bid (auction BIGINT) WITH ('connector' = 'nexmark', 'table' = 'bid', 'events' = '100000')",
          "CREATE STANDING QUERY first WITH ('max_rows_per_step' = '9000') AS "
              + "SELECT COUNT(id) AS a, COUNT(auction) AS b FROM (SELECT id, NULL AS auction FROM auction UNION ALL SELECT NULL, auction FROM bid) AS u");
      assertPartsAreKept(database, "first");
      database.run(
          "CREATE STANDING QUERY second WITH ('max_rows_per_step' = '9000') AS "
              + "SELECT COUNT(id) AS a, COUNT(auction) AS b, 1 AS c FROM (SELECT id, NULL AS auction FROM auction UNION ALL SELECT NULL, auction FROM bid) AS u");
      assertPartsAreKept(database, "second");
    }
  }

  private void assertPartsAreKept(StandingDatabase database, String query) {
    steps.clear();
    while (database.stepOnce()) {
      assertEquals(
          database.sorted("SELECT TRUE"),
          database.sorted("SELECT ABS(a * 46 - b * 3) < 46 * 200 FROM " + query),
          () -> steps + ", " + database.sorted("SELECT a, b FROM " + query));
    }
    assertEquals(98_000, rows(query));
    assertTrue(steps.size() >= 98_000 / 9_000, "" + steps);
  }

  private long rows(String query) {
    return steps.stream().filter(s -> s.query().equals(query)).mapToLong(Step::rows).sum();
  }
}
