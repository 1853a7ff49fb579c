package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a standing query steps, ends, fails and goes on; by a clock that the test moves. */
class StandingTriggerTest {
  @TempDir Path directory;

  private void withDatabase(Body body) {
    try (StandingDatabase database = new StandingDatabase(directory.resolve("work"))) {
      database.run("CREATE TABLE t (id BIGINT NOT NULL, v INTEGER)");
      body.run(database);
    }
  }

  private interface Body {
    void run(StandingDatabase database);
  }

  private static void insert(StandingDatabase database, long from, long to) {
    StringBuilder rows = new StringBuilder();
    for (long id = from; id <= to; id++) {
      rows.append(rows.isEmpty() ? "" : ", ")
          .append("(")
          .append(id)
          .append(", ")
          .append(id % 5)
          .append(")");
    }
    database.run("INSERT INTO t VALUES " + rows);
  }

  private static void count(StandingDatabase database, String name, String trigger) {
    database.run(
        "CREATE STANDING QUERY " + name + " " + trigger + " AS SELECT COUNT(*) AS n FROM t");
  }

  private static String counted(StandingDatabase database, String name) {
    return String.join(",", database.rows("SELECT n FROM " + name));
  }

  private static int steps(StandingDatabase database) {
    int steps = 0;
    while (database.standing().stepDue()) {
      steps++;
      assertTrue(steps < 100, "no end of steps");
    }
    return steps;
  }

  @Test
  void intervalsGoByTheClock() {
    withDatabase(
        database -> {
          count(database, "q", "TRIGGER EVERY INTERVAL '10' SECOND");
          steps(database);
          insert(database, 1, 3);
          database.passMillis(9_999);
          assertEquals(0, steps(database));
          assertEquals("0", counted(database, "q"));
          database.passMillis(1);
          assertEquals(1, steps(database));
          assertEquals("3", counted(database, "q"));
          database.passMillis(60_000);
          assertEquals(0, steps(database), "no step without rows");
          insert(database, 4, 4);
          assertEquals(1, steps(database));
          insert(database, 5, 5);
          assertEquals(0, steps(database));
        });
  }

  @Test
  void rowsAreExact() {
    withDatabase(
        database -> {
          count(database, "q", "TRIGGER EVERY 10 ROWS");
          count(database, "beside", "TRIGGER EVERY 4 ROWS");
          insert(database, 1, 9);
          steps(database);
          assertEquals("8", counted(database, "beside"));
          assertEquals("", counted(database, "q"));
          insert(database, 10, 35);
          while (database.standing().stepDue()) {
            assertEquals(0, database.session().progress("q").rowsIn() % 10);
            assertEquals(0, database.session().progress("beside").rowsIn() % 4);
          }
          assertEquals("30", counted(database, "q"));
          assertEquals("32", counted(database, "beside"));
          database.reopen();
          insert(database, 36, 44);
          steps(database);
          assertEquals("40", counted(database, "q"));
          assertEquals("44", counted(database, "beside"));
        });
  }

  /** Neither a bound below its rows nor a neighbour that waits for its time holds a trigger up. */
  @Test
  void rowsAreTheSizeOfTheStep() {
    withDatabase(
        database -> {
          database.run(
              "CREATE STANDING QUERY q TRIGGER EVERY 10 ROWS WITH ('max_rows_per_step' = '3')"
                  + " AS SELECT COUNT(*) AS n FROM t",
              "CREATE STANDING QUERY slow TRIGGER EVERY INTERVAL '1' HOUR"
                  + " WITH ('max_rows_per_step' = '4') AS SELECT COUNT(*) AS n FROM t");
          steps(database);
          insert(database, 1, 25);
          assertEquals(2, steps(database));
          assertEquals("20", counted(database, "q"));
          assertEquals("0", counted(database, "slow"));
          database.passMillis(3_600_000);
          steps(database);
          assertEquals("4", counted(database, "slow"));
          database.reopen();
          for (int i = 0; i < 6; i++) {
            database.passMillis(3_600_000);
            steps(database);
          }
          assertEquals("25", counted(database, "slow"));
          assertEquals("20", counted(database, "q"));
        });
  }

  @Test
  void rowsOrInterval() {
    withDatabase(
        database -> {
          count(database, "q", "TRIGGER EVERY 10 ROWS OR INTERVAL '5' SECOND");
          insert(database, 1, 10);
          assertEquals(1, steps(database));
          insert(database, 11, 13);
          assertEquals(0, steps(database));
          database.passMillis(5_000);
          assertEquals(1, steps(database));
          assertEquals("13", counted(database, "q"));
          insert(database, 14, 40);
          assertEquals(2, steps(database));
          assertEquals("33", counted(database, "q"));
        });
  }

  @Test
  void availableNowTakesWhatWasThereInBoundedSteps() {
    withDatabase(
        database -> {
          insert(database, 1, 10);
          insert(database, 11, 25);
          database.run(
              "CREATE STANDING QUERY q TRIGGER AVAILABLE NOW WITH ('max_rows_per_step' = '4')"
                  + " AS SELECT COUNT(*) AS n FROM t");
          assertTrue(database.standing().stepDue());
          assertEquals("4", counted(database, "q"));
          insert(database, 26, 30);
          assertEquals(6, steps(database));
          assertEquals("25", counted(database, "q"));
          assertEquals("ENDED", database.status("q"));
          database.run(
              "CREATE STANDING QUERY q TRIGGER AVAILABLE NOW WITH ('max_rows_per_step' = '4')"
                  + " AS SELECT COUNT(*) AS n FROM t");
          assertEquals(2, steps(database));
          assertEquals("30", counted(database, "q"));
          assertEquals("ENDED", database.status("q"));
        });
  }

  @Test
  void aQueryThatComesLaterCatchesUpInBoundedSteps() {
    withDatabase(
        database -> {
          count(database, "early", "");
          insert(database, 1, 23);
          steps(database);
          database.run(
              "CREATE STANDING QUERY late_one WITH ('max_rows_per_step' = '5') AS SELECT COUNT(*) AS n FROM t",
              "CREATE STANDING QUERY tens TRIGGER EVERY 10 ROWS AS SELECT COUNT(*) AS n FROM t");
          long before = 0;
          while (database.standing().stepDue()) {
            long taken = database.session().progress("late_one").rowsIn();
            assertTrue(taken - before <= 5, taken + " after " + before);
            before = taken;
            assertEquals(0, database.session().progress("tens").rowsIn() % 10);
          }
          assertEquals("23", counted(database, "late_one"));
          assertEquals("20", counted(database, "tens"));
          insert(database, 24, 30);
          steps(database);
          assertEquals("30", counted(database, "late_one"));
          assertEquals("30", counted(database, "tens"));
          assertEquals("30", counted(database, "early"));
        });
  }

  @Test
  void onceIsOneStep() {
    withDatabase(
        database -> {
          insert(database, 1, 10);
          insert(database, 11, 20);
          count(database, "q", "TRIGGER ONCE");
          assertEquals(1, steps(database));
          assertEquals("20", counted(database, "q"));
          assertEquals("ENDED", database.status("q"));
          insert(database, 21, 22);
          assertEquals(0, steps(database));
          database.reopen();
          assertEquals(0, steps(database));
          assertEquals("20", counted(database, "q"));
          count(database, "q", "TRIGGER ONCE");
          assertEquals(1, steps(database));
          assertEquals("22", counted(database, "q"));
        });
  }

  @Test
  void aChainEndsByItself() {
    withDatabase(
        database -> {
          database.run(
              "CREATE TABLE g (id BIGINT NOT NULL, ts TIMESTAMP(3) NOT NULL) WITH ('connector' = 'datagen',"
                  + " 'rows_per_second' = '10', 'total_rows' = '45', 'seed' = '3', 'ts.step' = '1000')",
              "CREATE TABLE landed (id BIGINT NOT NULL, ts TIMESTAMP(3) NOT NULL,"
                  + " WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)"
                  + " WITH ('connector' = 'files', 'path' = 'landed', 'format' = 'json')",
              "CREATE STANDING QUERY landing INTO landed OUTPUT MODE APPEND TRIGGER EVERY 10 ROWS"
                  + " AS SELECT id, ts FROM g",
              "CREATE STANDING QUERY windows OUTPUT MODE APPEND AS SELECT window_start, COUNT(*) AS n"
                  + " FROM TUMBLE(TABLE landed, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start");
          for (int second = 0; second < 8; second++) {
            steps(database);
            if (second == 3) {
              database.reopen();
            }
            database.passMillis(1_000);
          }
          steps(database);
          assertEquals("ENDED", database.status("landing"));
          assertEquals("ENDED", database.status("windows"));
          assertEquals("45", database.value("SELECT COUNT(*) FROM landed"));
          assertEquals("45", database.value("SELECT SUM(n) FROM windows"));
          assertEquals(
              database.sorted(
                  "SELECT window_start, COUNT(*) FROM TUMBLE(TABLE landed, DESCRIPTOR(ts), INTERVAL '10' SECOND)"
                      + " GROUP BY window_start"),
              database.sorted("SELECT * FROM windows"));
          database.reopen();
          assertEquals("ENDED", database.status("windows"));
          assertEquals(0, steps(database));
        });
  }

  @Test
  void lateRowsAreLeftOutAndCounted() {
    withDatabase(
        database -> {
          database.run(
              "CREATE TABLE e (id BIGINT NOT NULL, ts TIMESTAMP(3) NOT NULL, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)",
              "CREATE STANDING QUERY windows OUTPUT MODE APPEND AS SELECT window_start, COUNT(*) AS n"
                  + " FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start",
              "INSERT INTO e VALUES (1, TIMESTAMP '2026-01-01 00:00:01'), (2, TIMESTAMP '2026-01-01 00:00:14')");
          steps(database);
          assertEquals("0", database.value("SELECT COUNT(*) FROM windows"));
          database.run(
              "INSERT INTO e VALUES (3, TIMESTAMP '2026-01-01 00:00:16'), (4, TIMESTAMP '2026-01-01 00:00:02')");
          steps(database);
          assertEquals("2", database.value("SELECT n FROM windows"));
          database.run(
              "INSERT INTO e VALUES (5, TIMESTAMP '2026-01-01 00:00:09.999'), (6, TIMESTAMP '2026-01-01 00:00:10')");
          steps(database);
          assertEquals(1, database.session().progress("windows").lateRows());
          assertEquals(6, database.session().progress("windows").rowsIn());
          assertEquals("1", database.value("SELECT COUNT(*) FROM windows"));
          database.run("INSERT INTO e VALUES (7, TIMESTAMP '2026-01-01 00:00:25')");
          steps(database);
          assertEquals(List.of("2", "3"), database.sorted("SELECT n FROM windows"));
        });
  }

  @Test
  void pausedStoppedDroppedAndCreatedAgain() {
    withDatabase(
        database -> {
          count(database, "a", "");
          count(database, "b", "");
          insert(database, 1, 4);
          steps(database);
          database.run("PAUSE QUERY a");
          insert(database, 5, 6);
          steps(database);
          assertEquals("4", counted(database, "a"));
          assertEquals("6", counted(database, "b"));
          database.reopen();
          assertEquals("PAUSED", database.status("a"));
          assertEquals(0, steps(database));
          database.run("RESUME QUERY a");
          steps(database);
          assertEquals("6", counted(database, "a"));
          database.run("STOP QUERY b");
          insert(database, 7, 7);
          steps(database);
          database.reopen();
          assertEquals("STOPPED", database.status("b"));
          assertEquals("6", counted(database, "b"));
          count(database, "b", "");
          steps(database);
          assertEquals("7", counted(database, "b"));
          TidemillException changed =
              assertThrows(
                  TidemillException.class,
                  () ->
                      database
                          .session()
                          .execute("CREATE STANDING QUERY b AS SELECT SUM(v) AS n FROM t"));
          assertEquals("QUERY_CHANGED", changed.code().name());
          assertTrue(changed.getMessage().contains("the query"), changed.getMessage());
          assertTrue(changed.getMessage().contains("SUM"), changed.getMessage());
          database.run("DROP QUERY b", "CREATE STANDING QUERY b AS SELECT SUM(v) AS n FROM t");
          steps(database);
          assertEquals(database.value("SELECT SUM(v) FROM t"), counted(database, "b"));
          database.reopen();
          insert(database, 8, 9);
          steps(database);
          assertEquals(database.value("SELECT SUM(v) FROM t"), counted(database, "b"));
        });
  }

  @Test
  void aFailedQueryDoesNotStopItsNeighbour() {
    withDatabase(
        database -> {
          database.run(
              "CREATE TABLE sunk (w INTEGER) WITH ('connector' = 'files', 'path' = 'sunk', 'format' = 'json')",
              "CREATE STANDING QUERY bad AS SELECT id, CAST(s AS INTEGER) AS w"
                  + " FROM (SELECT id, CASE WHEN id = 3 THEN 'x' ELSE '1' END AS s FROM t) AS a",
              "CREATE STANDING QUERY sinking INTO sunk AS SELECT CAST(10 / (id - 3) AS INTEGER) AS w FROM t");
          count(database, "good", "");
          insert(database, 1, 2);
          steps(database);
          insert(database, 3, 3);
          steps(database);
          assertEquals("FAILED", database.status("bad"));
          assertEquals("FAILED", database.status("sinking"));
          insert(database, 4, 5);
          steps(database);
          assertEquals("5", counted(database, "good"));
          assertEquals("2", database.value("SELECT COUNT(*) FROM bad"));
          assertTrue(
              database.rows("SHOW QUERIES").stream()
                  .anyMatch(row -> row.startsWith("bad\tFAILED") && row.contains("'x'")),
              String.join("\n", database.rows("SHOW QUERIES")));
          assertThrows(
              TidemillException.class, () -> database.session().execute("RESUME QUERY bad"));
          assertEquals("FAILED", database.status("bad"));
          database.reopen();
          assertEquals("FAILED", database.status("bad"));
          assertThrows(
              TidemillException.class, () -> database.session().execute("RESUME QUERY sinking"));
          insert(database, 6, 7);
          steps(database);
          assertEquals("7", counted(database, "good"));
          assertEquals("2", database.value("SELECT COUNT(*) FROM bad"));
          assertEquals("2", database.value("SELECT COUNT(*) FROM sunk"));
          assertFalse(database.rows("SHOW QUERIES").isEmpty());
        });
  }

  /** The order holds where the result is read, though the column it goes by is not in it. */
  @Test
  void orderByAColumnThatIsNotSelected() {
    withDatabase(
        database -> {
          database.run(
              "CREATE TABLE ordered (id BIGINT NOT NULL)"
                  + " WITH ('connector' = 'files', 'path' = 'ordered', 'format' = 'json')",
              "CREATE STANDING QUERY by_v AS SELECT id FROM t ORDER BY v DESC NULLS LAST, id",
              "CREATE STANDING QUERY complete_v OUTPUT MODE COMPLETE AS SELECT id + 100 AS i FROM t ORDER BY v, id DESC",
              "CREATE STANDING QUERY top_v AS SELECT id FROM t ORDER BY v DESC NULLS LAST, id LIMIT 4",
              "CREATE STANDING QUERY by_count AS SELECT v FROM t GROUP BY v ORDER BY COUNT(*) DESC, v",
              "CREATE STANDING QUERY sinking INTO ordered OUTPUT MODE COMPLETE AS SELECT id FROM t ORDER BY v, id");
          for (int round = 0; round < 4; round++) {
            insert(database, 1 + 7 * round, 7 + 7 * round);
            if (round == 2) {
              database.run("INSERT INTO t VALUES (1000, null), (1, 3)");
            }
            steps(database);
            for (int look = 0; look < 2; look++) {
              assertEquals(
                  database.rows("SELECT id FROM t ORDER BY v DESC NULLS LAST, id"),
                  database.rows("SELECT * FROM by_v"));
              assertEquals(
                  database.rows("SELECT id + 100 FROM t ORDER BY v, id DESC"),
                  database.rows("SELECT i FROM complete_v"));
              assertEquals(
                  database.rows("SELECT id FROM t ORDER BY v DESC NULLS LAST, id LIMIT 4"),
                  database.rows("SELECT * FROM top_v"));
              assertEquals(
                  database.rows("SELECT v FROM t GROUP BY v ORDER BY COUNT(*) DESC, v"),
                  database.rows("SELECT * FROM by_count"));
              assertEquals(
                  database.rows("SELECT id FROM t ORDER BY v, id"),
                  database.rows("SELECT * FROM ordered"));
              database.reopen();
            }
          }
          assertEquals(
              List.of("id\tBIGINT"),
              database.rows("DESCRIBE by_v").stream()
                  .map(row -> String.join("\t", row.split("\t")[0], row.split("\t")[1]))
                  .toList());
        });
  }

  /** Rows that cannot be read are left out, counted, and readable, in batch and step by step. */
  @Test
  void rejectedRowsAreCountedAndKept() {
    withDatabase(
        database -> {
          database.putFile("in/a.json", "{\"id\":1}\nnot json\n{\"id\":\"x\"}\n{\"id\":2}\n");
          database.run(
              "CREATE TABLE l (id BIGINT) WITH ('connector' = 'files', 'path' = 'in', 'format' = 'json',"
                  + " 'on_error' = 'skip')",
              "CREATE STANDING QUERY q AS SELECT COUNT(*) AS n, SUM(id) AS s FROM l",
              "CREATE STANDING QUERY p AS SELECT id FROM l");
          assertEquals("2", database.value("SELECT COUNT(*) FROM l"));
          steps(database);
          assertEquals("2\t3", database.value("SELECT n, s FROM q"));
          assertEquals(2, database.session().progress("q").rejectedRows());
          assertEquals(2, database.session().progress("p").rejectedRows());
          assertEquals(2, database.session().progress("q").rowsIn());
          database.putFile("in/b.json", "{\"id\":3}\n{\"id\":" + "9".repeat(2000) + "}\n");
          steps(database);
          assertEquals("3\t6", database.value("SELECT n, s FROM q"));
          assertEquals(3, database.session().progress("p").rejectedRows());
          assertEquals(3, database.rows("SELECT * FROM \"l$rejected\"").size());
          database.reopen();
          assertEquals(
              List.of("a.json\t2", "a.json\t3", "b.json\t2"),
              database.sorted(
                  "SELECT SUBSTRING(file, CHAR_LENGTH(file) - 5), line FROM \"l$rejected\""));
          assertEquals("3", database.value("SELECT COUNT(*) FROM l"));
          assertEquals(3, database.rows("SELECT * FROM \"l$rejected\"").size());
        });
  }
}
