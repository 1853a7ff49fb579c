package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A standing query that is replaced by one that writes to the same table: what is there becomes the
 * result of the new one, by one step that says what is different, or goes on behind what stays.
 */
class StandingSinkSuccessionTest {
  private static final String GROUPS = "SELECT v, COUNT(*) AS n, SUM(id) AS s FROM t GROUP BY v";

  @TempDir Path directory;

  /** With tables that queries write: {@code log}, {@code added} and {@code whole}. */
  private StandingDatabase open(String name, FaultyFiles files) {
    StandingDatabase database =
        new StandingDatabase(directory.resolve(name), QueryListener.NONE, System.out, files);
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, v INTEGER)",
        "CREATE TABLE log (v INTEGER, n BIGINT, s BIGINT)"
            + " WITH ('connector' = 'files', 'path' = 'log', 'format' = 'json')",
        "CREATE TABLE operations (v INTEGER, n BIGINT, s BIGINT, op VARCHAR, step BIGINT)"
            + " WITH ('connector' = 'files', 'path' = 'log', 'format' = 'json')",
        "CREATE TABLE added (id BIGINT, v INTEGER)"
            + " WITH ('connector' = 'files', 'path' = 'added', 'format' = 'json')",
        "CREATE TABLE whole (v INTEGER, n BIGINT, s BIGINT)"
            + " WITH ('connector' = 'files', 'path' = 'whole', 'format' = 'json')",
        "SET replace_confirmed = true",
        "INSERT INTO t VALUES (1, 1), (2, 1), (3, 1), (4, 2)");
    return database;
  }

  private StandingDatabase open(String name) {
    return open(name, FaultyFiles.watched(call -> {}));
  }

  /** What the operations in the log come to; each fits those before it. */
  private static List<String> logged(StandingDatabase database) {
    Map<String, String> rows = new HashMap<>();
    for (String operation :
        database.rows(
            "SELECT op, v, n, s FROM operations ORDER BY step, CASE op WHEN 'D' THEN 0 ELSE 1 END")) {
      String[] parts = operation.split("\t", 3);
      boolean isThere = rows.containsKey(parts[1]);
      assertEquals(parts[0].equals("I"), !isThere, operation + " after " + rows);
      if (parts[0].equals("D")) {
        rows.remove(parts[1]);
      } else {
        rows.put(parts[1], parts[1] + "\t" + parts[2]);
      }
    }
    return rows.values().stream().sorted().toList();
  }

  private static String create(String sink, String mode, String query) {
    return "CREATE OR REPLACE STANDING QUERY q INTO "
        + sink
        + " OUTPUT MODE "
        + mode
        + " AS "
        + query;
  }

  private static String refused(StandingDatabase database, String sql) {
    return String.valueOf(
        assertThrows(TidemillException.class, () -> database.session().execute(sql).close())
            .getMessage());
  }

  private static final List<String> BY_KEY =
      List.of(
          GROUPS,
          GROUPS + " HAVING COUNT(*) > 1",
          GROUPS + " HAVING COUNT(*) < 3",
          "SELECT v, n * 2 AS n, s FROM (" + GROUPS + ")",
          "SELECT v, COUNT(*) AS n, SUM(id) AS s FROM t WHERE id > 2 GROUP BY v",
          "SELECT v, COUNT(*) AS n, MAX(id) AS s FROM t GROUP BY v",
          "SELECT v, n, s FROM (SELECT v, n, s, ROW_NUMBER() OVER (ORDER BY s DESC) AS r FROM ("
              + GROUPS
              + ")) WHERE r <= 2 AND v IS NOT NULL");

  @Test
  void theLogComesToTheBatchResultWhateverItWasReplacedBy() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    try (StandingDatabase database = open("work")) {
      int id = 10;
      int possible = 0;
      String now = "";
      for (int i = 0; i < 24; i++) {
        String query = BY_KEY.get(random.nextInt(BY_KEY.size() - 1));
        try {
          database.session().execute(create("log", "UPDATE", query)).close();
          now = query;
          possible++;
        } catch (TidemillException e) {
          throw new AssertionError("seed " + seed + " " + now + " by " + query, e);
        }
        if (random.nextInt(3) == 0) {
          database.goOnIn(database.image("image" + i));
          database.run("SET replace_confirmed = true");
        }
        if (random.nextBoolean()) {
          for (int rows = random.nextInt(6); rows >= 0; rows--) {
            database.run("INSERT INTO t VALUES (%d, %d)".formatted(id++, random.nextInt(5)));
          }
        }
        if (random.nextBoolean()) {
          database.stepDue();
          assertEquals(database.sorted(now), logged(database), "seed " + seed + " " + i);
        }
      }
      assertTrue(possible > 0);
    }
  }

  @Test
  void operatorsKeepTheirStateAndTheSinkTakesWhatIsDifferent() {
    try (StandingDatabase database = open("work")) {
      database.run(create("log", "UPDATE", BY_KEY.get(1)));
      database.stepDue();
      long steps = database.rows("SELECT DISTINCT step FROM operations").size();
      database.run("SET replace_confirmed = false");
      String create = create("log", "UPDATE", BY_KEY.get(3));
      String asked = refused(database, create);
      assertTrue(asked.contains("aggregate (v, n, s): kept, 2 rows in "), asked);
      assertTrue(asked.contains("sink log: takes what is different as a step"), asked);
      String explained = String.join("\n", database.rows("EXPLAIN " + create));
      assertTrue(explained.contains("sink log: takes what is different as a step"), explained);
      database.run("SET replace_confirmed = true", create);
      assertEquals(List.of("1\t3\t6"), logged(database));
      database.stepDue();
      assertEquals(List.of("1\t6\t6", "2\t2\t4"), logged(database));
      assertEquals(steps + 1, database.rows("SELECT DISTINCT step FROM operations").size());
      database.stepDue();
      database.reopen();
      database.stepDue();
      assertEquals(steps + 1, database.rows("SELECT DISTINCT step FROM operations").size());
    }
  }

  @Test
  void windowsBehindTheWatermarkAreCorrectedFromTheSource() {
    String query =
        "SELECT window_start AS v, n, s FROM"
            + " (SELECT window_start, COUNT(*) AS n, SUM(%s) AS s"
            + " FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start)";
    try (StandingDatabase database = open("work")) {
      String before = query.formatted("k");
      String after = query.formatted("k * 2");
      database.run(
          "DROP TABLE log",
          "DROP TABLE operations",
          "CREATE TABLE log (v TIMESTAMP(3), n BIGINT, s BIGINT)"
              + " WITH ('connector' = 'files', 'path' = 'log', 'format' = 'json')",
          "CREATE TABLE operations (v TIMESTAMP(3), n BIGINT, s BIGINT, op VARCHAR, step BIGINT)"
              + " WITH ('connector' = 'files', 'path' = 'log', 'format' = 'json')",
          "CREATE TABLE e (k BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)",
          create("log", "UPDATE", before));
      for (int i = 0; i < 5; i++) {
        database.run("INSERT INTO e VALUES (%d, TIMESTAMP '2026-01-01 00:00:%d1')".formatted(i, i));
        database.stepDue();
      }
      database.run(create("log", "UPDATE", after));
      database.stepDue();
      assertEquals(database.sorted(after), logged(database));
      database.run(
          "INSERT INTO e VALUES (7, TIMESTAMP '2026-01-01 00:00:58'), (7, TIMESTAMP '2026-01-01 00:00:01')");
      database.stepDue();
      assertEquals(6, logged(database).size());
      String late = refused(database, create("log", "UPDATE", before));
      assertTrue(
          late.contains("what it has delivered to log cannot be told: rows came too late"), late);
    }
  }

  @Test
  void whatWasAppendedStaysAndTheRestIsOfTheNewQuery() {
    try (StandingDatabase database = open("work")) {
      database.run(create("added", "APPEND", "SELECT id, v FROM t"));
      database.stepDue();
      database.run("SET replace_confirmed = false");
      String create = create("added", "APPEND", "SELECT id * 100 AS id, v FROM t WHERE v > 1");
      String asked = refused(database, create);
      assertTrue(
          asked.contains(
              "sink added: what was delivered stays as it is, what comes from now on is of the new query"),
          asked);
      database.run("SET replace_confirmed = true", "INSERT INTO t VALUES (5, 2), (6, 1)", create);
      database.goOnIn(database.image("image"));
      database.stepDue();
      database.run("INSERT INTO t VALUES (7, 3)");
      database.stepDue();
      assertEquals(
          List.of("1\t1", "2\t1", "3\t1", "4\t2", "500\t2", "700\t3"),
          database.sorted("SELECT * FROM added"));
      database.run("SET replace_confirmed = true");
      String groups = refused(database, create("added", "APPEND", "SELECT DISTINCT id, v FROM t"));
      assertTrue(
          groups.contains(
              "impossible: what it has appended to added stays, and the new query cannot go on behind that: an operator would have to know rows that came before. Deliver INTO another table"),
          groups);
    }
  }

  @Test
  void openWindowsGoOnInAppend() {
    try (StandingDatabase database = open("work")) {
      database.run(
          "CREATE TABLE windows (w TIMESTAMP(3), n BIGINT)"
              + " WITH ('connector' = 'files', 'path' = 'windows', 'format' = 'json')",
          "CREATE TABLE e (k BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)");
      String query =
          "SELECT window_start AS w, %s AS n FROM (SELECT window_start, COUNT(*) AS n"
              + " FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start)";
      database.run(create("windows", "APPEND", query.formatted("n")));
      for (int i = 0; i < 5; i++) {
        if (i == 2) {
          database.run(create("windows", "APPEND", query.formatted("n * 10")));
        }
        database.run(
            "INSERT INTO e VALUES (1, TIMESTAMP '2026-01-01 00:00:%d1'), (1, TIMESTAMP '2026-01-01 00:00:%d2')"
                .formatted(i, i));
        database.stepDue();
      }
      assertEquals(List.of("2", "20", "20", "20"), database.sorted("SELECT n FROM windows"));
    }
  }

  @Test
  void aResultThatIsReplacedAsAWhole() {
    try (StandingDatabase database = open("work")) {
      database.run(create("whole", "COMPLETE", BY_KEY.get(1)));
      database.stepDue();
      assertEquals(database.sorted(BY_KEY.get(1)), database.sorted("SELECT * FROM whole"));
      for (int query : List.of(3, 4, 6, 0)) {
        database.run(create("whole", "COMPLETE", BY_KEY.get(query)));
        database.goOnIn(database.image("image" + query));
        database.run("SET replace_confirmed = true");
        database.stepDue();
        assertEquals(database.sorted(BY_KEY.get(query)), database.sorted("SELECT * FROM whole"));
        database.run("INSERT INTO t VALUES (2%d, 2)".formatted(query));
        database.stepDue();
        assertEquals(database.sorted(BY_KEY.get(query)), database.sorted("SELECT * FROM whole"));
      }
    }
  }

  @Test
  void aQueryThatHasFailedIsMended() {
    try (StandingDatabase database = open("work")) {
      database.run(
          create(
              "log",
              "UPDATE",
              "SELECT v, COUNT(*) AS n, SUM(10 / (id - 9)) AS s FROM t GROUP BY v"));
      database.stepDue();
      database.run("INSERT INTO t VALUES (9, 1)");
      database.stepDue();
      assertEquals("FAILED", database.status("q"));
      String mended =
          "SELECT v, COUNT(*) AS n, SUM(CASE WHEN id <> 9 THEN 10 / (id - 9) END) AS s FROM t GROUP BY v";
      database.run(create("log", "UPDATE", mended));
      database.stepDue();
      assertEquals(database.sorted(mended), logged(database));
    }
  }

  @Test
  void whatCannotBeSaysWhy() {
    try (StandingDatabase database = open("work")) {
      database.run(
          "CREATE TABLE pinned (v INTEGER) WITH ('connector' = 'memory', 'static' = 'true')",
          create("log", "UPDATE", GROUPS));
      database.stepDue();
      String key =
          refused(
              database,
              create(
                  "log",
                  "UPDATE",
                  "SELECT v, n, COUNT(*) AS s FROM (" + GROUPS + ") GROUP BY v, n"));
      assertTrue(key.contains("told apart by (v), those of the new query by (v, n)"), key);
      String mode = refused(database, create("log", "COMPLETE", GROUPS + " HAVING COUNT(*) > 1"));
      assertTrue(mode.contains("OUTPUT MODE"), mode);
      assertEquals(database.sorted(GROUPS), logged(database));
    }
  }

  @Test
  void aCrashIsRecoveredToTheOneOrTheOther() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("StandingSinkSuccessionTest: seed " + seed);
    Random random = new Random(seed);
    for (String after : List.of(BY_KEY.get(3), BY_KEY.get(4))) {
      List<Path> images = new ArrayList<>();
      StandingDatabase[] watched = new StandingDatabase[1];
      FaultyFiles files =
          FaultyFiles.watched(
              call -> {
                if (watched[0] != null) {
                  images.add(watched[0].image("image" + after.length() + "." + images.size()));
                }
              });
      String before = BY_KEY.get(1);
      try (StandingDatabase database = open("watched" + after.length(), files)) {
        database.run(create("log", "UPDATE", before));
        database.stepDue();
        database.run("INSERT INTO t VALUES (5, 2), (6, 2), (7, 3)");
        database.stepDue();
        watched[0] = database;
        database.run(create("log", "UPDATE", after));
        database.stepDue();
        watched[0] = null;
        assertTrue(images.size() > 8, () -> images.size() + " calls");
        int apart = after.equals(BY_KEY.get(3)) ? 2 : 6;
        for (int i = random.nextInt(apart); i < images.size(); i += apart) {
          Path image = images.get(i);
          database.goOnIn(image);
          database.run("SET replace_confirmed = true");
          database.stepDue();
          List<String> now = logged(database);
          boolean isBefore = now.equals(database.sorted(before));
          assertTrue(isBefore || now.equals(database.sorted(after)), image + ": " + now);
          database.run("INSERT INTO t VALUES (8, 3), (9, 3)");
          database.stepDue();
          assertEquals(
              database.sorted(isBefore ? before : after), logged(database), image.toString());
          database.run(create("log", "UPDATE", after));
          database.stepDue();
          assertEquals(database.sorted(after), logged(database), image.toString());
        }
      }
    }
  }

  @Test
  void aCallThatFailsLeavesTheOneOrTheOther() {
    int[] calls = new int[1];
    int first;
    int last;
    String before = BY_KEY.get(1);
    String after = BY_KEY.get(3);
    try (StandingDatabase database =
        open("counted", FaultyFiles.watched(call -> calls[0] = call + 1))) {
      database.run(create("log", "UPDATE", before));
      database.stepDue();
      first = calls[0];
      database.run(create("log", "UPDATE", after));
      database.stepDue();
      last = calls[0];
    }
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    int offset = new Random(seed).nextInt(2);
    for (int call = first + offset; call < last; call += 2) {
      try (StandingDatabase database = open("failing" + call, FaultyFiles.once(call))) {
        database.run(create("log", "UPDATE", before));
        database.stepDue();
        try {
          database.session().execute(create("log", "UPDATE", after)).close();
        } catch (TidemillException failed) {
          assertEquals("FILE_IO_FAILED", failed.code().name());
        }
        database.stepDue();
        database.run("INSERT INTO t VALUES (8, 3), (9, 3)");
        database.passMillis(100_000);
        database.standing().stepDue();
        database.stepDue();
        if (database.status("q").equals("FAILED")) {
          database.run("RESUME QUERY q");
          database.stepDue();
        }
        List<String> now = logged(database);
        assertTrue(
            now.equals(database.sorted(before)) || now.equals(database.sorted(after)),
            "call " + call + ": " + now);
        database.run(create("log", "UPDATE", after));
        database.stepDue();
        assertEquals(database.sorted(after), logged(database), "call " + call);
      }
    }
  }
}
