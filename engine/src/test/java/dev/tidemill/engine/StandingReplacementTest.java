package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.delta.StandingPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A standing query whose text changes: what is asked for, what is kept, what is rebuilt, what is
 * refused; and one whose text does not, whatever has become of its tables.
 */
class StandingReplacementTest {
  private static final List<String> QUERIES =
      List.of(
          "SELECT v, COUNT(*) AS n FROM t GROUP BY v",
          "SELECT v, COUNT(*) AS n, SUM(id) AS s FROM t GROUP BY v",
          "SELECT v, n FROM (SELECT v, COUNT(*) AS n FROM t GROUP BY v) WHERE n > 3",
          "SELECT t.id, u.w FROM t JOIN u ON t.v = u.v",
          "SELECT t.v, MAX(u.w) AS w FROM t LEFT JOIN u ON t.v = u.v GROUP BY t.v",
          "SELECT id, ROW_NUMBER() OVER (PARTITION BY v ORDER BY id) AS r FROM t");

  @TempDir Path directory;

  private StandingDatabase open() {
    StandingDatabase database = new StandingDatabase(directory.resolve("work"));
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, v INTEGER)",
        "CREATE TABLE u (v INTEGER, w INTEGER)",
        "CREATE TABLE sunk (id BIGINT NOT NULL)"
            + " WITH ('connector' = 'files', 'path' = 'sunk', 'format' = 'json')");
    return database;
  }

  private static String create(String options, String query) {
    return "CREATE OR REPLACE STANDING QUERY q " + options + " AS " + query;
  }

  private static TidemillException refused(StandingDatabase database, String sql) {
    return assertThrows(TidemillException.class, () -> database.session().execute(sql).close());
  }

  @Test
  void theResultOfEachIsTheBatchResultWhereverItIsReplaced() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    try (StandingDatabase database = open()) {
      database.run("SET replace_confirmed = true");
      int id = 0;
      for (int i = 0; i < 24; i++) {
        database.run("INSERT INTO u VALUES (%d, %d)".formatted(random.nextInt(5), i));
        for (int rows = random.nextInt(6); rows >= 0; rows--) {
          database.run("INSERT INTO t VALUES (%d, %d)".formatted(id++, random.nextInt(5)));
        }
        if (random.nextInt(3) == 0) {
          database.stepDue();
        }
        String query = QUERIES.get(random.nextInt(QUERIES.size()));
        String most = "WITH ('max_rows_per_step' = '%d')".formatted(1 + random.nextInt(20));
        database.run(create(most, query));
        if (random.nextInt(3) == 0) {
          database.goOnIn(database.image("image" + i));
          database.run("SET replace_confirmed = true");
        }
        database.stepDue();
        assertEquals(
            database.sorted(query), database.sorted("SELECT * FROM q"), "seed " + seed + " " + i);
      }
    }
  }

  @Test
  void nothingIsTouchedBeforeItIsConfirmed() {
    try (StandingDatabase database = open()) {
      database.run(create("", QUERIES.get(0)), "INSERT INTO t VALUES (1, 1), (2, 1)");
      database.stepDue();
      TidemillException asked = refused(database, create("", QUERIES.get(1)));
      assertEquals("QUERY_REPLACEMENT_UNCONFIRMED", asked.code().name());
      String text = String.valueOf(asked.getMessage());
      assertTrue(text.contains("scan of t: rebuilt from the source"), text);
      assertTrue(text.contains("aggregate (v, n, s): rebuilt from the source"), text);
      assertEquals(List.of("1\t2"), database.rows("SELECT * FROM q"));
      TidemillException changed = refused(database, "CREATE STANDING QUERY q AS " + QUERIES.get(1));
      assertEquals("QUERY_CHANGED", changed.code().name());
      database.run("INSERT INTO t VALUES (3, 1)");
      database.stepDue();
      assertEquals(List.of("1\t3"), database.rows("SELECT * FROM q"));
    }
  }

  @Test
  void equalOperatorsKeepTheirState() {
    try (StandingDatabase database = open()) {
      database.run(create("", QUERIES.get(0)), "INSERT INTO t VALUES (1, 1), (2, 1)");
      database.stepDue();
      long step = database.session().progress("q").step();
      String other = "SELECT v, COUNT(*) AS n FROM t AS s WHERE TRUE GROUP BY s.v";
      String asked = String.valueOf(refused(database, create("", other)).getMessage());
      assertTrue(asked.contains("aggregate (v, n): kept"), asked);
      database.run("SET replace_confirmed = true", create("TRIGGER EVERY 2 ROWS", other));
      assertEquals(step, database.session().progress("q").step());
      assertEquals(2, database.session().progress("q").rowsIn());
      database.run("INSERT INTO t VALUES (3, 1), (4, 2)");
      database.stepDue();
      assertEquals(database.sorted(other), database.sorted("SELECT * FROM q"));
      database.reopen();
      database.run("CREATE STANDING QUERY q TRIGGER EVERY 2 ROWS AS " + other);
      assertEquals(4, database.session().progress("q").rowsIn());
    }
  }

  @Test
  void whatCannotBeReplacedSaysWhy() {
    try (StandingDatabase database = open()) {
      database.putFile("in/a.json", "{\"id\":1}\n");
      database.run(
          "SET replace_confirmed = true",
          "CREATE TABLE f (id BIGINT) WITH ('connector' = 'files', 'path' = 'in', 'format' = 'json')",
          create("", "SELECT id FROM f"),
          "CREATE STANDING QUERY reader AS SELECT COUNT(*) AS n FROM q",
          "CREATE STANDING QUERY s INTO sunk AS SELECT id FROM t",
          "INSERT INTO t VALUES (1, 1)");
      database.stepDue();
      String read =
          String.valueOf(refused(database, create("", "SELECT id + 1 AS id FROM f")).getMessage());
      assertTrue(read.contains("its result is read by reader"), read);
      String delivered =
          String.valueOf(
              refused(
                      database,
                      "CREATE OR REPLACE STANDING QUERY s INTO sunk AS SELECT DISTINCT id FROM t")
                  .getMessage());
      assertTrue(delivered.contains("impossible: what it has appended to sunk stays"), delivered);
      assertEquals(List.of("1"), database.rows("SELECT * FROM sunk"));
    }
  }

  @Test
  void unchangedSqlGoesOnWithItsPlanWhateverItsTablesHaveBecome() {
    try (StandingDatabase database = open()) {
      String query =
          "SELECT t.v, COUNT(*) AS n FROM t JOIN u ON t.v = u.v JOIN t AS o ON o.id = t.id GROUP BY t.v";
      database.run(
          "INSERT INTO t VALUES (1, 1), (2, 2)",
          "INSERT INTO u VALUES (1, 1), (2, 2), (2, 3)",
          "CREATE STANDING QUERY q AS " + query);
      database.stepDue();
      StandingPlan plan = database.standing().plan("q");
      long rows = database.session().progress("q").rowsIn();
      StringBuilder more = new StringBuilder("INSERT INTO t VALUES (3, 3)");
      for (int i = 4; i < 204; i++) {
        more.append(", (").append(i).append(", ").append(i % 7).append(')');
      }
      database.run(more.toString());
      database.reopen();
      database.run(
          "ANALYZE TABLE t",
          "ANALYZE TABLE u",
          "SET broadcast_threshold = '1B'",
          "SET join_distribution = shuffle",
          "CREATE STANDING QUERY q AS " + query);
      database.run("CREATE STANDING QUERY today AS " + query);
      assertNotEquals(plan.root(), database.standing().plan("today").root());
      assertEquals(plan, database.standing().plan("q"));
      assertEquals(rows, database.session().progress("q").rowsIn());
      database.stepDue();
      assertEquals(database.sorted(query), database.sorted("SELECT * FROM q"));
    }
  }
}
