package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.streaming.QueryListener;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise, through SQL: random rows, random steps of many queries on the same tables, ends and
 * crashes in between. After each step a result is the batch query over exactly the rows taken, and
 * what was delivered is there once.
 */
class StandingPromiseTest {
  private static final int ROUNDS = Integer.getInteger("tidemill.test.rounds", 15);

  /** Kept results; a table in braces is taken as far as the query has read it. */
  private static final Map<String, String> KEPT = new LinkedHashMap<>();

  static {
    KEPT.put("q_filter", "SELECT id, k, v FROM {t} WHERE v > 3");
    KEPT.put("q_append", "SELECT id, v * 2 AS w FROM {t} WHERE k IS NOT NULL");
    KEPT.put(
        "q_aggregate",
        "SELECT k, COUNT(*) AS n, COUNT(v) AS nv, SUM(v) AS sv, MIN(v) AS mn, MAX(s) AS mx FROM {t} GROUP BY k");
    KEPT.put(
        "q_global",
        "SELECT COUNT(*) AS n, COUNT(DISTINCT s) AS d, AVG(v) AS a, MAX(v) AS m FROM {t}");
    KEPT.put(
        "q_having",
        "SELECT k, SUM(v) AS sv FROM {t} GROUP BY k HAVING COUNT(*) > 2 AND MIN(v) < 4");
    KEPT.put(
        "q_nested",
        "SELECT n, COUNT(*) AS c FROM (SELECT k, COUNT(*) AS n FROM {t} GROUP BY k) AS g GROUP BY n");
    KEPT.put(
        "q_join",
        "SELECT {t}.id, {u}.id AS uid, {t}.v + {u}.v AS vv FROM {t} JOIN {u} ON {t}.k = {u}.k");
    KEPT.put(
        "q_join_aggregate",
        "SELECT {u}.s, COUNT(*) AS n, SUM({t}.v) AS sv FROM {t} JOIN {u} ON {t}.k = {u}.k AND {t}.v >= {u}.v"
            + " GROUP BY {u}.s");
    KEPT.put(
        "q_left",
        "SELECT {t}.id, {u}.id AS uid FROM {t} LEFT JOIN {u} ON {t}.k = {u}.k AND {u}.v > 5");
    KEPT.put("q_static", "SELECT {t}.id, d.name FROM {t} JOIN d ON {t}.k = d.k");
    KEPT.put(
        "q_static_left",
        "SELECT {t}.k, d.name, COUNT(*) AS n FROM {t} LEFT JOIN d ON {t}.k = d.k GROUP BY {t}.k, d.name");
    KEPT.put("q_top", "SELECT id, v FROM {t} ORDER BY v DESC NULLS LAST, id LIMIT 5");
    KEPT.put(
        "q_top_of_groups",
        "SELECT k, COUNT(*) AS n FROM {t} GROUP BY k ORDER BY n DESC, k NULLS FIRST LIMIT 2");
    KEPT.put("q_distinct", "SELECT DISTINCT k, s FROM {t}");
    KEPT.put("q_window", "SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY id) AS r FROM {t}");
    KEPT.put(
        "q_exists",
        "SELECT id FROM {t} WHERE EXISTS (SELECT 1 FROM {u} WHERE {u}.k = {t}.k AND {u}.v > {t}.v)");
    KEPT.put(
        "q_not_in",
        "SELECT id, k FROM {t} WHERE k NOT IN (SELECT {u}.k FROM {u} WHERE {u}.k IS NOT NULL)");
    KEPT.put("q_union", "SELECT k, v FROM {t} UNION ALL SELECT k, v FROM {u}");
    KEPT.put("q_except", "SELECT k FROM {t} EXCEPT SELECT k FROM {u}");
    KEPT.put(
        "q_self",
        "SELECT a.k, COUNT(*) AS n FROM {t} AS a JOIN {t} AS b ON a.k = b.k AND a.v < b.v GROUP BY a.k");
    KEPT.put("q_files", "SELECT k, COUNT(*) AS n, SUM(v) AS sv FROM {j} GROUP BY k");
    KEPT.put("q_right", "SELECT {t}.id, {u}.id AS uid FROM {t} RIGHT JOIN {u} ON {t}.k = {u}.k");
    KEPT.put(
        "q_full",
        "SELECT {t}.id, {u}.id AS uid FROM {t} FULL JOIN {u} ON {t}.k = {u}.k AND {t}.v = {u}.v");
    KEPT.put(
        "q_left_count",
        "SELECT {u}.k, COUNT({t}.id) AS n, SUM({t}.v) AS sv FROM {u} LEFT JOIN {t} ON {t}.k = {u}.k GROUP BY {u}.k");
    KEPT.put(
        "q_three",
        "SELECT {t}.id, {u}.id AS uid, d.name FROM {t} JOIN {u} ON {t}.k = {u}.k JOIN d ON {u}.k = d.k");
    KEPT.put("q_static_preserved", "SELECT d.name, {t}.id FROM d LEFT JOIN {t} ON d.k = {t}.k");
    KEPT.put(
        "q_static_full",
        "SELECT d.name, COUNT({t}.id) AS n FROM d FULL JOIN {t} ON d.k = {t}.k GROUP BY d.name");
    KEPT.put("q_in", "SELECT id, s FROM {t} WHERE k IN (SELECT {u}.k FROM {u} WHERE {u}.v > 3)");
    KEPT.put(
        "q_not_exists",
        "SELECT id FROM {t} WHERE NOT EXISTS (SELECT 1 FROM {u} WHERE {u}.k = {t}.k AND {u}.s = {t}.s)");
    KEPT.put("q_scalar", "SELECT id, v FROM {t} WHERE v > (SELECT AVG({u}.v) FROM {u})");
    KEPT.put(
        "q_correlated",
        "SELECT id, (SELECT MAX({u}.v) FROM {u} WHERE {u}.k = {t}.k) AS m FROM {t}");
    KEPT.put(
        "q_three_levels",
        "SELECT MAX(sn) AS m, COUNT(*) AS c FROM (SELECT n, SUM(sv) AS sn FROM"
            + " (SELECT k, COUNT(*) AS n, SUM(v) AS sv FROM {t} GROUP BY k) AS a GROUP BY n) AS b");
    KEPT.put(
        "q_distinct_counts",
        "SELECT k, COUNT(DISTINCT v) AS dv, COUNT(DISTINCT s) AS ds, SUM(DISTINCT v) AS sd FROM {t} GROUP BY k");
    KEPT.put(
        "q_rollup", "SELECT k, s, COUNT(*) AS n, MIN(v) AS mn FROM {t} GROUP BY ROLLUP (k, s)");
    KEPT.put("q_union_distinct", "SELECT k, s FROM {t} UNION SELECT k, s FROM {u}");
    KEPT.put("q_intersect", "SELECT k, v FROM {t} INTERSECT SELECT k, v FROM {u}");
    KEPT.put("q_except_all", "SELECT k FROM {t} EXCEPT ALL SELECT k FROM {u}");
    KEPT.put(
        "q_union_aggregate",
        "SELECT k, COUNT(*) AS n FROM (SELECT k FROM {t} UNION ALL SELECT k FROM {u} WHERE v > 2) AS b GROUP BY k");
    KEPT.put("q_top_ties", "SELECT k, s, v FROM {t} ORDER BY k NULLS FIRST LIMIT 6");
    KEPT.put(
        "q_top_offset", "SELECT id, v FROM {t} ORDER BY v NULLS FIRST, id DESC LIMIT 4 OFFSET 3");
    KEPT.put(
        "q_top_join",
        "SELECT {t}.id, {u}.id AS uid FROM {t} LEFT JOIN {u} ON {t}.k = {u}.k"
            + " ORDER BY {u}.v DESC NULLS LAST, {t}.id, {u}.id LIMIT 5");
    KEPT.put(
        "q_ranked",
        "SELECT id, k FROM (SELECT id, k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC NULLS LAST, id) AS r"
            + " FROM {t}) AS a WHERE r <= 2");
    KEPT.put(
        "q_distinct_of_join",
        "SELECT DISTINCT {t}.s, {u}.s AS us FROM {t} JOIN {u} ON {t}.k = {u}.k");
    KEPT.put("o_hidden", "SELECT id, s FROM {t} ORDER BY v DESC NULLS LAST, k NULLS FIRST, id");
    KEPT.put("o_top_hidden", "SELECT s FROM {t} ORDER BY v DESC NULLS LAST, id LIMIT 7");
    KEPT.put("o_groups", "SELECT k FROM {t} GROUP BY k ORDER BY COUNT(*) DESC, MAX(id)");
    KEPT.put("v_append", "SELECT k, COUNT(*) AS n, SUM(v) AS sv FROM {a} GROUP BY k");
    KEPT.put("v_table", "SELECT {b}.id, d.name FROM {b} LEFT JOIN d ON {b}.k = d.k");
    KEPT.put(
        "v_both", "SELECT {a}.id, {b}.v FROM {a} LEFT JOIN {b} ON {a}.k = {b}.k AND {a}.v = {b}.v");
    KEPT.put(
        "q_files_join",
        "SELECT {j}.id, {t}.id AS tid FROM {j} JOIN {t} ON {j}.k = {t}.k AND {j}.v = {t}.v");
  }

  /** What is delivered to tables, with the mode. */
  private static final Map<String, String> DELIVERED =
      Map.of(
          "s_append", "SELECT id, k, v FROM {t} WHERE v > 2",
          "s_table", "SELECT id, k, v FROM {t} WHERE v > 4",
          "s_update", "SELECT k, COUNT(*) AS n, SUM(v) AS sv FROM {t} GROUP BY k",
          "s_complete", "SELECT k, COUNT(*) AS n, SUM(v) AS sv FROM {t} GROUP BY k");

  /** Tables that grow, by their letters; the last two are what queries deliver. */
  private static final Map<String, String> TABLES = new LinkedHashMap<>();

  static {
    TABLES.put("t", "t");
    TABLES.put("u", "u");
    TABLES.put("j", "j");
    TABLES.put("a", "out_append");
    TABLES.put("b", "out_table");
  }

  private static final List<String> POSITIONS = List.of("p_t", "p_u", "p_j");
  private static final List<String> POSITIONS_OF_DELIVERED = List.of("p_a", "p_b");

  /** How far a query has read: the greatest id of each table. */
  private record Position(Map<String, Long> ids) {
    long of(String table) {
      return ids.getOrDefault(table, 0L);
    }
  }

  /** A row of the table with a watermark, as the model knows it. */
  private record Event(long id, long k, long second) {}

  /** What a query over windows should have given. */
  private static final class WindowModel {
    private final long size;
    private final long slide;
    private final boolean append;
    private int taken;
    private long watermark = Long.MIN_VALUE;
    private final TreeMap<List<Long>, Long> counts = new TreeMap<>(WindowModel::compare);

    WindowModel(long size, long slide, boolean append) {
      this.size = size;
      this.slide = slide;
      this.append = append;
    }

    private static int compare(List<Long> a, List<Long> b) {
      int first = a.get(0).compareTo(b.get(0));
      return first != 0 ? first : a.get(1).compareTo(b.get(1));
    }

    void take(List<Event> events, int upTo) {
      long before = watermark;
      for (Event event : events.subList(taken, upTo)) {
        watermark = Math.max(watermark, event.second() - 5);
        long last = event.second() - Math.floorMod(event.second(), slide);
        long earliest = last;
        while (earliest - slide + size > event.second()) {
          earliest -= slide;
        }
        if (earliest + size <= before) {
          continue;
        }
        for (long start = earliest; start <= last; start += slide) {
          counts.merge(List.of(start, event.k()), 1L, Long::sum);
        }
      }
      taken = Math.max(taken, upTo);
    }

    List<String> rows() {
      List<String> rows = new ArrayList<>();
      counts.forEach(
          (window, count) -> {
            if (!append || window.get(0) + size <= watermark) {
              rows.add(window.get(0) + "\t" + window.get(1) + "\t" + count);
            }
          });
      Collections.sort(rows);
      return rows;
    }
  }

  private final Map<String, Position> positions = new LinkedHashMap<>();
  private final Map<String, WindowModel> windows = new LinkedHashMap<>();
  private final List<Event> events = new ArrayList<>();
  private long ids;
  private long eventSecond = 1000;
  private int images;
  private @Nullable Path imageInStep;
  private boolean imageWanted;

  @Test
  void resultsAreTheBatchQueryOverTheRowsTaken(@TempDir Path directory) {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    try {
      run(directory, new Random(seed));
    } catch (Throwable t) {
      throw new AssertionError("seed " + seed + ": " + t.getMessage(), t);
    }
  }

  private void run(Path directory, Random random) {
    StandingDatabase[] opened = new StandingDatabase[1];
    PrintStream hook =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8) {
          @Override
          public void write(byte[] bytes, int offset, int length) {
            if (imageWanted) {
              imageWanted = false;
              imageInStep = opened[0].image("crash" + ++images);
            }
          }
        };
    try (StandingDatabase database =
        new StandingDatabase(directory.resolve("work"), QueryListener.NONE, hook)) {
      opened[0] = database;
      create(database);
      step(database, allQueries());
      for (int round = 0; round < ROUNDS; round++) {
        change(database, random);
        List<String> stepped = step(database, random);
        check(database, stepped, random);
        restart(database, random);
      }
      stepAll(database);
      check(database, allQueries(), random);
    }
  }

  private void create(StandingDatabase database) {
    database.putFile("in/.keep", "");
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, k INTEGER, v INTEGER, s VARCHAR)",
        "CREATE TABLE u (id BIGINT NOT NULL, k INTEGER, v INTEGER, s VARCHAR)",
        "CREATE TABLE j (id BIGINT NOT NULL, k INTEGER, v INTEGER, s VARCHAR)"
            + " WITH ('connector' = 'files', 'path' = 'in', 'format' = 'json')",
        "CREATE TABLE d (k INTEGER, name VARCHAR) WITH ('static' = 'true')",
        "INSERT INTO d VALUES (1, 'one'), (2, 'two'), (2, 'zwei'), (3, 'three')",
        "CREATE TABLE e (id BIGINT NOT NULL, k INTEGER NOT NULL, ts TIMESTAMP(3) NOT NULL,"
            + " WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)",
        "CREATE TABLE out_append (id BIGINT NOT NULL, k INTEGER, v INTEGER)"
            + " WITH ('connector' = 'files', 'path' = 'out/append', 'format' = 'json')",
        "CREATE TABLE out_table (id BIGINT NOT NULL, k INTEGER, v INTEGER)",
        "CREATE TABLE out_update (k INTEGER, n BIGINT, sv BIGINT)"
            + " WITH ('connector' = 'files', 'path' = 'out/update', 'format' = 'json')",
        "CREATE TABLE changelog_update (k INTEGER, n BIGINT, sv BIGINT, op VARCHAR, step BIGINT)"
            + " WITH ('connector' = 'files', 'path' = 'out/update', 'format' = 'json')",
        "CREATE TABLE out_complete (k INTEGER, n BIGINT, sv BIGINT)"
            + " WITH ('connector' = 'files', 'path' = 'out/complete', 'format' = 'json')",
        "CREATE TABLE printed (n BIGINT) WITH ('connector' = 'print')");
    database.run(
        deliver("s_append", "out_append", "APPEND"), deliver("s_update", "out_update", "UPDATE"));
    database.run(
        "CREATE STANDING QUERY hook INTO printed OUTPUT MODE COMPLETE AS SELECT COUNT(*) AS n FROM t");
    database.run(
        deliver("s_complete", "out_complete", "COMPLETE"),
        deliver("s_table", "out_table", "APPEND"));
    TABLES.forEach(
        (letter, table) ->
            database.run(
                "CREATE STANDING QUERY p_"
                    + letter
                    + " AS SELECT COUNT(*) AS n, COALESCE(MAX(id), 0) AS m FROM "
                    + table));
    KEPT.forEach(
        (name, sql) ->
            database.run(
                "CREATE STANDING QUERY "
                    + name
                    + " OUTPUT MODE "
                    + (name.equals("q_append")
                        ? "APPEND"
                        : name.contains("top") ? "COMPLETE" : "UPDATE")
                    + (name.equals("q_nested") ? " WITH ('max_rows_per_step' = '7')" : "")
                    + " AS "
                    + standing(sql)));
    window(database, "w_update", 10, 10, false);
    window(database, "w_append", 10, 10, true);
    window(database, "w_hop_append", 10, 5, true);
    window(database, "w_hop_update", 10, 5, false);
  }

  /** The query over the tables themselves. */
  private static String standing(String sql) {
    String text = sql;
    for (Map.Entry<String, String> table : TABLES.entrySet()) {
      text =
          text.replace("FROM {" + table.getKey() + "} AS", "FROM " + table.getValue() + " AS")
              .replace("JOIN {" + table.getKey() + "} AS", "JOIN " + table.getValue() + " AS")
              .replaceAll(
                  "(FROM|JOIN) \\{" + table.getKey() + "\\}",
                  "$1 " + table.getValue() + " AS " + table.getKey())
              .replace("{" + table.getKey() + "}", table.getKey());
    }
    return text;
  }

  private static String deliver(String query, String table, String mode) {
    return "CREATE STANDING QUERY "
        + query
        + " INTO "
        + table
        + " OUTPUT MODE "
        + mode
        + " AS "
        + standing(String.valueOf(DELIVERED.get(query)));
  }

  private void window(
      StandingDatabase database, String name, long size, long slide, boolean append) {
    windows.put(name, new WindowModel(size, slide, append));
    String cut =
        size == slide
            ? "TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '" + size + "' SECOND)"
            : "HOP(TABLE e, DESCRIPTOR(ts), INTERVAL '"
                + slide
                + "' SECOND, INTERVAL '"
                + size
                + "' SECOND)";
    database.run(
        "CREATE STANDING QUERY "
            + name
            + " OUTPUT MODE "
            + (append ? "APPEND" : "UPDATE")
            + " AS SELECT window_start, k, COUNT(*) AS n FROM "
            + cut
            + " GROUP BY window_start, k");
  }

  private List<String> allQueries() {
    List<String> all = new ArrayList<>(KEPT.keySet());
    all.addAll(DELIVERED.keySet());
    all.addAll(windows.keySet());
    all.add("hook");
    return all;
  }

  private void change(StandingDatabase database, Random random) {
    database.passMillis(random.nextInt(3000));
    for (String table : List.of("t", "u")) {
      if (random.nextInt(3) > 0) {
        List<String> rows = new ArrayList<>();
        for (int i = random.nextInt(8) + 1; i > 0; i--) {
          rows.add(
              "("
                  + ++ids
                  + ", "
                  + orNull(random, "" + random.nextInt(6))
                  + ", "
                  + orNull(random, "" + random.nextInt(9))
                  + ", "
                  + orNull(random, "'" + (char) ('a' + random.nextInt(4)) + "'")
                  + ")");
        }
        database.run("INSERT INTO " + table + " VALUES " + String.join(", ", rows));
      }
    }
    if (random.nextBoolean()) {
      StringBuilder lines = new StringBuilder();
      for (int i = random.nextInt(8); i > 0; i--) {
        lines.append(
            "{\"id\": %d, \"k\": %s, \"v\": %d}\n"
                .formatted(++ids, orNull(random, "" + random.nextInt(6)), random.nextInt(9)));
      }
      database.putFile("in/%08d.json".formatted(++ids), lines.toString());
    }
    if (random.nextInt(3) > 0) {
      List<String> rows = new ArrayList<>();
      for (int i = random.nextInt(6) + 1; i > 0; i--) {
        eventSecond += random.nextInt(4);
        Event event =
            new Event(
                events.size() + 1,
                random.nextInt(2),
                eventSecond - (random.nextInt(4) == 0 ? random.nextInt(25) : 0));
        events.add(event);
        rows.add(
            "(%d, %d, TIMESTAMP '1970-01-01 00:%02d:%02d')"
                .formatted(event.id(), event.k(), event.second() / 60, event.second() % 60));
      }
      database.run("INSERT INTO e VALUES " + String.join(", ", rows));
    }
  }

  private static String orNull(Random random, String value) {
    return random.nextInt(6) == 0
        ? value.startsWith("'") ? "CAST(NULL AS VARCHAR)" : "null"
        : value;
  }

  private List<String> step(StandingDatabase database, Random random) {
    List<String> chosen = new ArrayList<>();
    for (String query : allQueries()) {
      if (random.nextBoolean()) {
        chosen.add(query);
      }
    }
    if (random.nextInt(3) == 0) {
      chosen.remove("q_nested");
    }
    if (random.nextInt(5) == 0) {
      imageWanted = true;
      chosen.add("hook");
    }
    return step(database, chosen);
  }

  private List<String> step(StandingDatabase database, List<String> chosen) {
    List<String> stepping = new ArrayList<>(chosen);
    stepping.retainAll(windows.keySet());
    database.step(stepping.toArray(String[]::new));
    stepping = new ArrayList<>(chosen);
    stepping.removeAll(windows.keySet());
    stepping.removeIf(query -> query.startsWith("v_"));
    stepping.addAll(POSITIONS);
    database.step(stepping.toArray(String[]::new));
    imageWanted = false;
    List<String> stepped = new ArrayList<>(chosen);
    if (imageInStep != null) {
      // it goes on in the image, where these have not stepped
      stepped.removeIf(query -> query.startsWith("v_"));
    } else {
      stepping = new ArrayList<>(chosen);
      stepping.removeIf(query -> !query.startsWith("v_"));
      stepping.addAll(POSITIONS_OF_DELIVERED);
      database.step(stepping.toArray(String[]::new));
    }
    Map<String, Long> ids = new LinkedHashMap<>();
    for (String table : TABLES.keySet()) {
      ids.put(table, Long.parseLong(database.value("SELECT m FROM p_" + table)));
    }
    Position now = new Position(ids);
    for (String query : stepped) {
      positions.put(query, now);
      WindowModel model = windows.get(query);
      if (model != null) {
        model.take(events, events.size());
      }
    }
    return stepped;
  }

  /** Steps until all is taken. */
  private void stepAll(StandingDatabase database) {
    Position before;
    do {
      before = positions.get("q_filter");
      step(database, allQueries());
    } while (!positions.get("q_filter").equals(before));
  }

  private void check(StandingDatabase database, List<String> queries, Random random) {
    for (String query : queries) {
      String kept = KEPT.get(query);
      WindowModel model = windows.get(query);
      String delivered = DELIVERED.get(query);
      if (kept != null) {
        if (query.startsWith("o_")) {
          assertEquals(
              database.rows(bound(kept, query)), database.rows("SELECT * FROM " + query), query);
        }
        assertEquals(
            database.sorted(bound(kept, query)), database.sorted("SELECT * FROM " + query), query);
      } else if (model != null) {
        String second = "CAST(EXTRACT(EPOCH FROM window_start) AS BIGINT)";
        assertEquals(
            model.rows(), database.sorted("SELECT " + second + " AS w, k, n FROM " + query), query);
      } else if (delivered != null) {
        List<String> expected = database.sorted(bound(delivered, query));
        switch (query) {
          case "s_update" -> assertEquals(expected, applied(database), query);
          default ->
              assertEquals(
                  expected, database.sorted("SELECT * FROM out_" + query.substring(2)), query);
        }
      }
    }
  }

  /** The changelog, applied: each operation fits what was there before it. */
  private static List<String> applied(StandingDatabase database) {
    Map<String, String> rows = new TreeMap<>();
    for (String line :
        database.rows(
            "SELECT k, n, sv, op FROM changelog_update ORDER BY step, CASE op WHEN 'D' THEN 0 ELSE 1 END")) {
      String[] values = line.split("\t");
      String row = values[0] + "\t" + values[1] + "\t" + values[2];
      String before =
          switch (values[3]) {
            case "I", "U" -> rows.put(values[0], row);
            default -> rows.remove(values[0]);
          };
      assertEquals(values[3].equals("I"), before == null, line);
    }
    List<String> all = new ArrayList<>(rows.values());
    Collections.sort(all);
    return all;
  }

  private String bound(String sql, String query) {
    Position position = positions.getOrDefault(query, new Position(Map.of()));
    String bound = sql;
    for (Map.Entry<String, String> table : TABLES.entrySet()) {
      String letter = table.getKey();
      String rows =
          "(SELECT * FROM " + table.getValue() + " WHERE id <= " + position.of(letter) + ")";
      bound =
          bound
              .replaceAll("(FROM|JOIN) \\{" + letter + "\\} AS", "$1 " + rows + " AS")
              .replaceAll("(FROM|JOIN) \\{" + letter + "\\}", "$1 " + rows + " AS " + letter)
              .replace("{" + letter + "}", letter);
    }
    return bound;
  }

  private void restart(StandingDatabase database, Random random) {
    Path inStep = imageInStep;
    imageInStep = null;
    if (inStep != null) {
      database.goOnIn(inStep);
      check(database, allQueries(), random);
    } else {
      switch (random.nextInt(8)) {
        case 0 -> {
          database.reopen();
          check(database, allQueries(), random);
        }
        case 1 -> {
          database.goOnIn(database.image("crash" + ++images));
          check(database, allQueries(), random);
        }
        default -> {}
      }
    }
  }
}
