package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Standing queries and time: rows that come too late, partitions that are idle, what goes as time
 * passes. The clock is the test's.
 */
class StandingTimeTest {
  private static final long SEED = Long.getLong("tidemill.test.seed", System.nanoTime());

  private static final List<String> JOINS =
      List.of(
          "SELECT a.id AS i, b.id AS j, a.ts AS t FROM A a JOIN B b ON a.k = b.k AND ON_TIME",
          "SELECT a.id AS i, b.id AS j, a.ts AS t FROM A a LEFT JOIN B b ON a.k = b.k AND ON_TIME",
          "SELECT a.id AS i, b.id AS j, b.ts AS t FROM A a RIGHT JOIN B b ON a.k = b.k AND ON_TIME",
          "SELECT a.id AS i, b.id AS j, COALESCE(a.ts, b.ts) AS t FROM A a FULL JOIN B b ON a.k = b.k AND ON_TIME",
          "SELECT a.id AS i, a.k AS j, a.ts AS t FROM A a WHERE EXISTS (SELECT * FROM B b WHERE a.k = b.k AND ON_TIME)",
          "SELECT a.id AS i, a.k AS j, a.ts AS t FROM A a WHERE NOT EXISTS (SELECT * FROM B b WHERE a.k = b.k AND ON_TIME)",
          "SELECT a.id AS i, b.id AS j, a.ts AS t FROM A a LEFT JOIN B b ON ON_TIME AND a.id < b.id");

  private static final List<String> BY_CLOCK =
      List.of(
          "SELECT id, ts FROM e WHERE ts > LOCALTIMESTAMP - INTERVAL '10' SECOND",
          "SELECT k, COUNT(*) AS n, MAX(id) AS m FROM e WHERE ts BETWEEN LOCALTIMESTAMP - INTERVAL '10' SECOND"
              + " AND LOCALTIMESTAMP GROUP BY k",
          "SELECT k, COUNT(*) AS n FROM e WHERE CAST(ts AS DATE) = CURRENT_DATE AND k > 0 GROUP BY k",
          "SELECT e.id, f.id AS f FROM e JOIN f ON e.k = f.k WHERE e.ts > NOW() - INTERVAL '5' SECOND"
              + " AND f.ts + INTERVAL '8' SECOND >= NOW()",
          "SELECT id FROM e WHERE LOCALTIMESTAMP - CAST(ts AS TIMESTAMP(6)) < INTERVAL '7' SECOND AND id <> 3",
          "SELECT id FROM f WHERE ts <= NOW()");
  private static final List<String> RECOMPUTED =
      List.of(
          "SELECT LOCALTIMESTAMP AS t, COUNT(*) AS n FROM e",
          "SELECT id FROM e WHERE ts > LOCALTIMESTAMP - INTERVAL '1' MONTH",
          "SELECT id FROM e WHERE ts > LOCALTIMESTAMP OR k = 1");

  /** All that was not late makes up the result, over crashes and restarts, and what was is kept. */
  @Test
  void lateRowsAreATableAndOnceThere(@TempDir Path directory) {
    for (int run = 0; run < Integer.getInteger("tidemill.rounds", 2); run++) {
      long seed = SEED + run;
      try (StandingDatabase database =
          new StandingDatabase(directory.resolve("run" + run + "/w"))) {
        lateRows(database, new Random(seed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void lateRows(StandingDatabase database, Random random) {
    database.run(
        "CREATE TABLE e (id BIGINT, note VARCHAR, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)"
            + " WITH ('connector' = 'files', 'path' = 'e', 'format' = 'json')",
        "CREATE TABLE d (id BIGINT, step VARCHAR, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)");
    database.putFile("e/.keep", "");
    for (String table : List.of("e", "d")) {
      database.run(
          "CREATE STANDING QUERY all_%s AS SELECT window_start, COUNT(*) AS n, SUM(id) AS s"
                  .formatted(table)
              + " FROM TUMBLE(TABLE %s, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start"
                  .formatted(table),
          "CREATE STANDING QUERY closed_%s OUTPUT MODE APPEND AS SELECT window_start, COUNT(*) AS n"
                  .formatted(table)
              + " FROM TUMBLE(TABLE %s, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start"
                  .formatted(table));
    }
    long id = 0;
    for (int step = 0; step < 20; step++) {
      StringBuilder lines = new StringBuilder();
      for (int i = random.nextInt(6); i >= 0; i--) {
        String second =
            "%02d".formatted(Math.max(0, Math.min(59, step * 2 + random.nextInt(-12, 4))));
        lines
            .append(
                "{\"id\":%d,\"note\":\"n%d\",\"ts\":\"2026-01-01 00:00:%s\"}"
                    .formatted(id, id, second))
            .append('\n');
        database.run(
            "INSERT INTO d VALUES (%d, 's%d', TIMESTAMP '2026-01-01 00:00:%s')"
                .formatted(id, id, second));
        id++;
      }
      database.putFile("e/%03d.json".formatted(step), lines.toString());
      Path image = random.nextInt(5) == 0 ? database.image("before" + step) : null;
      database.step("all_e", "closed_e", "all_d", "closed_d");
      if (image != null) {
        database.goOnIn(random.nextBoolean() ? image : database.image("behind" + step));
        database.step("all_e", "closed_e", "all_d", "closed_d");
      }
      if (random.nextInt(6) == 0) {
        database.reopen();
      }
      if (step % Integer.getInteger("every", 6) == 0) {
        check(database, "e", "note", "step");
        check(database, "d", "step", "step_");
      }
    }
    assertEquals(
        database.rows("SELECT COUNT(*) FROM \"e$late\" WHERE source LIKE '%/e/0%.json:%'"),
        database.rows("SELECT COUNT(*) FROM \"e$late\" WHERE watermark > ts AND weight = 1"));
  }

  private static void check(
      StandingDatabase database, String table, String text, String stepColumn) {
    for (String query : List.of("all_" + table, "closed_" + table)) {
      database.run("VERIFY " + query);
      String late = "\"%s$late\" WHERE query = '%s'".formatted(table, query);
      assertEquals(
          database.value(
              "SELECT late_rows FROM (VALUES (CAST(%d AS BIGINT))) AS l (late_rows)"
                  .formatted(database.session().progress(query).lateRows())),
          database.value("SELECT COUNT(*) FROM " + late));
      assertEquals(
          List.of(),
          database.rows(
              "SELECT id, %s, ts FROM %s EXCEPT ALL SELECT id, %s, ts FROM %s"
                  .formatted(text, late, text, table)));
    }
    assertEquals(
        database.sorted(
            "SELECT window_start, COUNT(*), SUM(id) FROM TUMBLE(TABLE %s, DESCRIPTOR(ts), INTERVAL '5' SECOND)"
                    .formatted(table)
                + " WHERE id NOT IN (SELECT id FROM \"%s$late\" WHERE query = 'all_%s') GROUP BY window_start"
                    .formatted(table, table)),
        database.sorted("SELECT window_start, n, s FROM all_" + table));
    assertEquals(
        List.of(),
        database.rows(
            "SELECT window_start, n FROM closed_%s EXCEPT ALL SELECT window_start, n FROM all_%s"
                .formatted(table, table)));
    assertEquals(
        List.of(),
        database.rows(
            "SELECT \"%s\" FROM \"%s$late\" GROUP BY \"%s\", id, query HAVING COUNT(*) > 1"
                .formatted(stepColumn, table, stepColumn)));
  }

  /** A table of which nothing comes for its timeout holds no window back, and comes back. */
  @Test
  void anIdleTableIsSetAside(@TempDir Path directory) {
    try (StandingDatabase database = new StandingDatabase(directory.resolve("w"))) {
      for (String table : List.of("a", "b")) {
        database.run(
            "CREATE TABLE %s (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('idle_timeout' = '30 s')"
                .formatted(table));
      }
      database.run(
          "CREATE STANDING QUERY w OUTPUT MODE APPEND AS SELECT window_start, COUNT(*) AS n FROM ("
              + "SELECT window_start, id FROM TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '10' SECOND) UNION ALL"
              + " SELECT window_start, id FROM TUMBLE(TABLE b, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start");
      insert(database, "a", 1, "00:05");
      insert(database, "b", 2, "00:07");
      database.standing().stepDue();
      insert(database, "a", 3, "00:31");
      database.passMillis(20_000);
      database.standing().stepDue();
      assertEquals("0", database.value("SELECT COUNT(*) FROM w"));
      database.passMillis(9_999);
      assertEquals(false, database.standing().stepDue());
      database.passMillis(1);
      assertEquals(true, database.standing().stepDue());
      assertEquals(List.of("2"), database.rows("SELECT n FROM w"));
      assertEquals(false, database.standing().stepDue());
      // What was decided is decided again: the log has the times of the steps.
      database.goOnIn(database.image("crashed"));
      assertEquals(List.of("2"), database.rows("SELECT n FROM w"));
      insert(database, "a", 4, "00:45");
      database.standing().stepDue();
      assertEquals("2", database.value("SELECT COUNT(*) FROM w"));
      // It comes back, too late for what has closed, and holds back what has not.
      insert(database, "b", 5, "00:33");
      insert(database, "b", 6, "00:41");
      insert(database, "a", 7, "01:05");
      database.standing().stepDue();
      assertEquals(List.of("5"), database.rows("SELECT id FROM \"b$late\""));
      assertEquals("2", database.value("SELECT COUNT(*) FROM w"));
      insert(database, "b", 8, "01:01");
      database.standing().stepDue();
      assertEquals(List.of("1", "2", "2"), database.sorted("SELECT n FROM w"));
    }
  }

  private static void insert(StandingDatabase database, String table, int id, String time) {
    database.run(
        "INSERT INTO %s VALUES (%d, TIMESTAMP '2026-01-01 00:%s')".formatted(table, id, time));
  }

  /**
   * Joins that bound the times of their sides by each other's: the batch join over what was not
   * late; in APPEND what is final of it, each row once, and all once the watermark has passed.
   */
  @Test
  void timeBoundedJoinsAreTheBatchJoinOverWhatWasNotLate(@TempDir Path directory) {
    long seed = SEED;
    try (StandingDatabase database = new StandingDatabase(directory.resolve("w"))) {
      timeBoundedJoins(database, new Random(seed));
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private static void timeBoundedJoins(StandingDatabase database, Random random) {
    String within = "b.ts >= a.ts - INTERVAL '2' SECOND AND b.ts <= a.ts + INTERVAL '3' SECOND";
    for (String table : List.of("a", "b")) {
      database.run(
          "CREATE TABLE %s (id BIGINT, k BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)"
              .formatted(table));
    }
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < JOINS.size(); i++) {
      String sql =
          JOINS.get(i).replace("A a", "a a").replace("B b", "b b").replace("ON_TIME", within);
      for (String mode : List.of("UPDATE", "APPEND")) {
        queries.add(mode.toLowerCase(Locale.ROOT) + i);
        database.run(
            "SET unbounded_state = 'forbid'",
            "CREATE STANDING QUERY %s OUTPUT MODE %s AS %s"
                .formatted(queries.getLast(), mode, sql));
      }
    }
    String[] all = queries.toArray(String[]::new);
    int id = 0;
    for (int step = 0; step < 16; step++) {
      for (String table : List.of("a", "b")) {
        StringBuilder rows = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
          int second = Math.max(0, Math.min(59, step * 2 + random.nextInt(-5, 4)));
          rows.append(rows.isEmpty() ? "" : ", ")
              .append(
                  random.nextInt(12) == 0
                      ? "(%d, %d, NULL)".formatted(id++, random.nextInt(3))
                      : "(%d, %s, TIMESTAMP '2026-01-01 00:00:%02d')"
                          .formatted(
                              id++, random.nextInt(9) == 0 ? "NULL" : random.nextInt(3), second));
        }
        if (!rows.isEmpty()) {
          database.run("INSERT INTO " + table + " VALUES " + rows);
        }
      }
      database.step(all);
      if (random.nextInt(5) == 0) {
        database.reopen();
      } else if (random.nextInt(5) == 0) {
        database.goOnIn(database.image("joins" + step));
      }
      if (step % 5 == 4) {
        checkJoins(database, within, false);
      }
    }
    for (String table : List.of("a", "b")) {
      database.run(
          "INSERT INTO %s VALUES (-1, -1, TIMESTAMP '2026-01-01 00:03:00')".formatted(table));
    }
    database.step(all);
    checkJoins(database, within, true);
  }

  private static void checkJoins(StandingDatabase database, String within, boolean isOver) {
    for (int i = 0; i < JOINS.size(); i++) {
      for (String mode : List.of("update", "append")) {
        String query = mode + i;
        String onTime =
            "(SELECT * FROM %s WHERE id NOT IN (SELECT id FROM \"%s$late\" WHERE query = '%s'))";
        String batch =
            JOINS
                .get(i)
                .replace("A a", onTime.formatted("a", "a", query) + " a")
                .replace("B b", onTime.formatted("b", "b", query) + " b")
                .replace("ON_TIME", within);
        if (mode.equals("update")) {
          assertEquals(
              database.sorted(batch), database.sorted("SELECT i, j, t FROM " + query), query);
        } else if (isOver) {
          String old = "(t IS NULL OR t < TIMESTAMP '2026-01-01 00:01:00')";
          assertEquals(
              database.sorted("SELECT * FROM (%s) AS x WHERE %s".formatted(batch, old)),
              database.sorted("SELECT i, j, t FROM " + query + " WHERE " + old),
              query);
        } else {
          assertEquals(
              List.of(),
              database.rows("SELECT i, j, t FROM %s EXCEPT ALL (%s)".formatted(query, batch)),
              query);
        }
      }
    }
  }

  private static final List<String> SESSIONS =
      List.of(
          "SELECT id, k, window_start, window_end FROM BY_KEY",
          "SELECT k, window_start, window_end, COUNT(*) AS n, MIN(id) AS i, SUM(id) AS s, MAX(ts) AS t"
              + " FROM BY_KEY GROUP BY k, window_start, window_end",
          "SELECT window_end, COUNT(*) FILTER (WHERE id % 2 = 0) AS n, AVG(id) AS a FROM BY_KEY GROUP BY k, window_end",
          "SELECT window_start, window_end, k, COUNT(DISTINCT id % 3) AS n FROM BY_KEY GROUP BY k, window_start, window_end",
          "SELECT window_end, COUNT(*) AS n FROM BY_KEY GROUP BY window_end",
          "SELECT k, window_end, MODE(id % 3) AS m FROM BY_KEY WHERE k > 0 GROUP BY k, window_end",
          "SELECT window_end, MIN(note) AS m, COUNT(k) AS n"
              + " FROM SESSION(TABLE T, DESCRIPTOR(ts), INTERVAL '2' SECOND) GROUP BY window_start, window_end");

  /**
   * Sessions: the batch result over what was not late; in APPEND what is final of it, each row
   * once, and all once the watermark has passed. The rows of sessions that are over are dropped.
   */
  @Test
  void sessionsAreTheBatchResultOverWhatWasNotLate(@TempDir Path directory) {
    for (int run = 0; run < Integer.getInteger("tidemill.rounds", 2); run++) {
      long seed = SEED + run;
      try (StandingDatabase database =
          new StandingDatabase(directory.resolve("sessions" + run + "/w"))) {
        sessions(database, new Random(seed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static String sessions(int number, String table) {
    return SESSIONS
        .get(number)
        .replace(
            "FROM BY_KEY",
            "FROM SESSION(TABLE T PARTITION BY k, DESCRIPTOR(ts), INTERVAL '4' SECOND)")
        .replace("TABLE T", "TABLE " + table);
  }

  private static void sessions(StandingDatabase database, Random random) {
    database.run(
        "CREATE TABLE c (id BIGINT, k BIGINT, note VARCHAR, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND)",
        "SET unbounded_state = 'forbid'");
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < SESSIONS.size(); i++) {
      for (String mode : List.of("UPDATE", "APPEND")) {
        queries.add(mode.toLowerCase(Locale.ROOT) + i);
        database.run(
            "CREATE STANDING QUERY %s OUTPUT MODE %s AS %s"
                .formatted(queries.getLast(), mode, sessions(i, "c")));
      }
    }
    String[] all = queries.toArray(String[]::new);
    int id = 0;
    for (int step = 0; step < 20; step++) {
      StringBuilder rows = new StringBuilder();
      for (int i = random.nextInt(6); i > 0; i--) {
        int millis = Math.max(0, Math.min(59_999, step * 2500 + 500 * random.nextInt(-12, 6)));
        rows.append(rows.isEmpty() ? "" : ", ")
            .append(
                "(%d, %s, 'n%d', %s)"
                    .formatted(
                        id++,
                        random.nextInt(9) == 0 ? "NULL" : random.nextInt(4),
                        random.nextInt(9),
                        random.nextInt(12) == 0
                            ? "NULL"
                            : "TIMESTAMP '2026-01-01 00:00:%02d.%03d'"
                                .formatted(millis / 1000, millis % 1000)));
      }
      if (!rows.isEmpty()) {
        database.run("INSERT INTO c VALUES " + rows);
      }
      database.step(all);
      if (random.nextInt(5) == 0) {
        database.reopen();
      } else if (random.nextInt(5) == 0) {
        database.goOnIn(database.image("sessions" + step));
      }
      if (step % 5 == 4) {
        checkSessions(database, false);
      }
    }
    database.run("INSERT INTO c VALUES (-1, -1, '', TIMESTAMP '2026-01-01 00:03:00')");
    database.step(all);
    checkSessions(database, true);
  }

  private static void checkSessions(StandingDatabase database, boolean isOver) {
    for (int i = 0; i < SESSIONS.size(); i++) {
      for (String mode : List.of("update", "append")) {
        String query = mode + i;
        String batch =
            "WITH t AS (SELECT * FROM c WHERE id NOT IN (SELECT id FROM \"c$late\" WHERE query = '%s')) "
                    .formatted(query)
                + sessions(i, "t");
        String result = "SELECT * FROM " + query;
        if (mode.equals("update")) {
          assertEquals(database.sorted(batch), database.sorted(result), query);
        } else if (isOver) {
          String old = " WHERE window_end < TIMESTAMP '2026-01-01 00:02:00'";
          assertEquals(
              database.sorted("SELECT * FROM (%s) AS x%s".formatted(batch, old)),
              database.sorted(result + old),
              query);
        } else {
          assertEquals(
              List.of(), database.rows("%s EXCEPT ALL (%s)".formatted(result, batch)), query);
        }
      }
    }
  }

  /** Rows come in and go out as time passes, in steps without rows too. */
  @Test
  void filtersByTheClockAreTheBatchQueryOfTheMoment(@TempDir Path directory) {
    long seed = SEED;
    try (StandingDatabase database = new StandingDatabase(directory.resolve("w"))) {
      filtersByTheClock(database, new Random(seed));
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private static void filtersByTheClock(StandingDatabase database, Random random) {
    database.run(
        "CREATE TABLE e (id BIGINT, k BIGINT, ts TIMESTAMP(3)) WITH ('append_only' = 'false')",
        "CREATE TABLE f (id BIGINT, k BIGINT, ts TIMESTAMP(3))");
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < BY_CLOCK.size(); i++) {
      queries.add("q" + i);
      database.run(
          "CREATE STANDING QUERY q%d OUTPUT MODE %s AS %s"
              .formatted(
                  i,
                  i == 5 ? "APPEND" : random.nextBoolean() ? "UPDATE" : "COMPLETE",
                  BY_CLOCK.get(i)));
    }
    for (int i = 0; i < RECOMPUTED.size(); i++) {
      database.run("CREATE STANDING QUERY r%d AS %s".formatted(i, RECOMPUTED.get(i)));
    }
    int id = 0;
    for (int step = 0; step < 30; step++) {
      for (int i = random.nextInt(3); i > 0; i--) {
        for (String table : List.of("e", "f")) {
          database.run(
              "INSERT INTO %s SELECT %d, %d, %s"
                  .formatted(
                      table,
                      random.nextInt(4) == 0 ? 3 : id++,
                      random.nextInt(3),
                      random.nextInt(9) == 0
                          ? "NULL"
                          : "CAST(LOCALTIMESTAMP + INTERVAL '%d' SECOND AS TIMESTAMP(3))"
                              .formatted(random.nextInt(-12, 6))));
        }
      }
      if (random.nextInt(4) == 0) {
        database.run(
            random.nextBoolean()
                ? "DELETE FROM e WHERE id = " + random.nextInt(id + 1)
                : "UPDATE e SET k = k + 1 WHERE id = " + random.nextInt(id + 1));
      }
      while (database.standing().stepDue()) {
        database.passMillis(0);
      }
      check(database, queries);
      if (random.nextInt(6) == 0) {
        database.reopen();
      } else if (random.nextInt(6) == 0) {
        database.goOnIn(database.image("clock" + step));
      }
      database.passMillis(
          random.nextInt(12) == 0
              ? 86_400_000L
              : random.nextInt(4) == 0 ? 1 : random.nextInt(9_000));
      while (database.standing().stepDue()) {
        database.passMillis(0);
      }
      check(database, queries);
      if (random.nextInt(4) == 0) {
        database.run("INSERT INTO e VALUES (%d, 1, CAST(NULL AS TIMESTAMP(3)))".formatted(id++));
        database.step("q1", "r0", "r1", "r2");
        for (int i = 0; i < RECOMPUTED.size(); i++) {
          assertEquals(database.sorted(RECOMPUTED.get(i)), database.sorted("SELECT * FROM r" + i));
        }
        database.run("VERIFY q1", "VERIFY r0");
      }
    }
  }

  private static void check(StandingDatabase database, List<String> queries) {
    for (int i = 0; i < queries.size(); i++) {
      assertEquals(
          database.sorted(BY_CLOCK.get(i)),
          database.sorted("SELECT * FROM " + queries.get(i)),
          BY_CLOCK.get(i));
    }
  }

  /** What reads a result goes by the watermark of its query: windows over windows close. */
  @Test
  void windowsOverResultsCloseByTheWatermarkOfTheirQuery(@TempDir Path directory) {
    long seed = SEED;
    try (StandingDatabase database = new StandingDatabase(directory.resolve("w"))) {
      windowsOverResults(database, new Random(seed));
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private static void windowsOverResults(StandingDatabase database, Random random) {
    String minutes =
        "SELECT window_start AS w, k, SUM(n) AS s, COUNT(*) AS c FROM TUMBLE(TABLE %s, DESCRIPTOR(e), INTERVAL '20' SECOND)"
            + " GROUP BY window_start, k";
    String most = "SELECT e, MAX(n) AS m FROM %s GROUP BY e";
    database.run(
        "CREATE TABLE t (id BIGINT, k BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)",
        "SET unbounded_state = 'forbid'");
    List<String> sources = List.of("updated", "appended");
    List<String> all = new ArrayList<>();
    for (String source : sources) {
      all.add(source);
      database.run(
          "CREATE STANDING QUERY %s OUTPUT MODE %s AS SELECT window_end AS e, k, COUNT(*) AS n"
                  .formatted(source, source.equals("updated") ? "UPDATE" : "APPEND")
              + " FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_end, k");
      for (String mode : List.of("UPDATE", "APPEND")) {
        all.add(source + "_minutes_" + mode);
        database.run(
            "CREATE STANDING QUERY %s OUTPUT MODE %s AS %s"
                .formatted(all.getLast(), mode, minutes.formatted(source)));
        all.add(source + "_most_" + mode);
        database.run(
            "CREATE STANDING QUERY %s OUTPUT MODE %s AS %s"
                .formatted(all.getLast(), mode, most.formatted(source)));
      }
    }
    String[] queries = all.toArray(String[]::new);
    int id = 0;
    for (int step = 0; step < 20; step++) {
      for (int i = random.nextInt(4); i >= 0; i--) {
        int second = Math.max(0, step * 5 + random.nextInt(-9, 6));
        database.run(
            "INSERT INTO t VALUES (%d, %d, TIMESTAMP '2026-01-01 00:%02d:%02d')"
                .formatted(id++, random.nextInt(3), second / 60, second % 60));
      }
      database.step(queries);
      if (random.nextInt(5) == 0) {
        database.reopen();
      } else if (random.nextInt(5) == 0) {
        database.goOnIn(database.image("results" + step));
      }
    }
    database.run("INSERT INTO t VALUES (-1, -1, TIMESTAMP '2026-01-01 00:05:01')");
    database.step(queries);
    for (String source : sources) {
      for (String kind : List.of("minutes", "most")) {
        String sql = kind.equals("most") ? most : minutes;
        String batch = sql.formatted(source);
        assertEquals(
            database.sorted(batch),
            database.sorted("SELECT * FROM %s_%s_UPDATE".formatted(source, kind)));
        String column = kind.equals("most") ? "e" : "w";
        String old = " WHERE %s < TIMESTAMP '2026-01-01 00:04:00'".formatted(column);
        assertEquals(
            database.sorted("SELECT * FROM (" + batch + ") AS x" + old),
            database.sorted("SELECT * FROM %s_%s_APPEND".formatted(source, kind) + old));
      }
    }
    assertEquals(
        database.sorted("SELECT * FROM updated WHERE e < TIMESTAMP '2026-01-01 00:04:00'"),
        database.sorted("SELECT * FROM appended WHERE e < TIMESTAMP '2026-01-01 00:04:00'"));
    assertEquals(
        database.rows(
            "SELECT COUNT(*) - (SELECT COUNT(*) FROM \"t$late\" WHERE query = 'updated') FROM t"),
        database.rows("SELECT CAST(SUM(n) AS BIGINT) FROM updated"));
  }
}
