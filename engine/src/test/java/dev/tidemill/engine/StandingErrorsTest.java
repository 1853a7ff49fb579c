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
      try (Result result = database.session().execute("SELECT COUNT(*) FROM q")) {
        String warning = result.warnings().getFirst();
        assertTrue(
            warning.startsWith(
                "standing query q has FAILED, its result is that of step 0: division by zero"),
            warning);
      }
      database.run("PAUSE QUERY other");
      try (Result result = database.session().execute("SELECT * FROM other")) {
        assertEquals(
            List.of("standing query other is PAUSED, its result is that of step 1"),
            result.warnings());
      }
      database.run("RESUME QUERY other");
      try (Result result = database.session().execute("SELECT * FROM other")) {
        assertEquals(List.of(), result.warnings());
      }
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

  /** Rows that are compared with the row of an aggregate. */
  @Test
  void filtersByOneRowSetRowsAside() {
    try (StandingDatabase database = open()) {
      database.run(
          "CREATE TABLE u (w INTEGER) WITH ('append_only' = 'false')",
          "INSERT INTO u VALUES (20)",
          "CREATE STANDING QUERY q WITH ('on_error' = 'skip')"
              + " AS SELECT id FROM t WHERE 60 / d > (SELECT AVG(w) FROM u)",
          "INSERT INTO t VALUES (1, 2, 'a'), (2, 0, 'b'), (3, 4, 'c'), (4, NULL, 'd'), (5, 0, 'e')");
      database.stepDue();
      assertEquals(List.of("1"), database.sorted("SELECT * FROM q"));
      assertEquals(2, database.rows("SELECT * FROM \"q$rejected\"").size());
      database.run("INSERT INTO u VALUES (0)", "DELETE FROM t WHERE id IN (1, 2)");
      database.stepDue();
      assertEquals(List.of("3"), database.sorted("SELECT * FROM q"));
      database.reopen();
      database.run("DELETE FROM u");
      database.stepDue();
      assertEquals(List.of(), database.sorted("SELECT * FROM q"));
      assertEquals("RUNNING", database.status("q"));
      String refused =
          message(
              database,
              "CREATE STANDING QUERY m WITH ('on_error' = 'skip') AS SELECT * FROM t"
                  + " MATCH_RECOGNIZE (ORDER BY id MEASURES COUNT(*) AS n PATTERN (x y) DEFINE y AS 10 / d > 1)");
      assertTrue(refused.contains("10 / d"), refused);
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

  /** A pair that the further condition of a join fails of is no match, in joins of every kind. */
  @Test
  void pairsThatAConditionFailsOfAreNoMatches() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    String when = "seed " + seed;
    List<String> joins =
        List.of(
            "SELECT t.id, u.id AS other FROM t JOIN u ON t.s = u.s AND %s > 0",
            "SELECT t.id, u.id AS other FROM t LEFT JOIN u ON t.s = u.s AND %s > 0",
            "SELECT t.id, u.id AS other FROM t RIGHT JOIN u ON t.s = u.s AND %s > 0",
            "SELECT t.id, u.id AS other FROM t FULL JOIN u ON t.s = u.s AND %s > 0",
            "SELECT t.id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE t.s = u.s AND %s > 0)",
            "SELECT t.id FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE t.s = u.s AND %s > 0)",
            "SELECT t.id, u.id AS other FROM t JOIN u ON %s > 8");
    try (StandingDatabase database = open()) {
      database.run(
          "CREATE TABLE u (id BIGINT NOT NULL, d INTEGER, s VARCHAR) WITH ('append_only' = 'false')");
      for (int i = 0; i < joins.size(); i++) {
        database.run(
            "CREATE STANDING QUERY q"
                + i
                + " WITH ('on_error' = 'skip') AS "
                + joins.get(i).formatted("(t.id + u.id) / (t.d - u.d)"));
      }
      for (int round = 0; round < 5; round++) {
        for (String table : List.of("t", "u")) {
          List<String> values = new ArrayList<>();
          for (int i = 0; i < 1 + random.nextInt(60); i++) {
            values.add(
                "(%d, %d, '%c')"
                    .formatted(
                        round * 100 + i, random.nextInt(8), (char) ('a' + random.nextInt(4))));
          }
          database.run("INSERT INTO " + table + " VALUES " + String.join(", ", values));
          database.run("DELETE FROM " + table + " WHERE id % 7 = " + random.nextInt(7));
        }
        database.stepDue();
        for (int i = 0; i < joins.size(); i++) {
          assertEquals("RUNNING", database.status("q" + i), when);
          assertEquals(
              database.sorted(joins.get(i).formatted("(t.id + u.id) / NULLIF(t.d - u.d, 0)")),
              database.sorted("SELECT * FROM q" + i),
              when + " " + joins.get(i));
        }
        // whatever the kind, the pairs that are there are set aside, each once
        String pairs = "SELECT COUNT(*) FROM t JOIN u ON t.s = u.s AND t.d = u.d";
        for (int i = 0; i < 4; i++) {
          assertEquals(
              database.value(pairs),
              database.value("SELECT COALESCE(SUM(weight), 0) FROM \"q" + i + "$rejected\""),
              when + " " + i);
        }
        if (round == 2) {
          database.reopen();
        } else if (round == 3) {
          database.goOnIn(database.image("later"));
        }
      }
      List<String> row =
          database.rows("SELECT operator, \"row\", error FROM \"q0$rejected\" LIMIT 1");
      assertTrue(row.getFirst().contains("\"id_1\""), row.toString());
      assertTrue(row.getFirst().contains("division by zero"), row.toString());
    }
  }

  /** Arguments and keys of whatever is computed over several rows are those of one. */
  @Test
  void argumentsAndKeysAreOfOneRow() {
    try (StandingDatabase database = open()) {
      database.run(
          "INSERT INTO t VALUES (1, 2, 'a'), (2, 0, 'a'), (3, 5, 'b'), (4, 0, 'b'), (5, 4, 'b')");
      List<String> queries =
          List.of(
              "SELECT s, SUM(100 / d) FILTER (WHERE 10 / d > 1) AS x FROM t GROUP BY s",
              "SELECT s, MEDIAN(100 / d) AS x FROM t GROUP BY s",
              "SELECT s, LISTAGG(CAST(id AS VARCHAR)) WITHIN GROUP (ORDER BY 100 / d) AS x FROM t GROUP BY s",
              "SELECT 100 / d AS x, COUNT(*) AS n FROM t GROUP BY 100 / d",
              "SELECT id FROM t ORDER BY 100 / d LIMIT 2",
              "SELECT id, SUM(100 / d) OVER (PARTITION BY s ORDER BY id) AS x FROM t",
              "SELECT id, RANK() OVER (PARTITION BY 8 / d ORDER BY 100 / d) AS x FROM t",
              "SELECT DISTINCT 100 / d AS x FROM t",
              "SELECT 100 / d AS x FROM t EXCEPT SELECT 20 FROM t");
      for (int i = 0; i < queries.size(); i++) {
        database.run(
            "CREATE STANDING QUERY q" + i + " WITH ('on_error' = 'skip') AS " + queries.get(i));
      }
      database.stepDue();
      database.run("INSERT INTO t VALUES (6, 0, 'c'), (7, 9, 'c')", "DELETE FROM t WHERE id = 4");
      database.stepDue();
      for (int i = 0; i < queries.size(); i++) {
        String others =
            queries
                .get(i)
                .replace(
                    "FROM t", "FROM (SELECT id, NULLIF(d, 0) AS d, s FROM t WHERE d <> 0) AS t");
        assertEquals(
            database.sorted(others), database.sorted("SELECT * FROM q" + i), queries.get(i));
        assertEquals(
            "2", database.value("SELECT SUM(weight) FROM \"q" + i + "$rejected\""), queries.get(i));
      }
    }
  }

  @Test
  void whatCannotSetRowsAsideIsRefusedByName() {
    try (StandingDatabase database = open()) {
      String query =
          "CREATE STANDING QUERY q WITH ('on_error' = 'skip') AS WITH RECURSIVE r (id, d) AS"
              + " (SELECT id, d FROM t UNION ALL SELECT id, 100 / (d - 1) FROM r WHERE d > 7) SELECT * FROM r";
      String refused = message(database, query);
      assertTrue(refused.contains("a row that 100 / (d - 1) fails of"), refused);
      assertTrue(
          refused.contains("RECOMPUTED (WITH RECURSIVE)") && refused.contains("TRY"), refused);
      database.run(query.replace("100 / (d - 1)", "TRY(100 / (d - 1))"));
      // a time and an interval are no reason
      database.run(
          "CREATE TABLE e (id BIGINT, ts TIMESTAMP(3))",
          "CREATE STANDING QUERY r WITH ('on_error' = 'skip') AS SELECT COUNT(*) AS n FROM e WHERE ts + INTERVAL '1' HOUR > LOCALTIMESTAMP AND DATE_TRUNC('month', LOCALTIMESTAMP) < ts");
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
