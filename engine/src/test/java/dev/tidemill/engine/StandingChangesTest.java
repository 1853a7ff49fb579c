package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables that change under standing queries: random INSERT, UPDATE, DELETE and MERGE of a table of
 * the database, and random changelogs, against a model of the rows, and the standing queries
 * against the batch result, with restarts and crashes between.
 */
class StandingChangesTest {
  private static final Map<String, String> QUERIES =
      Map.of(
          "q_groups",
          "SELECT v % 4 AS g, COUNT(*) AS n, SUM(v) AS s, MIN(v) AS lo, MAX(v) AS hi FROM t GROUP BY v % 4",
          "q_rows",
          "SELECT id, v FROM t WHERE v > 5",
          "q_join",
          "SELECT a.id, b.id AS other FROM t AS a LEFT JOIN t AS b ON a.v = b.id",
          "q_top",
          "SELECT id, v FROM t ORDER BY v DESC, id LIMIT 3",
          "q_distinct",
          "SELECT DISTINCT v FROM t",
          "q_not",
          "SELECT id FROM t WHERE id NOT IN (SELECT v FROM t WHERE v IS NOT NULL)");

  @TempDir Path directory;

  private static void check(StandingDatabase database, Map<Integer, Integer> model, String when) {
    List<String> expected = new ArrayList<>();
    model.forEach((id, v) -> expected.add(id + "\t" + (v == null ? "NULL" : v)));
    Collections.sort(expected);
    assertEquals(expected, database.sorted("SELECT id, v FROM t"), when);
  }

  private static void checkQueries(StandingDatabase database, String when) {
    QUERIES.forEach(
        (name, sql) ->
            assertEquals(
                database.sorted(sql), database.sorted("SELECT * FROM " + name), when + " " + name));
  }

  private static void createQueries(StandingDatabase database, Random random) {
    QUERIES.forEach(
        (name, sql) ->
            database.run(
                "CREATE STANDING QUERY %s WITH ('max_rows_per_step' = '%d') AS %s"
                    .formatted(name, 1 + random.nextInt(6), sql)));
  }

  private static void stepAll(StandingDatabase database) {
    List<String> before = List.of();
    for (int i = 0; i < 200; i++) {
      database.step(QUERIES.keySet().toArray(String[]::new));
      List<String> now = database.rows("SHOW QUERIES");
      if (now.equals(before)) {
        return;
      }
      before = now;
    }
    throw new AssertionError("no end of steps");
  }

  @Test
  void databaseTablesStandAsTheyChange() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<Integer, Integer> model = new TreeMap<>();
    try (StandingDatabase database = new StandingDatabase(directory.resolve("work"))) {
      database.run(
          "CREATE TABLE t (id INTEGER NOT NULL, v INTEGER) WITH ('append_only' = 'false')");
      createQueries(database, random);
      List<List<String>> snapshots = new ArrayList<>();
      snapshots.add(List.of());
      for (int round = 0; round < 40; round++) {
        String when = "seed " + seed + " round " + round;
        if (change(database, model, random, round)) {
          snapshots.add(database.sorted("SELECT id, v FROM t"));
        }
        if (random.nextInt(6) == 0) {
          database.run("COMPACT TABLE t");
          if (!database
                  .rows("SELECT MAX(snapshot) FROM t$snapshots")
                  .equals(List.of("" + (snapshots.size() - 1)))
              && !model.isEmpty()) {
            snapshots.add(database.sorted("SELECT id, v FROM t"));
          }
        }
        check(database, model, when);
        if (random.nextInt(3) > 0) {
          stepAll(database);
          checkQueries(database, when);
        }
        if (random.nextInt(8) == 0) {
          database.reopen();
        } else if (random.nextInt(8) == 0) {
          database.goOnIn(database.image("work" + round));
        }
        check(database, model, when + " opened anew");
      }
      stepAll(database);
      checkQueries(database, "seed " + seed);
      for (int number = 0; number < snapshots.size(); number++) {
        assertEquals(
            snapshots.get(number),
            database.sorted("SELECT id, v FROM t FOR SYSTEM_TIME AS OF " + number),
            "seed " + seed + " snapshot " + number);
      }
    }
  }

  /** A random change; whether it changed anything. */
  private static boolean change(
      StandingDatabase database, Map<Integer, Integer> model, Random random, int round) {
    int some = random.nextInt(10);
    boolean changes;
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        List<String> values = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
          int id = round * 10 + i;
          Integer v = random.nextInt(5) == 0 ? null : random.nextInt(12);
          model.put(id, v);
          values.add("(" + id + ", " + v + ")");
        }
        database.run("INSERT INTO t VALUES " + String.join(", ", values));
        return true;
      }
      case 2 -> {
        changes = model.values().stream().anyMatch(v -> v != null && v < some);
        database.run("UPDATE t SET v = v * 2 - 3 WHERE v < " + some);
        model.replaceAll((id, v) -> v != null && v < some ? Integer.valueOf(v * 2 - 3) : v);
      }
      case 3 -> {
        changes = model.keySet().stream().anyMatch(id -> id % 10 == some % 4 && id % 3 == 0);
        database.run("DELETE FROM t WHERE id % 10 = " + some % 4 + " AND id % 3 = 0");
        model.keySet().removeIf(id -> id % 10 == some % 4 && id % 3 == 0);
      }
      default -> {
        int first = model.keySet().stream().findFirst().orElse(0);
        int fresh = round * 10 + 9;
        database.run(
            ("MERGE INTO t USING (VALUES (%d, %d), (%d, 7)) AS s (k, w) ON t.id = s.k"
                    + " WHEN MATCHED THEN UPDATE SET v = s.w"
                    + " WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.k, s.w)")
                .formatted(first, some, fresh));
        model.put(first, some);
        model.put(fresh, 7);
        return true;
      }
    }
    return changes;
  }

  @Test
  void changelogsStandAsTheirRowsComeAndGo() throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    boolean debezium = random.nextBoolean();
    Path log = directory.resolve("work/log");
    Files.createDirectories(log);
    Map<Integer, Integer> model = new TreeMap<>();
    try (StandingDatabase database = new StandingDatabase(directory.resolve("work"))) {
      database.run(
          "CREATE TABLE t (id INTEGER NOT NULL, v INTEGER, PRIMARY KEY (id)) WITH ('connector' = 'files', 'path' = 'log',"
              + " 'order_by' = 'name', "
              + (debezium
                  ? "'format' = 'debezium-json')"
                  : "'format' = 'json', 'op_column' = 'op')"));
      createQueries(database, random);
      for (int round = 0; round < 25; round++) {
        String when = "seed " + seed + " round " + round;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= random.nextInt(6); i++) {
          text.append(entry(model, random, debezium)).append('\n');
        }
        Files.writeString(log.resolve("%03d.json".formatted(round)), text);
        check(database, model, when);
        if (random.nextInt(3) > 0) {
          stepAll(database);
          checkQueries(database, when);
        }
        if (random.nextInt(8) == 0) {
          database.reopen();
        }
      }
      stepAll(database);
      checkQueries(database, "seed " + seed);
    }
  }

  private static String entry(Map<Integer, Integer> model, Random random, boolean debezium) {
    int id = random.nextInt(15);
    boolean there = model.containsKey(id);
    Integer before = model.get(id);
    String old = "{\"id\":%d,\"v\":%s}".formatted(id, before);
    if (there && random.nextInt(3) == 0) {
      model.remove(id);
      return debezium
          ? "{\"op\":\"d\",\"before\":%s,\"after\":null}"
              .formatted(random.nextBoolean() ? old : "{\"id\":" + id + "}")
          : "{\"op\":\"%s\",\"id\":%d}".formatted(random.nextBoolean() ? "d" : "-D", id);
    }
    Integer v = random.nextInt(6) == 0 ? null : random.nextInt(12);
    model.put(id, v);
    String now = "{\"id\":%d,\"v\":%s}".formatted(id, v);
    return debezium
        ? "{\"payload\":{\"op\":\"%s\",\"before\":%s,\"after\":%s}}"
            .formatted(there ? "u" : "c", there && random.nextBoolean() ? old : "null", now)
        : "{\"op\":\"%s\",\"id\":%d,\"v\":%s}".formatted(there ? "u" : "c", id, v);
  }

  @Test
  void aQueryThatTakesNoRemovalsRefusesThem() {
    try (StandingDatabase database = new StandingDatabase(directory.resolve("work"))) {
      database.run(
          "CREATE TABLE t (id INTEGER, v INTEGER)",
          "INSERT INTO t VALUES (1, 1), (2, 2)",
          "CREATE STANDING QUERY q OUTPUT MODE APPEND AS SELECT id FROM t");
      database.step("q");
      TidemillException refused =
          assertThrows(
              TidemillException.class, () -> database.session().execute("DELETE FROM t").close());
      assertTrue(refused.text().contains("standing query q"), refused.text());
      database.run("DROP STANDING QUERY q", "DELETE FROM t WHERE id = 1");
      database.run("CREATE STANDING QUERY q AS SELECT COUNT(*) AS n FROM t");
      database.step("q");
      database.run("DELETE FROM t");
      database.step("q");
      assertEquals(List.of("0"), database.rows("SELECT * FROM q"));
    }
  }

  /**
   * Tables that queries read and write, compacted at any time: what a query has not read yet, or
   * reads again after a crash, is there, and the rest goes.
   */
  @Test
  void tablesThatAreReadAreCompacted() throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    String when = "seed " + seed;
    Path work = directory.resolve("work");
    try (StandingDatabase database = new StandingDatabase(work)) {
      database.run(
          "CREATE TABLE s (id INTEGER, v INTEGER) WITH ('append_only' = 'false', 'snapshots_kept' = '1')",
          "CREATE TABLE t (id INTEGER, v INTEGER) WITH ('snapshots_kept' = '1')",
          "CREATE STANDING QUERY sums AS SELECT v, COUNT(*) AS n, SUM(id) AS total FROM s GROUP BY v",
          "CREATE TABLE u (id INTEGER, v INTEGER)",
          "CREATE STANDING QUERY landing INTO t OUTPUT MODE APPEND AS SELECT id, v FROM u",
          "CREATE STANDING QUERY landed AS SELECT v, COUNT(*) AS n FROM t GROUP BY v",
          "CREATE STANDING QUERY slow AS SELECT MAX(id) AS m, COUNT(*) AS n FROM t");
      for (int round = 0; round < 40; round++) {
        database.run(
            "INSERT INTO s VALUES (%d, %d)".formatted(round, random.nextInt(4)),
            "INSERT INTO u VALUES (%d, %d)".formatted(round, random.nextInt(4)));
        if (random.nextInt(4) == 0) {
          database.run("DELETE FROM s WHERE MOD(id, 5) = " + random.nextInt(5));
        }
        switch (random.nextInt(3)) {
          case 0 -> database.step("sums", "landing", "landed");
          case 1 -> database.step("landing", "landed");
          default -> database.step("landing");
        }
        if (random.nextInt(8) == 0) {
          database.step("slow");
        }
        switch (random.nextInt(6)) {
          case 0 -> database.run("COMPACT TABLE s");
          case 1 -> database.run("COMPACT TABLE t");
          case 2 -> database.goOnIn(database.image("image" + round));
          default -> {}
        }
      }
      database.step("sums", "landing", "landed", "slow");
      database.step("landed", "slow");
      // what reads pinned is let go of with their objects: nothing is left of them in a new process
      database.reopen();
      for (String table : List.of("s", "t")) {
        database.run("COMPACT TABLE " + table, "COMPACT TABLE " + table);
        // of more than forty; who has nothing to take stays behind steps of no rows
        long left =
            Long.parseLong(database.value("SELECT COUNT(*) FROM \"" + table + "$snapshots\""));
        assertTrue(left < 25, when + ": " + table + " " + left);
      }
      database.reopen();
      database.step("sums", "landing", "landed", "slow");
      assertEquals(
          database.sorted("SELECT v, COUNT(*) AS n, SUM(id) AS total FROM s GROUP BY v"),
          database.sorted("SELECT * FROM sums"),
          when);
      assertEquals("40", database.value("SELECT COUNT(DISTINCT id) FROM t"), when);
      assertEquals(
          database.sorted("SELECT v, COUNT(*) AS n FROM u GROUP BY v"),
          database.sorted("SELECT * FROM landed"),
          when);
      assertEquals(List.of("39\t40"), database.rows("SELECT * FROM slow"), when);
      database.run("VERIFY sums", "VERIFY landed", "VERIFY slow");
    }
  }

  @Test
  void aCompactionIsNoChangeAndLeavesTheLastSnapshots() throws IOException {
    Path work = directory.resolve("work");
    try (StandingDatabase database = new StandingDatabase(work)) {
      database.run(
          "CREATE TABLE t (id INTEGER, v INTEGER) WITH ('append_only' = 'false', 'snapshots_kept' = '2')",
          "CREATE STANDING QUERY q AS SELECT COUNT(*) AS n, SUM(v) AS s FROM t",
          "INSERT INTO t VALUES (1, 1), (2, 2)",
          "INSERT INTO t VALUES (3, 3)",
          "UPDATE t SET v = 7 WHERE id = 2");
      database.step("q");
      database.run("COMPACT TABLE t");
      database.step("q");
      assertEquals(List.of("3\t11"), database.rows("SELECT * FROM q"));
      database.run("VERIFY q", "DELETE FROM t WHERE id = 1");
      // nobody needs what is behind the place up to which the query has read
      assertTrue(
          assertThrows(
                  TidemillException.class,
                  () ->
                      database
                          .session()
                          .execute("SELECT COUNT(*) FROM t FOR SYSTEM_VERSION AS OF 1")
                          .close())
              .text()
              .contains("snapshot 1 no longer"));
      database.step("q");
      assertEquals(List.of("2\t10"), database.rows("SELECT * FROM q"));
      database.run("DROP STANDING QUERY q");
      database.reopen();
      database.run("COMPACT TABLE t");
      assertEquals(
          List.of("5", "6"), database.rows("SELECT snapshot FROM t$snapshots ORDER BY snapshot"));
      TidemillException refused =
          assertThrows(
              TidemillException.class,
              () ->
                  database.session().execute("SELECT * FROM t FOR SYSTEM_VERSION AS OF 4").close());
      assertTrue(refused.text().contains("snapshot 4 no longer"), refused.text());
      assertEquals(
          List.of("2"), database.rows("SELECT COUNT(*) FROM t FOR SYSTEM_VERSION AS OF 5"));
      try (Stream<Path> files = Files.list(work.resolve("db/tables/t"))) {
        List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
        assertEquals(
            List.of(
                "_tidemill",
                "deletes-0000000005.bin",
                "part-0000000004.parquet",
                "part-0000000006.parquet"),
            names);
      }
      database.run("CREATE STANDING QUERY q AS SELECT COUNT(*) AS n, SUM(v) AS s FROM t");
      database.step("q");
      database.run("INSERT INTO t VALUES (9, 9)");
      database.step("q");
      assertEquals(List.of("3\t19"), database.rows("SELECT * FROM q"));
      database.run("VERIFY q");
    }
  }

  @Test
  void mergeHasParametersInItsValues() {
    try (StandingDatabase database = new StandingDatabase(directory.resolve("work"))) {
      database.run("CREATE TABLE t (id INTEGER, v INTEGER)", "INSERT INTO t VALUES (1, 1), (2, 2)");
      String merge =
          "MERGE INTO t USING (VALUES (1), (2), (3)) AS s (k) ON t.id = s.k"
              + " WHEN MATCHED AND s.k = %s THEN DELETE"
              + " WHEN MATCHED THEN UPDATE SET v = ?"
              + " WHEN NOT MATCHED THEN INSERT VALUES (s.k, ?)";
      PreparedStatement prepared = database.session().prepare(merge.formatted("1"));
      assertEquals(2, prepared.parameterTypes().size());
      try (Result result = prepared.execute(List.of(33, 44))) {
        assertEquals(3, result.updateCount());
      }
      assertEquals(List.of("2\t33", "3\t44"), database.sorted("SELECT * FROM t"));
      TidemillException refused =
          assertThrows(
              TidemillException.class, () -> database.session().prepare(merge.formatted("?")));
      assertTrue(refused.text().contains("a parameter in a condition of MERGE"), refused.text());
    }
  }

  @Test
  void aTimeFarAheadClosesNoWindow() {
    try (StandingDatabase database = new StandingDatabase(directory.resolve("work"))) {
      database.run(
          "CREATE TABLE t (id INTEGER, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('max_event_time_ahead' = '1 hour')",
          "CREATE STANDING QUERY q OUTPUT MODE APPEND AS SELECT window_start, COUNT(*) AS n"
              + " FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start",
          "INSERT INTO t VALUES (1, TIMESTAMP '2026-01-01 00:00:01'), (2, TIMESTAMP '2126-01-01 00:00:00'), (3, NULL)");
      database.step("q");
      assertEquals(1, database.session().progress("q").last().unusual().ahead());
      assertEquals(1, database.session().progress("q").last().unusual().untimed());
      database.run(
          "INSERT INTO t VALUES (4, TIMESTAMP '2026-01-01 00:00:02'), (5, TIMESTAMP '2026-01-01 00:00:20')");
      database.step("q");
      assertEquals(List.of("2026-01-01 00:00:00.000\t2"), database.rows("SELECT * FROM q"));
      assertThrows(
          AssertionError.class,
          () -> database.run("CREATE TABLE u (a INTEGER) WITH ('max_event_time_ahead' = 'soon')"));
    }
  }

  @Test
  void aRemovalOfWhatIsNotThereNamesTableKeyAndStep() throws IOException {
    Path log = directory.resolve("work/log");
    Files.createDirectories(log);
    try (StandingDatabase database = new StandingDatabase(directory.resolve("work"))) {
      database.run(
          "CREATE TABLE t (id INTEGER, v INTEGER, PRIMARY KEY (id)) WITH ('connector' = 'files', 'path' = 'log', 'format' ="
              + " 'json', 'op_column' = 'op')",
          "CREATE STANDING QUERY q AS SELECT COUNT(*) AS n FROM t");
      Files.writeString(
          log.resolve("1.json"), "{\"op\":\"c\",\"id\":1}\n{\"op\":\"d\",\"id\":2}\n");
      TidemillException error = assertThrows(TidemillException.class, () -> database.step("q"));
      String text = error.text();
      assertTrue(text.contains("main.t ") && text.contains("id = 2"), text);
      assertTrue(text.contains("step 0"), text);
    }
  }
}
