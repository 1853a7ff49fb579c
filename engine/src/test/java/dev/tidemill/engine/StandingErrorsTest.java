package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows that an expression fails of: by default they stop the query at its cut; with 'on_error' =
 * 'skip' they are set aside, once each, and the rest is as if they were not there.
 */
class StandingErrorsTest {
  @TempDir Path directory;

  private StandingDatabase open() {
    StandingDatabase database = new StandingDatabase(directory.resolve("work"));
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, d INTEGER, s VARCHAR) WITH ('append_only' = 'false')");
    return database;
  }

  private static String message(StandingDatabase database, String sql) {
    return String.valueOf(
        assertThrows(TidemillException.class, () -> database.rows(sql)).getMessage());
  }

  @Test
  void byDefaultTheQueryStopsAtItsCutAndGoesOnWhenItMaySkip() {
    try (StandingDatabase database = open()) {
      String query = "CREATE STANDING QUERY q%s AS SELECT id, 100 / d AS r FROM t";
      database.run(
          query.formatted(""), "CREATE STANDING QUERY other AS SELECT COUNT(*) AS n FROM t");
      database.run("INSERT INTO t VALUES (1, 2, 'a')");
      database.stepDue();
      database.run("INSERT INTO t VALUES (2, 5, 'b'), (3, 0, 'c')");
      database.stepDue();
      assertEquals("FAILED", database.status("q"));
      String error = String.valueOf(database.session().progress("q").error());
      assertTrue(error.contains("division by zero: 100 / 0"), error);
      assertEquals(List.of("1\t50"), database.rows("SELECT * FROM q"), "as of its last step");
      assertEquals("3", database.value("SELECT * FROM other"));
      // the same query, which may set rows aside now, takes the step that it failed at
      database.run(query.formatted(" WITH ('on_error' = 'skip')"));
      database.stepDue();
      assertEquals("RUNNING", database.status("q"));
      assertEquals(List.of("1\t50", "2\t20"), database.sorted("SELECT * FROM q"));
      assertEquals(
          List.of("{\"id\":\"3\",\"d\":\"0\"}\t1"),
          database.rows("SELECT \"row\", weight FROM \"q$rejected\""));
      assertTrue(message(database, query.formatted("")).contains("'on_error' was skip, is fail"));
    }
  }

  @Test
  void filtersProjectionsKeysAndArgumentsSetRowsAside() {
    try (StandingDatabase database = open()) {
      database.run(
          "CREATE STANDING QUERY q WITH ('on_error' = 'skip')"
              + " AS SELECT 12 / d AS k, SUM(CAST(s AS INTEGER)) AS n FROM t WHERE 60 / (d - 3) > -100 GROUP BY 12 / d");
      database.run(
          "INSERT INTO t VALUES (1, 2, '10'), (2, 3, '20'), (3, 0, '30'), (4, 2, 'x'), (5, 4, '50'),"
              + " (6, 2, NULL), (7, 1, '9999999999')");
      database.stepDue();
      assertEquals(List.of("3\t50", "6\t10"), database.sorted("SELECT * FROM q"));
      assertEquals(4, database.rows("SELECT * FROM \"q$rejected\"").size());
      assertEquals(
          "4", database.value("SELECT rejected_rows FROM \"q$progress\" WHERE rejected_rows > 0"));
      assertEquals(4, database.session().progress("q").rejectedRows());
      List<String> before = database.rows("SELECT * FROM \"q$rejected\"");
      // a crash at once, and a clean end: the same rows, once each
      Path image = database.image("crashed");
      database.goOnIn(image);
      database.stepDue();
      assertEquals(before, database.rows("SELECT * FROM \"q$rejected\""));
      database.reopen();
      database.stepDue();
      assertEquals(before, database.rows("SELECT * FROM \"q$rejected\""));
      // what goes fails as it did when it came
      database.run("DELETE FROM t WHERE id = 4", "DELETE FROM t WHERE id = 5");
      database.stepDue();
      assertEquals(List.of("6\t10"), database.sorted("SELECT * FROM q"));
      assertEquals(
          "-1", database.value("SELECT weight FROM \"q$rejected\" ORDER BY step DESC LIMIT 1"));
      assertTrue(message(database, "VERIFY q").contains("it has set rows aside"));
    }
  }

  @Test
  void whatIsNoMatterOfOneRowStopsTheQuery() {
    try (StandingDatabase database = open()) {
      database.run(
          "CREATE STANDING QUERY q WITH ('on_error' = 'skip')"
              + " AS SELECT SUM(CAST(id AS DECIMAL(38, 0)) * CAST('9999999999999999999' AS DECIMAL(19, 0))) AS n FROM t",
          "INSERT INTO t VALUES (9223372036854775807, 1, 'a')");
      database.stepDue();
      assertEquals("RUNNING", database.status("q"));
      database.run("INSERT INTO t VALUES (9223372036854775806, 1, 'a')");
      for (int i = 0; i < 4; i++) {
        database.stepDue();
      }
      assertEquals(List.of(), database.rows("SELECT * FROM \"q$rejected\""));
      assertTrue(
          message(
                  database,
                  "CREATE STANDING QUERY r WITH ('on_eror' = 'skip') AS SELECT 1 AS x FROM t")
              .contains("did you mean on_error?"));
      assertTrue(
          message(
                  database,
                  "CREATE STANDING QUERY r WITH ('on_error' = 'keep') AS SELECT 1 AS x FROM t")
              .contains("must be fail or skip"));
    }
  }

  @Test
  void whatIsLeftIsTheBatchAnswerOverTheOtherRows() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (StandingDatabase database = open()) {
      database.run(
          "CREATE STANDING QUERY q WITH ('on_error' = 'skip', 'max_rows_per_step' = '3000')"
              + " AS SELECT t.id / t.d AS k, COUNT(*) AS n, SUM(u.id) AS s FROM t JOIN t AS u ON t.id = u.id GROUP BY t.id / t.d");
      long id = 0;
      for (int round = 0; round < 6; round++) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 1000 + random.nextInt(3000); i++) {
          values.add("(%d, %d, 'x')".formatted(id++, random.nextInt(200) - 3));
        }
        database.run("INSERT INTO t VALUES " + String.join(", ", values));
        database.run("DELETE FROM t WHERE id % 97 = " + random.nextInt(97));
        database.stepDue();
        assertEquals("RUNNING", database.status("q"));
        assertEquals(
            database.sorted(
                "SELECT id / d AS k, COUNT(*) AS n, SUM(id) AS s FROM (SELECT id, NULLIF(d, 0) AS d FROM t WHERE d <> 0) GROUP BY id / d"),
            database.sorted("SELECT * FROM q"));
        assertEquals(
            database.value("SELECT COUNT(*) FROM t WHERE d = 0"),
            database.value("SELECT COALESCE(SUM(weight), 0) FROM \"q$rejected\""));
        if (round == 3) {
          database.goOnIn(database.image("after-" + round));
        }
      }
    }
  }
}
