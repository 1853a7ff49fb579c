package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Queries of one group at different triggers: each comes, pauses, goes, catches up and is cut short
 * by ends and crashes at its own time. Each says itself how many rows it has taken, and its result
 * is the batch query over as many of the first rows of its table.
 */
class StandingGroupTest {
  private static final int ROUNDS = Integer.getInteger("tidemill.test.rounds", 40);

  private static final List<String> TRIGGERS =
      List.of(
          "",
          "TRIGGER EVERY 7 ROWS",
          "TRIGGER EVERY 5 ROWS OR INTERVAL '3' SECOND",
          "TRIGGER EVERY INTERVAL '2' SECOND",
          "TRIGGER AVAILABLE NOW",
          "TRIGGER ONCE");

  /** What a query asks of its table, {@code {x}}, and of its result how many rows it has taken. */
  private enum Shape {
    COUNTS("SELECT k, COUNT(*) AS n, SUM(v) AS sv, MAX(id) AS m FROM {x} GROUP BY k", "SUM(n)"),
    ROWS("SELECT id, k, v FROM {x}", "COUNT(*)"),
    NAMES("SELECT x.id, d.name FROM {x} AS x LEFT JOIN d ON x.k = d.k", "COUNT(*)"),
    NESTED(
        "SELECT n, COUNT(*) AS c FROM (SELECT k, COUNT(*) AS n FROM {x} GROUP BY k) AS g GROUP BY n",
        "SUM(n * c)"),
    DISTINCT("SELECT v, COUNT(DISTINCT k) AS dk, COUNT(*) AS n FROM {x} GROUP BY v", "SUM(n)");

    private final String sql;
    private final String taken;

    Shape(String sql, String taken) {
      this.sql = sql;
      this.taken = taken;
    }
  }

  private record Query(String table, Shape shape, String trigger, boolean append) {
    String create(String name, int maxRows) {
      return "CREATE STANDING QUERY %s OUTPUT MODE %s %s WITH ('max_rows_per_step' = '%d') AS %s"
          .formatted(
              name,
              append ? "APPEND" : "UPDATE",
              trigger,
              maxRows,
              shape.sql.replace("{x}", table));
    }
  }

  private final Map<String, Query> queries = new LinkedHashMap<>();
  private final Map<String, Long> lastTaken = new LinkedHashMap<>();
  private final Map<String, Long> rows = new LinkedHashMap<>(Map.of("t", 0L, "j", 0L));
  private long ids;
  private int names;
  private int images;

  @Test
  void eachQueryHasTheFirstRowsOfItsTable(@TempDir Path directory) {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    try (StandingDatabase database = new StandingDatabase(directory.resolve("work"))) {
      run(database, new Random(seed));
    } catch (Throwable t) {
      throw new AssertionError("seed " + seed + ": " + t.getMessage(), t);
    }
  }

  private void run(StandingDatabase database, Random random) {
    database.putFile("in/.keep", "");
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, k INTEGER, v INTEGER)",
        "CREATE TABLE j (id BIGINT NOT NULL, k INTEGER, v INTEGER)"
            + " WITH ('connector' = 'files', 'path' = 'in', 'format' = 'json')",
        "CREATE TABLE d (k INTEGER, name VARCHAR) WITH ('static' = 'true')",
        "INSERT INTO d VALUES (1, 'one'), (2, 'two')");
    for (int round = 0; round < ROUNDS; round++) {
      switch (random.nextInt(8)) {
        case 0, 1 -> grow(database, random);
        case 2 -> create(database, random);
        case 3 -> change(database, random);
        case 4 -> {
          if (random.nextBoolean()) {
            database.reopen();
          } else {
            database.goOnIn(database.image("crash" + ++images));
          }
        }
        default -> {
          grow(database, random);
          database.passMillis(random.nextInt(2500));
          for (int i = random.nextInt(4); i > 0; i--) {
            database.standing().stepDue();
          }
        }
      }
      check(database);
    }
    for (String name : queries.keySet()) {
      if (List.of("PAUSED", "STOPPED").contains(database.status(name))) {
        database.run("RESUME QUERY " + name);
      }
    }
    settle(database);
    check(database);
    checkAllIsTaken(database);
  }

  /** By time alone a query may take no more than one step's rows at once. */
  private void settle(StandingDatabase database) {
    for (int i = 0; i < 100; i++) {
      database.passMillis(5_000);
      int steps = 0;
      while (database.standing().stepDue()) {
        assertTrue(++steps < 500, "no end of steps");
      }
    }
  }

  private void grow(StandingDatabase database, Random random) {
    int count = random.nextInt(9) + 1;
    List<String> values = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String k = random.nextInt(5) == 0 ? "null" : "" + random.nextInt(4);
      values.add("(" + ++ids + ", " + k + ", " + random.nextInt(5) + ")");
      lines.append("{\"id\":%d,\"k\":%s,\"v\":%d}\n".formatted(ids, k, random.nextInt(5)));
    }
    if (random.nextBoolean()) {
      database.run("INSERT INTO t VALUES " + String.join(", ", values));
      rows.merge("t", (long) count, Long::sum);
    } else {
      database.putFile("in/%08d.json".formatted(ids), lines.toString());
      rows.merge("j", (long) count, Long::sum);
    }
  }

  private void create(StandingDatabase database, Random random) {
    if (queries.size() > 9) {
      return;
    }
    Shape shape = Shape.values()[random.nextInt(Shape.values().length)];
    boolean linear = shape == Shape.ROWS || shape == Shape.NAMES;
    Query query =
        new Query(
            random.nextInt(3) == 0 ? "j" : "t",
            shape,
            TRIGGERS.get(random.nextInt(TRIGGERS.size())),
            linear && random.nextBoolean());
    String name = "q" + ++names;
    queries.put(name, query);
    database.run(query.create(name, random.nextBoolean() ? 1000 : 3 + random.nextInt(8)));
  }

  private void change(StandingDatabase database, Random random) {
    if (queries.isEmpty()) {
      return;
    }
    String name = List.copyOf(queries.keySet()).get(random.nextInt(queries.size()));
    switch (QueryStatus.valueOf(database.status(name))) {
      case RUNNING -> {
        switch (random.nextInt(4)) {
          case 0 -> database.run("STOP QUERY " + name);
          case 1 -> {
            database.run("DROP QUERY " + name);
            queries.remove(name);
            lastTaken.remove(name);
          }
          default -> database.run("PAUSE QUERY " + name);
        }
      }
      case PAUSED, STOPPED, SUSPENDED, ENDED -> database.run("RESUME QUERY " + name);
      case FAILED -> throw new AssertionError(database.session().progress(name).error());
    }
  }

  private static long taken(StandingDatabase database, String name, Query query) {
    return Long.parseLong(
        database.value("SELECT COALESCE(" + query.shape().taken + ", 0) FROM " + name));
  }

  private void check(StandingDatabase database) {
    queries.forEach(
        (name, query) -> {
          long taken = taken(database, name, query);
          String which = name + " " + query + " after " + taken + " rows";
          assertTrue(taken >= lastTaken.getOrDefault(name, 0L), which);
          lastTaken.put(name, taken);
          String first = "(SELECT * FROM " + query.table() + " ORDER BY id LIMIT " + taken + ")";
          String from = query.shape().sql.contains("{x} AS x") ? first : first + " AS x";
          assertEquals(
              database.sorted(query.shape().sql.replace("{x}", from)),
              database.sorted("SELECT * FROM " + name),
              which);
          if (query.trigger().equals("TRIGGER EVERY 7 ROWS")) {
            assertEquals(0, taken % 7, which);
          }
        });
  }

  private void checkAllIsTaken(StandingDatabase database) {
    queries.forEach(
        (name, query) -> {
          long all = rows.getOrDefault(query.table(), 0L);
          long taken = lastTaken.getOrDefault(name, 0L);
          String which = name + " " + query + " of " + all;
          if (query.trigger().equals("TRIGGER AVAILABLE NOW")
              || query.trigger().equals("TRIGGER ONCE")) {
            assertEquals("ENDED", database.status(name), which);
          } else {
            assertEquals("RUNNING", database.status(name), which);
            assertEquals(
                query.trigger().equals("TRIGGER EVERY 7 ROWS") ? all - all % 7 : all, taken, which);
          }
        });
  }

  /** Whoever else would write the table hears the query's name, also while that rests. */
  @Test
  void theWriterOfATableIsNamed(@TempDir Path directory) {
    try (StandingDatabase database = new StandingDatabase(directory.resolve("one-writer"))) {
      database.run(
          "CREATE TABLE fed (id BIGINT)",
          "CREATE TABLE taken (id BIGINT)",
          "CREATE STANDING QUERY q INTO taken OUTPUT MODE APPEND AS SELECT id FROM fed",
          "INSERT INTO fed VALUES (1)");
      database.step("q");
      database.run("STOP QUERY q");
      for (String sql :
          List.of(
              "INSERT INTO taken VALUES (2)",
              "DELETE FROM taken",
              "TRUNCATE TABLE taken",
              "CREATE STANDING QUERY p INTO taken OUTPUT MODE APPEND AS SELECT id FROM fed")) {
        TidemillException thrown = assertThrows(TidemillException.class, () -> database.rows(sql));
        assertTrue(
            thrown.getMessage().contains("standing query q writes table taken"),
            thrown.getMessage());
      }
      database.run("DROP QUERY q", "INSERT INTO taken VALUES (2)");
      assertEquals(List.of("1", "2"), database.sorted("SELECT * FROM taken"));
    }
  }
}
