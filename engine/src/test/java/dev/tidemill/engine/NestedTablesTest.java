package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables of the database with nested columns: what is inserted is read, by queries and by standing
 * queries, into Parquet files too, over ends and crashes.
 */
final class NestedTablesTest {
  private static final long SEED = 20_261_121;

  @TempDir Path directory;

  private final Random random = new Random(SEED);
  private int ids;

  @Test
  void standingQueriesOverNestedColumns() {
    try (StandingDatabase database = new StandingDatabase(directory.resolve("work"))) {
      database.run(
          "CREATE TABLE t (id INTEGER NOT NULL, tags VARCHAR ARRAY,"
              + " m MAP<VARCHAR, INTEGER ARRAY>, r ROW(k INTEGER, ls ROW(x INTEGER) ARRAY))",
          "CREATE TABLE f (id INTEGER, tags VARCHAR ARRAY, m MAP<VARCHAR, INTEGER ARRAY>,"
              + " r ROW(k INTEGER, ls ROW(x INTEGER) ARRAY))"
              + " WITH ('connector' = 'files', 'path' = 'f', 'format' = 'parquet')",
          "CREATE TABLE log (tags VARCHAR ARRAY, n BIGINT)"
              + " WITH ('connector' = 'files', 'path' = 'log', 'format' = 'parquet')",
          "CREATE STANDING QUERY copied INTO f OUTPUT MODE APPEND AS SELECT * FROM t",
          "CREATE STANDING QUERY logged INTO log OUTPUT MODE UPDATE"
              + " AS SELECT tags, COUNT(*) AS n FROM t GROUP BY tags",
          "CREATE STANDING QUERY taken AS SELECT tag, COUNT(*) AS n, MAX(id) AS latest"
              + " FROM t CROSS JOIN UNNEST(tags) AS u(tag) GROUP BY tag");
      for (int round = 0; round < 6; round++) {
        insert(database);
        database.step("copied", "logged", "taken");
        check(database, round);
        if (round == 2) {
          database.reopen();
          check(database, round);
        }
        if (round == 4) {
          insert(database);
          database.goOnIn(database.image("crashed"));
          database.step("copied", "logged", "taken");
          check(database, round);
        }
      }
      database.run("DROP QUERY copied", "DROP QUERY logged", "DROP QUERY taken");
      List<String> before = database.sorted("SELECT * FROM t");
      database.run("ALTER TABLE t ADD COLUMN more ROW(a INTEGER ARRAY)");
      assertEquals(
          before.stream().map(row -> row + "\tNULL").toList(), database.sorted("SELECT * FROM t"));
      database.run("CREATE TABLE c AS SELECT * FROM t");
      assertEquals(database.sorted("SELECT * FROM t"), database.sorted("SELECT * FROM c"));
    }
  }

  private static void check(StandingDatabase database, int round) {
    String message = "seed " + SEED + ", round " + round;
    assertEquals(database.sorted("SELECT * FROM t"), database.sorted("SELECT * FROM f"), message);
    assertEquals(
        database.sorted(
            "SELECT tag, COUNT(*), MAX(id) FROM t CROSS JOIN UNNEST(tags) AS u(tag) GROUP BY tag"),
        database.sorted("SELECT * FROM taken"),
        message);
    Map<String, String> last = new TreeMap<>();
    for (String row : database.rows("SELECT tags, n, op FROM 'log' ORDER BY step, op")) {
      int tab = row.indexOf('\t');
      last.put(row.substring(0, tab), row.substring(tab + 1, row.lastIndexOf('\t')));
    }
    List<String> logged = new ArrayList<>();
    last.forEach((tags, n) -> logged.add(tags + "\t" + n));
    assertEquals(
        database.sorted("SELECT tags, COUNT(*) FROM t GROUP BY tags"),
        logged.stream().sorted().toList(),
        message);
  }

  private void insert(StandingDatabase database) {
    StringBuilder rows = new StringBuilder();
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      rows.append(rows.isEmpty() ? "" : ", ")
          .append('(')
          .append(++ids)
          .append(", ")
          .append(optional(list("VARCHAR", List.of("'a'", "'b'", "NULL"))))
          .append(", ")
          .append(optional("MAP['k', " + list("INTEGER", List.of("1", "NULL")) + ", 'l', NULL]"))
          .append(", ")
          .append(optional("ROW(" + optional("7") + ", ARRAY[ROW(1), NULL])"))
          .append(')');
    }
    database.run("INSERT INTO t VALUES " + rows);
  }

  private String optional(String value) {
    return random.nextInt(4) == 0 ? "NULL" : value;
  }

  private String list(String type, List<String> values) {
    List<String> elements = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      elements.add(values.get(random.nextInt(values.size())));
    }
    return "CAST(ARRAY[" + String.join(", ", elements) + "] AS " + type + " ARRAY)";
  }
}
