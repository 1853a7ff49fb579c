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

  private long rows(String query) {
    return steps.stream().filter(s -> s.query().equals(query)).mapToLong(Step::rows).sum();
  }
}
