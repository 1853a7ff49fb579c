package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import dev.tidemill.streaming.QueryReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trouble outside is tried again by itself, after delays that double; trouble of data and query is
 * not; neighbours go on; and in the end nothing is lost and nothing is there twice.
 */
class StandingRetriesTest {
  @TempDir Path directory;

  private final FaultyFiles files = FaultyFiles.once(-1);
  private final List<String> told = new ArrayList<>();

  private final QueryListener listener =
      new QueryListener() {
        @Override
        public void retrying(String query, TidemillException error, long attempt, long delay) {
          told.add(query + " attempt " + attempt + " in " + delay);
        }

        @Override
        public void failed(String query, TidemillException error) {
          told.add(query + " failed: " + error.getMessage());
        }
      };

  private boolean isTold(String start) {
    return told.stream().anyMatch(line -> line.startsWith(start));
  }

  private StandingDatabase open() {
    StandingDatabase database =
        new StandingDatabase(directory.resolve("work"), listener, System.out, files);
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, v INTEGER)",
        "CREATE TABLE sunk (id BIGINT NOT NULL, v INTEGER)"
            + " WITH ('connector' = 'files', 'path' = 'sunk', 'format' = 'json')");
    return database;
  }

  private static void createQueries(StandingDatabase database, String options) {
    database.run(
        "CREATE STANDING QUERY q AS SELECT v, COUNT(*) AS n FROM t GROUP BY v",
        "CREATE STANDING QUERY s INTO sunk OUTPUT MODE APPEND %s AS SELECT id, v FROM t"
            .formatted(options),
        "INSERT INTO t VALUES (1, 1), (2, 2), (3, 1)");
    database.stepDue();
  }

  private static void check(StandingDatabase database) {
    assertEquals("RUNNING", database.status("q"));
    assertEquals("RUNNING", database.status("s"));
    assertEquals(
        database.sorted("SELECT v, COUNT(*) FROM t GROUP BY v"),
        database.sorted("SELECT * FROM q"));
    assertEquals(database.sorted("SELECT * FROM t"), database.sorted("SELECT * FROM sunk"));
  }

  @Test
  void aSinkWithoutRoomIsTriedAgainWhileItsNeighbourGoesOn() {
    try (StandingDatabase database = open()) {
      createQueries(database, "");
      files.setFull(path -> path.contains("/sunk/"));
      database.run("INSERT INTO t VALUES (4, 2)");
      database.stepDue();
      database.run("INSERT INTO t VALUES (5, 2)");
      database.stepDue();
      assertEquals(List.of("1\t2", "2\t3"), database.sorted("SELECT * FROM q"));
      QueryReport report = database.session().progress("s");
      assertEquals("RETRYING", report.status().name());
      assertTrue(String.valueOf(report.error()).contains("No space left"), report.error());
      assertTrue(
          database.rows("SHOW QUERIES").get(1).contains("2026-01-01 00:00:00.500"),
          () -> String.join("\n", database.rows("SHOW QUERIES")));
      for (long millis : List.of(499, 1, 999, 1, 2000, 4000)) {
        database.passMillis(millis);
        database.stepDue();
      }
      assertEquals(
          List.of(
              "s attempt 1 in 500",
              "s attempt 2 in 1000",
              "s attempt 3 in 2000",
              "s attempt 4 in 4000",
              "s attempt 5 in 8000"),
          told);
      files.setFull(path -> false);
      database.passMillis(8000);
      database.stepDue();
      check(database);
      database.run("INSERT INTO t VALUES (6, 2)");
      database.stepDue();
      check(database);
    }
  }

  @Test
  void aDiskWithoutRoomForTheLogStopsAllUntilThereIs() {
    try (StandingDatabase database = open()) {
      createQueries(database, "");
      files.setFull(path -> path.contains("/standing/"));
      database.run("INSERT INTO t VALUES (4, 2)");
      database.stepDue();
      assertEquals("RETRYING", database.status("q"));
      assertEquals("RETRYING", database.status("s"));
      database.passMillis(600);
      database.stepDue();
      assertEquals("RETRYING", database.status("q"));
      files.setFull(path -> false);
      database.passMillis(2000);
      database.stepDue();
      check(database);
    }
  }

  @Test
  void attemptsEnd() {
    try (StandingDatabase database = open()) {
      createQueries(
          database, "WITH ('max_retries' = '2', 'retry_delay' = '1s', 'max_retry_delay' = '1s')");
      files.setFull(path -> path.contains("/sunk/"));
      database.run("INSERT INTO t VALUES (4, 2)");
      for (int i = 0; i < 4; i++) {
        database.stepDue();
        database.passMillis(1000);
      }
      assertEquals(
          List.of("s attempt 1 in 1000", "s attempt 2 in 1000", "s failed"),
          told.stream().map(line -> line.replaceAll(": .*", "")).toList());
      files.setFull(path -> false);
      database.stepDue();
      assertEquals("FAILED", database.status("s"));
      database.run("RESUME QUERY s");
      database.stepDue();
      check(database);
    }
  }

  @Test
  void aFaultOfTheDataIsNotTriedAgain() {
    try (StandingDatabase database = open()) {
      createQueries(database, "");
      database.run(
          "CREATE STANDING QUERY d AS SELECT id, 10 / v AS r FROM t",
          "INSERT INTO t VALUES (4, 0)");
      database.stepDue();
      assertEquals(
          List.of("d failed"), told.stream().map(line -> line.replaceAll(": .*", "")).toList());
      assertEquals("FAILED", database.status("d"));
      check(database);
    }
  }

  @Test
  void whoReadsAResultWaitsWithIt() {
    try (StandingDatabase database = open()) {
      database.run(
          "CREATE TABLE l (id BIGINT) WITH ('connector' = 'files', 'path' = 'in', 'format' = 'csv',"
              + " 'header' = 'false')");
      createQueries(database, "");
      database.run("CREATE STANDING QUERY r AS SELECT SUM(n) AS n FROM q");
      database.stepDue();
      files.setFull(path -> path.contains("/standing/queries/"));
      // A minute of the clock makes snapshots due, which are written while steps go on: any of the
      // queries may be the first that is told of.
      for (int i = 0; i < 2_000 && !isTold("q attempt 1"); i++) {
        database.passMillis(1_000);
        database.run("INSERT INTO t VALUES (%d, 2)".formatted(10 + i));
        database.stepDue();
      }
      assertTrue(isTold("q attempt 1"), told.toString());
      files.setFull(path -> false);
      for (int i = 0; i < 8; i++) {
        database.passMillis(10_000);
        database.stepDue();
      }
      check(database);
      assertEquals(database.rows("SELECT COUNT(*) FROM t"), database.rows("SELECT * FROM r"));
    }
  }

  @Test
  void aCrashBetweenAttemptsLosesNothing() {
    Path image;
    try (StandingDatabase database = open()) {
      createQueries(database, "");
      files.setFull(path -> path.contains("/sunk/"));
      database.run("INSERT INTO t VALUES (4, 2)");
      database.stepDue();
      assertEquals("RETRYING", database.status("s"));
      image = database.image("image");
    }
    files.setFull(path -> false);
    try (StandingDatabase again =
        new StandingDatabase(image, QueryListener.NONE, System.out, files)) {
      assertEquals("SUSPENDED", again.status("s"));
      again.standing().resumeStored();
      again.stepDue();
      assertEquals("RUNNING", again.status("s"));
      assertEquals(again.sorted("SELECT * FROM t"), again.sorted("SELECT * FROM sunk"));
    }
  }

  @Test
  void optionsAreChecked() {
    try (StandingDatabase database = open()) {
      TidemillException refused =
          assertThrows(
              TidemillException.class,
              () ->
                  database
                      .session()
                      .execute(
                          "CREATE STANDING QUERY x WITH ('retry_delay' = 'soon') AS SELECT v FROM t"));
      assertTrue(String.valueOf(refused.getMessage()).contains("a duration like"));
    }
  }

  @Test
  void aBurstIsTakenInStepsThatFitTheMemory() {
    int rows = 400_000;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      text.append(i).append(",a text of a row that makes it rather wide: number ").append(i);
      text.append(", and some more of it so that it does not fit\n");
    }
    Path work = directory.resolve("work");
    try (Engine engine =
            Engine.builder()
                .directory(work.resolve("db"))
                .workingDirectory(work)
                .memory(12L << 20)
                .threads(1)
                .listener(listener)
                .stepByHand()
                .open();
        Session session = engine.session()) {
      Files.createDirectories(work.resolve("in"));
      for (String sql :
          List.of(
              "CREATE TABLE f (id BIGINT, text VARCHAR, more VARCHAR) WITH ('connector' = 'files',"
                  + " 'path' = 'in', 'format' = 'csv', 'header' = 'false')",
              "CREATE TABLE sunk (id BIGINT, text VARCHAR)"
                  + " WITH ('connector' = 'files', 'path' = 'sunk', 'format' = 'csv')",
              "CREATE STANDING QUERY n AS SELECT MOD(id, 10) AS m, COUNT(*) AS n FROM f GROUP BY MOD(id, 10)",
              "CREATE STANDING QUERY s INTO sunk TRIGGER EVERY 400000 ROWS AS SELECT id, UPPER(text) AS text FROM f")) {
        session.execute(sql).close();
      }
      Files.writeString(work.resolve("in/burst.csv"), text);
      for (int i = 0; i < 1_000 && engine.standing().stepDue(); i++) {
        continue;
      }
      QueryReport report = session.progress("s");
      assertEquals("RUNNING", report.status().name(), told.toString());
      assertTrue(isTold("s attempt"), report.toString() + told);
      assertEquals(
          List.of(rows + "\t" + rows),
          SessionRows.of(session, "SELECT COUNT(*), COUNT(DISTINCT id) FROM sunk"));
      assertEquals(
          List.of("10\t" + rows), SessionRows.of(session, "SELECT COUNT(*), SUM(n) FROM n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theBacklogIsTold() {
    try (StandingDatabase database = open()) {
      StringBuilder rows = new StringBuilder();
      for (int i = 0; i < 1000; i++) {
        rows.append("{\"id\":").append(i).append("}\n");
      }
      database.putFile("burst/a.json", rows.toString());
      database.putFile("burst/b.json", rows.toString());
      database.run(
          "CREATE TABLE burst (id BIGINT) WITH ('connector' = 'files', 'path' = 'burst', 'format' = 'json')",
          "CREATE STANDING QUERY q WITH ('max_rows_per_step' = '1000') AS SELECT COUNT(*) AS n FROM burst");
      database.step("q");
      var first = database.session().progress("q").last();
      assertEquals(1000, first == null ? -1 : first.backlog().rows());
      assertEquals(1, first == null ? -1 : first.backlog().files());
      assertTrue(first != null && first.catchUpSeconds() > 0);
      database.stepDue();
      var last = database.session().progress("q").last();
      assertTrue(last != null && last.backlog().isNone());
      assertEquals(List.of("2000"), database.rows("SELECT * FROM q"));
    }
  }
}
