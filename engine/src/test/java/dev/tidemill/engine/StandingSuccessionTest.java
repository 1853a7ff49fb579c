package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A standing query that is replaced by one of which a part is the same: that part keeps its state,
 * and the rest is computed from it, though the rows of the source are gone.
 */
class StandingSuccessionTest {
  private static final String GROUPS = "SELECT v, COUNT(*) AS n, SUM(id) AS s FROM t GROUP BY v";
  private static final String JOIN = "SELECT t.id, u.w FROM t JOIN u ON t.v = u.v";

  @TempDir Path directory;

  private int databases;

  /** Tables in files, with some rows, which a query has taken and which are gone then. */
  private StandingDatabase taken(String query) {
    Path work = directory.resolve("work" + databases++);
    StandingDatabase database = new StandingDatabase(work);
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, v INTEGER)"
            + " WITH ('connector' = 'files', 'path' = 'in/t', 'format' = 'csv')",
        "CREATE TABLE u (v INTEGER, w INTEGER)"
            + " WITH ('connector' = 'files', 'path' = 'in/u', 'format' = 'csv')",
        "SET replace_confirmed = true");
    database.putFile("in/t/a.csv", "id,v\n1,1\n2,1\n3,2\n4,3\n5,3\n6,3\n7,\n");
    database.putFile("in/u/a.csv", "v,w\n1,10\n2,20\n3,10\n3,30\n,40\n");
    database.run("CREATE STANDING QUERY q AS " + query);
    database.stepDue();
    return database;
  }

  /** The rows taken so far are not there any more; those of the batch answer are told before. */
  private static void removeFiles(StandingDatabase database) {
    try {
      Files.delete(database.work().resolve("in/t/a.csv"));
      Files.delete(database.work().resolve("in/u/a.csv"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Replaces a query by another, which gives the batch answer though the files are gone, then after
   * more rows, and after the database was opened again.
   */
  private void keeps(String before, String after, String... said) {
    try (StandingDatabase database = taken(before)) {
      long step = database.session().progress("q").step();
      List<String> answer = database.sorted(after);
      database.passMillis(1000);
      removeFiles(database);
      database.run("SET replace_confirmed = false");
      String create = "CREATE OR REPLACE STANDING QUERY q AS " + after;
      String asked =
          String.valueOf(
              assertThrows(
                      TidemillException.class, () -> database.session().execute(create).close())
                  .getMessage());
      for (String line : said) {
        assertTrue(asked.contains(line), asked);
      }
      assertFalse(asked.contains("from the source"), asked);
      String explained = String.join("\n", database.rows("EXPLAIN " + create));
      for (String line : said) {
        assertTrue(explained.contains(line), explained);
      }
      database.run("SET replace_confirmed = true");
      try (Result done = database.session().execute(create)) {
        assertTrue(asked.contains(String.join("\n  ", done.warnings())), asked);
        assertFalse(done.warnings().isEmpty());
      }
      assertEquals(answer, database.sorted("SELECT * FROM q"));
      assertEquals(step, database.session().progress("q").step());
      database.goOnIn(database.image("crashed" + databases));
      assertEquals(answer, database.sorted("SELECT * FROM q"));
      database.putFile("in/t/b.csv", "id,v\n8,1\n9,5\n10,\n11,3\n");
      database.putFile("in/u/b.csv", "v,w\n5,50\n1,10\n");
      database.stepDue();
      database.reopen();
      putBack(database);
      assertEquals(database.sorted(after), database.sorted("SELECT * FROM q"));
    }
  }

  private static void putBack(StandingDatabase database) {
    database.putFile("in/t/0.csv", "id,v\n1,1\n2,1\n3,2\n4,3\n5,3\n6,3\n7,\n");
    database.putFile("in/u/0.csv", "v,w\n1,10\n2,20\n3,10\n3,30\n,40\n");
  }

  @Test
  void anotherHavingKeepsTheGroups() {
    keeps(
        GROUPS + " HAVING COUNT(*) > 2",
        GROUPS + " HAVING COUNT(*) > 1",
        "rows by themselves (v, n, s): rebuilt from what is kept",
        "aggregate (v, n, s): kept, 4 rows in ",
        "scan of t: kept");
  }

  @Test
  void aColumnOfTheProjectionKeepsTheGroups() {
    keeps(
        GROUPS,
        "SELECT v, n, s, s / n AS mean, n * 2 AS twice FROM (" + GROUPS + ")",
        "aggregate (v, n, s): kept");
  }

  @Test
  void anotherNameKeepsAll() {
    keeps(GROUPS, "SELECT v AS a, COUNT(*) AS b, SUM(id) AS c FROM t GROUP BY v", ": kept");
  }

  @Test
  void anotherLimitKeepsTheGroups() {
    keeps(GROUPS + " ORDER BY n DESC, v LIMIT 2", GROUPS + " ORDER BY n, v LIMIT 3");
  }

  @Test
  void anotherOrderKeepsAll() {
    keeps(GROUPS + " ORDER BY n DESC", GROUPS + " ORDER BY s");
  }

  @Test
  void anAggregateOverAJoinKeepsTheJoin() {
    keeps(JOIN, "SELECT w, SUM(id) AS s FROM (" + JOIN + ") GROUP BY w", "kept");
  }

  @Test
  void anAggregateInPlaceOfAnotherKeepsTheJoin() {
    keeps(
        "SELECT w, SUM(id) AS s FROM (" + JOIN + ") GROUP BY w",
        "SELECT w, MAX(id) AS m, SUM(id) AS s FROM (" + JOIN + ") GROUP BY w",
        "scan of t: kept",
        "scan of u: kept");
  }

  @Test
  void aJoinOfKeptGroups() {
    keeps(
        GROUPS,
        "SELECT a.v, a.n, a.s, b.n AS m, b.s AS r FROM ("
            + GROUPS
            + ") a JOIN ("
            + GROUPS
            + ") b ON a.n = b.v",
        "aggregate (v, n, s): kept, 4 rows in ",
        "rebuilt from what is kept");
  }

  /** The groups are given out before the rows that ask for them, in one of the two. */
  @Test
  void aJoinThatAsksAnAggregateForItsGroups() {
    String groups = "(SELECT v, SUM(w) AS s FROM u GROUP BY v) g";
    String condition = " ON t.v = g.v AND id < s";
    keeps(
        "SELECT id, s FROM t JOIN " + groups + condition,
        "SELECT id, s FROM t JOIN " + groups + condition + " + 10",
        "aggregate (v, s): kept");
    keeps(
        "SELECT id, s FROM " + groups + " JOIN t" + condition,
        "SELECT id, s FROM " + groups + " JOIN t" + condition + " + 10",
        "aggregate (v, s): kept");
  }

  @Test
  void anAggregateOfAnAggregate() {
    keeps(GROUPS, "SELECT n, COUNT(*) AS m, MIN(s) AS l FROM (" + GROUPS + ") GROUP BY n");
  }

  @Test
  void otherWindowsKeepTheRows() {
    keeps(
        "SELECT id, SUM(id) OVER (PARTITION BY v ORDER BY id) AS r FROM t",
        "SELECT id, COUNT(*) OVER (PARTITION BY v ORDER BY id DESC) AS r FROM t",
        "scan of t: kept");
  }

  @Test
  void aJoinOfAnotherKindKeepsTheRowsOfItsSides() {
    keeps(
        "SELECT t.id, u.w FROM t LEFT JOIN u ON t.id = u.v",
        "SELECT t.id, u.w FROM t JOIN u ON t.id = u.v AND t.id < u.w");
  }

  @Test
  void aPlanHasTheShapeItHadWhenTablesWereSmaller() {
    keeps(
        "SELECT v, COUNT(*) AS n FROM t WHERE v IN (VALUES 1, 3) GROUP BY v",
        "SELECT v, n FROM (SELECT v, COUNT(*) AS n FROM t WHERE v IN (VALUES 1, 3) GROUP BY v)"
            + " WHERE n > 2",
        "aggregate (v, n): kept");
  }

  @Test
  void pinnedRowsAreThereBeforeTheOthers() {
    String named =
        "SELECT g.v, g.n, f.x FROM (%s) g JOIN (VALUES (1, 'a'), (2, 'b'), (3, 'c')) AS f(v, x)"
            + " ON g.v = f.v";
    keeps(
        named.formatted(GROUPS + " HAVING COUNT(*) > 2"),
        named.formatted(GROUPS + " HAVING COUNT(*) > 1"),
        "static rows: ",
        "aggregate (");
    keeps(
        "SELECT f.x, COUNT(*) AS n FROM t JOIN (VALUES (1, 'a'), (3, 'c')) AS f(v, x)"
            + " ON t.v = f.v GROUP BY f.x",
        "SELECT x, n FROM (SELECT f.x, COUNT(*) AS n FROM t JOIN (VALUES (1, 'a'), (3, 'c'))"
            + " AS f(v, x) ON t.v = f.v GROUP BY f.x) WHERE n > 2");
  }

  @Test
  void whatIsNotKeptComesFromTheSource() {
    try (StandingDatabase database = taken(GROUPS + " HAVING COUNT(*) > 1")) {
      database.run("SET replace_confirmed = false");
      String filtered = "SELECT v, COUNT(*) AS n, SUM(id) AS s FROM t WHERE id > 2 GROUP BY v";
      String create = "CREATE OR REPLACE STANDING QUERY q AS " + filtered;
      String asked =
          String.valueOf(
              assertThrows(
                      TidemillException.class, () -> database.session().execute(create).close())
                  .getMessage());
      assertTrue(asked.contains("aggregate (v, n, s): rebuilt from the source"), asked);
      assertTrue(asked.contains("no operator has all rows of t"), asked);
      database.run("SET replace_confirmed = true", create);
      database.stepDue();
      assertEquals(database.sorted(filtered), database.sorted("SELECT * FROM q"));
    }
  }

  private static final String BEFORE = GROUPS + " HAVING COUNT(*) > 2";
  private static final String AFTER = "SELECT v, n * 2 AS n, s FROM (" + GROUPS + ")";

  private StandingDatabase stood(String name, FaultyFiles files) {
    StandingDatabase database =
        new StandingDatabase(directory.resolve(name), QueryListener.NONE, System.out, files);
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, v INTEGER)",
        "INSERT INTO t VALUES (1, 1), (2, 1), (3, 1), (4, 2)",
        "SET replace_confirmed = true",
        "CREATE STANDING QUERY q AS " + BEFORE);
    database.stepDue();
    database.run("INSERT INTO t VALUES (5, 2), (6, 2), (7, 3)");
    database.stepDue();
    return database;
  }

  /** The one or the other stands, whole, and goes on. */
  private static void requireOneOfBoth(StandingDatabase database, String when) {
    List<String> now = database.sorted("SELECT * FROM q");
    boolean isBefore = now.equals(database.sorted(BEFORE));
    assertTrue(isBefore || now.equals(database.sorted(AFTER)), when + ": " + now);
    assertEquals(1, database.standing().reports().size(), when);
    database.run("INSERT INTO t VALUES (8, 3), (9, 3)");
    database.stepDue();
    assertEquals(
        database.sorted(isBefore ? BEFORE : AFTER), database.sorted("SELECT * FROM q"), when);
    database.run("CREATE OR REPLACE STANDING QUERY q AS " + AFTER);
    database.stepDue();
    assertEquals(database.sorted(AFTER), database.sorted("SELECT * FROM q"), when);
  }

  @Test
  void aCrashLeavesTheOneOrTheOther() {
    List<Path> images = new ArrayList<>();
    StandingDatabase[] watched = new StandingDatabase[1];
    boolean[] replacing = new boolean[1];
    FaultyFiles files =
        FaultyFiles.watched(
            call -> {
              if (replacing[0]) {
                images.add(watched[0].image("image" + images.size()));
              }
            });
    try (StandingDatabase database = stood("watched", files)) {
      watched[0] = database;
      replacing[0] = true;
      database.run("CREATE OR REPLACE STANDING QUERY q AS " + AFTER);
      replacing[0] = false;
      assertTrue(images.size() > 4, () -> images.size() + " calls");
      for (Path image : images) {
        database.goOnIn(image);
        database.run("SET replace_confirmed = true");
        requireOneOfBoth(database, image.toString());
        database.reopen();
        assertEquals(database.sorted(AFTER), database.sorted("SELECT * FROM q"));
      }
    }
  }

  @Test
  void aCallThatFailsLeavesTheOneOrTheOther() {
    int[] calls = new int[1];
    int first;
    int last;
    try (StandingDatabase database =
        stood("counted", FaultyFiles.watched(call -> calls[0] = call + 1))) {
      first = calls[0];
      database.run("CREATE OR REPLACE STANDING QUERY q AS " + AFTER);
      last = calls[0];
    }
    for (int call = first; call < last; call++) {
      try (StandingDatabase database = stood("failing" + call, FaultyFiles.once(call))) {
        try {
          database.session().execute("CREATE OR REPLACE STANDING QUERY q AS " + AFTER).close();
        } catch (TidemillException failed) {
          assertEquals("FILE_IO_FAILED", failed.code().name());
        }
        requireOneOfBoth(database, "call " + call);
        database.reopen();
        assertEquals(database.sorted(AFTER), database.sorted("SELECT * FROM q"));
      }
    }
  }

  /** Whatever cannot be read, and whenever: the query is there, and so it is after a restart. */
  @Test
  void aSourceThatFailsMeanwhileHidesNoQuery() {
    String rebuilt = "SELECT id, v FROM t WHERE v > 1";
    boolean failed = true;
    for (int reading = 0; failed; reading++) {
      String when = "reading " + reading;
      FaultyFiles files = FaultyFiles.watched(call -> {});
      try (StandingDatabase database = stood("unreadable" + reading, files)) {
        database.run("CREATE STANDING QUERY beside AS SELECT COUNT(*) AS c FROM t");
        database.stepDue();
        files.failReading(path -> path.contains("/tables/t/"), reading);
        try {
          database.session().execute("CREATE OR REPLACE STANDING QUERY q AS " + rebuilt).close();
        } catch (TidemillException refused) {
          assertTrue(String.valueOf(refused.getMessage()).contains("cannot read"), when);
        }
        failed = files.hit() != null;
        files.failReading(path -> false, -1);
        for (int opened = 0; opened < 2; opened++) {
          assertEquals(2, database.standing().reports().size(), when);
          if (database.status("q").equals("FAILED")) {
            database.run("RESUME QUERY q");
          }
          database.run("INSERT INTO t VALUES (8, 3), (9, 3)");
          database.stepDue();
          List<String> now = database.sorted("SELECT * FROM q");
          assertTrue(
              now.equals(database.sorted(rebuilt)) || failed && now.equals(database.sorted(BEFORE)),
              when + ": " + now);
          database.reopen();
        }
      }
    }
  }

  private static final String READER = "SELECT COUNT(*) AS c, SUM(n) AS n FROM q";
  private static final String SECOND = "SELECT c + n AS x FROM reader";

  private static String over(String sql, String query) {
    return sql.replace("FROM q", "FROM (" + query + ")");
  }

  private static void requireReaders(StandingDatabase database, String query, String when) {
    assertEquals(database.sorted(query), database.sorted("SELECT * FROM q"), when);
    String read = over(READER, query);
    assertEquals(database.sorted(read), database.sorted("SELECT * FROM reader"), when);
    assertEquals(
        database.sorted(SECOND.replace("FROM reader", "FROM (" + read + ")")),
        database.sorted("SELECT * FROM second"),
        when);
    database.run("VERIFY q", "VERIFY reader", "VERIFY second");
  }

  @Test
  void readersTakeWhatIsDifferent() {
    List<Path> images = new ArrayList<>();
    StandingDatabase[] watched = new StandingDatabase[1];
    boolean[] watching = new boolean[1];
    FaultyFiles files =
        FaultyFiles.watched(
            call -> {
              if (watching[0]) {
                images.add(watched[0].image("image" + images.size()));
              }
            });
    String before = GROUPS + " HAVING COUNT(*) > 2";
    String after = GROUPS + " HAVING COUNT(*) < 3";
    try (StandingDatabase database = stood("watched", files)) {
      watched[0] = database;
      database.run(
          "CREATE STANDING QUERY reader AS " + READER, "CREATE STANDING QUERY second AS " + SECOND);
      database.stepDue();
      requireReaders(database, before, "before");
      watching[0] = true;
      database.run("CREATE OR REPLACE STANDING QUERY q AS " + after);
      images.add(database.image("replaced"));
      database.stepDue();
      watching[0] = false;
      requireReaders(database, after, "replaced");
      database.run("INSERT INTO t VALUES (10, 3), (11, 4)");
      database.stepDue();
      requireReaders(database, after, "stepped");
      database.run(
          "CREATE OR REPLACE STANDING QUERY q AS " + before,
          "INSERT INTO t VALUES (12, 4), (13, 4)");
      database.stepDue();
      requireReaders(database, before, "replaced again");
      database.reopen();
      database.run("CREATE STANDING QUERY reader AS " + READER);
      requireReaders(database, before, "opened again");
      for (Path image : images) {
        database.goOnIn(image);
        database.run("INSERT INTO t VALUES (20, 3), (21, 4)");
        database.stepDue();
        String now =
            database.sorted("SELECT * FROM q").equals(database.sorted(before)) ? before : after;
        requireReaders(database, now, image.toString());
        database.reopen();
        requireReaders(database, now, image + " opened again");
      }
    }
  }

  @Test
  void readersThatCannotFollowAreNamed() {
    try (StandingDatabase database = stood("work", FaultyFiles.watched(call -> {}))) {
      database.run("CREATE STANDING QUERY reader AS " + READER);
      String behind = refused(database, GROUPS + " HAVING COUNT(*) < 3");
      database.stepDue();
      String columns = refused(database, "SELECT v, n, s, n AS m FROM (" + GROUPS + ")");
      assertTrue(columns.contains("read by reader: DROP QUERY reader first"), columns);
      assertTrue(columns.contains("which expects its columns as they are"), columns);
      assertTrue(behind.isEmpty(), behind);
    }
  }

  /** What is said of a replacement; nothing where it is possible. */
  private static String refused(StandingDatabase database, String query) {
    try {
      database.session().execute("CREATE OR REPLACE STANDING QUERY q AS " + query).close();
      return "";
    } catch (TidemillException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void whatIsBehindTheWatermarkIsInTheResult() {
    String windows =
        "SELECT window_start, window_end, k, COUNT(*) AS n"
            + " FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND)"
            + " GROUP BY window_start, window_end, k";
    String more = "SELECT window_start, k, n FROM (" + windows + ") WHERE n > 1";
    String most = "SELECT k, MAX(n) AS n, COUNT(*) AS c FROM (" + windows + ") GROUP BY k";
    for (String mode : List.of("UPDATE", "APPEND")) {
      try (StandingDatabase database = new StandingDatabase(directory.resolve(mode))) {
        database.run(
            "CREATE TABLE e (k INTEGER, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)",
            "SET replace_confirmed = true",
            "CREATE STANDING QUERY q OUTPUT MODE " + mode + " AS " + windows);
        for (int i = 0; i < 6; i++) {
          database.run(
              "INSERT INTO e VALUES (1, TIMESTAMP '2026-01-01 00:00:%d1'), (%d, TIMESTAMP '2026-01-01 00:00:%d2')"
                  .formatted(i, i % 2, i));
          database.stepDue();
          if (i == 3) {
            database.run("CREATE OR REPLACE STANDING QUERY q OUTPUT MODE " + mode + " AS " + more);
          }
        }
        String open =
            mode.equals("APPEND") ? " WHERE window_start < TIMESTAMP '2026-01-01 00:00:50'" : "";
        assertEquals(
            database.sorted("SELECT * FROM (" + more + ")" + open),
            database.sorted("SELECT * FROM q"),
            mode);
        database.run(
            "CREATE OR REPLACE STANDING QUERY q OUTPUT MODE UPDATE AS " + most,
            "INSERT INTO e VALUES (3, TIMESTAMP '2026-01-01 00:00:59')");
        database.stepDue();
        assertEquals(database.sorted(most), database.sorted("SELECT * FROM q"), mode);
      }
    }
  }
}
