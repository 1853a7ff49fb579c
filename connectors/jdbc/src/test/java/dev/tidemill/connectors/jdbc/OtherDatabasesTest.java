package dev.tidemill.connectors.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases in process, by their own statements and by those that every database has. */
final class OtherDatabasesTest {
  private static final String COLUMNS =
      "id BIGINT, b BOOLEAN, i1 TINYINT, i4 INTEGER, d DOUBLE, n DECIMAL(12, 3), v VARCHAR, x VARBINARY, da DATE, ts TIMESTAMP(6)";

  @TempDir Path temporary;

  private static String options(String database, Path directory) {
    String url =
        switch (database) {
          case "h2" -> "jdbc:h2:" + directory.resolve("h2") + ";DB_CLOSE_DELAY=5";
          case "sqlite" -> "jdbc:sqlite:" + directory.resolve("lite.db");
          case "duckdb" -> "jdbc:duckdb:" + directory.resolve("duck.db");
          default -> throw new IllegalArgumentException(database);
        };
    return "'connector' = 'jdbc', 'url' = '" + url + "'";
  }

  /** What a database has, with types given and as it says itself, is what was written to it. */
  private static void assertSameRows(TestEngine engine, List<String> conditions) {
    for (String where : conditions) {
      List<String> mine = engine.rows("SELECT * FROM mine" + where);
      assertEquals(mine, engine.rows("SELECT * FROM theirs" + where), where);
      assertEquals(mine, engine.rows("SELECT * FROM inferred" + where), "inferred " + where);
    }
    assertEquals(3, engine.lines("SELECT id FROM inferred LIMIT 3").size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "duckdb"})
  void valuesAndConditions(String database) throws Exception {
    try (TestEngine engine = new TestEngine(Files.createDirectories(temporary.resolve("work")))) {
      engine.run(
          "CREATE TABLE mine (" + COLUMNS + ") WITH ('connector' = 'memory')",
          "INSERT INTO mine SELECT n, n % 3 = 0, CAST(n % 100 AS TINYINT), CAST(n * 7 % 50 AS INTEGER), n / 8.0E0, CAST(n * 1.125 AS DECIMAL(12, 3)),"
              + " CASE WHEN n % 11 = 0 THEN NULL ELSE 'Größe ' || CAST(n % 13 AS VARCHAR) END, X'00FF', DATE '2026-01-01' + n * INTERVAL '1' DAY,"
              + " TIMESTAMP '2026-01-01 00:00:00.000001' + n * INTERVAL '1' SECOND FROM (SELECT CAST(v AS BIGINT) AS n FROM UNNEST(SEQUENCE(1, 500)) AS t (v)) AS s",
          "INSERT INTO mine VALUES (0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
          "CREATE TABLE theirs ("
              + COLUMNS
              + ") WITH ("
              + options(database, temporary)
              + ", 'table' = 'things', 'create_table' = 'true')",
          "INSERT INTO theirs SELECT * FROM mine",
          "CREATE TABLE inferred WITH (" + options(database, temporary) + ", 'table' = 'things')");
      assertSameRows(
          engine,
          List.of(
              "",
              " WHERE id BETWEEN 3 AND 40",
              " WHERE v = 'Größe 3'",
              " WHERE v <> 'Größe 3'",
              " WHERE v IN ('Größe 3', 'größe 4') OR v IS NULL",
              " WHERE v < 'Größe 2' AND n > 12.5",
              " WHERE v LIKE 'Gr%1'",
              " WHERE d <= 2.5E0 AND b",
              " WHERE da >= DATE '2026-03-01'",
              " WHERE ts = TIMESTAMP '2026-01-01 00:00:07.000001'",
              " WHERE n = 1.125"));
      for (String wrong : List.of("'tabel' = 'things'", "'table' = 'things', 'fetch_row' = '1'")) {
        String message =
            String.valueOf(
                engine
                    .fails(
                        "CREATE TABLE misspelt WITH ("
                            + options(database, temporary)
                            + ", "
                            + wrong
                            + ")")
                    .getMessage());
        assertTrue(message.contains("; did you mean "), message);
      }
      assertEquals(List.of("501"), engine.rows("SELECT COUNT(*) FROM inferred"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "duckdb", "sqlite"})
  void standingQueriesWriteByKey(String database) throws Exception {
    try (TestEngine engine = new TestEngine(Files.createDirectories(temporary.resolve("work")))) {
      engine.putFile("sales/1.csv", "item,n\ntea,1\npot,2\ntea,3\n");
      engine.run(
          "CREATE TABLE sales (item VARCHAR, n INTEGER) WITH ('connector' = 'files', 'path' = 'sales', 'format' = 'csv')",
          "CREATE TABLE sums (item VARCHAR, total BIGINT, PRIMARY KEY (item) NOT ENFORCED) WITH ("
              + options(database, temporary)
              + ", 'table' = 'sums', 'create_table' = 'true')",
          "CREATE TABLE whole (item VARCHAR, total BIGINT) WITH ("
              + options(database, temporary)
              + ", 'table' = 'whole', 'create_table' = 'true')",
          "CREATE STANDING QUERY q INTO sums OUTPUT MODE UPDATE TRIGGER EVERY 1000000 ROWS AS SELECT item, SUM(n) AS total FROM sales GROUP BY item HAVING SUM(n) > 0",
          "CREATE STANDING QUERY w INTO whole OUTPUT MODE COMPLETE TRIGGER EVERY 1000000 ROWS AS SELECT item, SUM(n) AS total FROM sales GROUP BY item");
      engine.step("q", "w");
      assertEquals(List.of("pot|2", "tea|4"), engine.rows("SELECT * FROM sums"));
      engine.reopen();
      engine.putFile("sales/2.csv", "item,n\ntea,1\npot,-2\njar,5\n");
      engine.step("q", "w");
      assertEquals(List.of("jar|5", "tea|5"), engine.rows("SELECT * FROM sums"));
      assertEquals(List.of("jar|5", "pot|0", "tea|5"), engine.rows("SELECT * FROM whole"));
      engine.run(
          "CREATE TABLE steps WITH ("
              + options(database, temporary)
              + ", 'table' = 'tidemill_steps')");
      assertEquals(List.of("1", "1"), engine.rows("SELECT step FROM steps"));
      assertTrue(
          engine
              .fails(
                  "CREATE TABLE t (a INTERVAL DAY TO SECOND) WITH ("
                      + options(database, temporary)
                      + ", 'table' = 't', 'create_table' = 'true')")
              .getMessage()
              .contains("INTERVAL"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "duckdb", "sqlite"})
  void aQueryIsReplacedIntoItsOwnTable(String database) throws Exception {
    try (TestEngine engine = new TestEngine(Files.createDirectories(temporary.resolve("work")))) {
      String create =
          "CREATE OR REPLACE STANDING QUERY q INTO sums OUTPUT MODE UPDATE TRIGGER EVERY 1000000 ROWS AS ";
      engine.putFile("sales/1.csv", "item,n\ntea,1\npot,2\ntea,3\njar,9\n");
      engine.run(
          "SET replace_confirmed = true",
          "CREATE TABLE sales (item VARCHAR, n INTEGER) WITH ('connector' = 'files', 'path' = 'sales', 'format' = 'csv')",
          "CREATE TABLE sums (item VARCHAR, total BIGINT, PRIMARY KEY (item) NOT ENFORCED) WITH ("
              + options(database, temporary)
              + ", 'table' = 'sums', 'create_table' = 'true')",
          create + "SELECT item, SUM(n) AS total FROM sales GROUP BY item");
      engine.step("q");
      assertEquals(List.of("jar|9", "pot|2", "tea|4"), engine.rows("SELECT * FROM sums"));
      engine.run(
          create
              + "SELECT item, total * 10 AS total FROM (SELECT item, SUM(n) AS total FROM sales GROUP BY item) WHERE total < 5");
      engine.step("q");
      assertEquals(List.of("pot|20", "tea|40"), engine.rows("SELECT * FROM sums"));
      engine.reopen();
      engine.run(
          "SET replace_confirmed = true",
          create + "SELECT item, SUM(n) AS total FROM sales WHERE n > 1 GROUP BY item");
      engine.putFile("sales/2.csv", "item,n\ntea,5\n");
      engine.step("q");
      assertEquals(List.of("jar|9", "pot|2", "tea|8"), engine.rows("SELECT * FROM sums"));
    }
  }

  /** It has few types, and keeps of each value what it is. */
  @Test
  void valuesAndConditionsOfSqlite() throws Exception {
    String columns =
        "id BIGINT, b BOOLEAN, i1 TINYINT, i4 INTEGER, d DOUBLE, v VARCHAR, x VARBINARY";
    try (TestEngine engine = new TestEngine(Files.createDirectories(temporary.resolve("work")))) {
      engine.run(
          "CREATE TABLE mine (" + columns + ") WITH ('connector' = 'memory')",
          "INSERT INTO mine SELECT n, n % 3 = 0, CAST(n % 100 AS TINYINT), CAST(n * 7 % 50 AS INTEGER), n / 8.0E0,"
              + " CASE WHEN n % 11 = 0 THEN NULL ELSE 'Größe ' || CAST(n % 13 AS VARCHAR) END, X'00FF'"
              + " FROM (SELECT CAST(v AS BIGINT) AS n FROM UNNEST(SEQUENCE(1, 500)) AS t (v)) AS s",
          "INSERT INTO mine VALUES (0, NULL, NULL, NULL, NULL, NULL, NULL)",
          "CREATE TABLE theirs ("
              + columns
              + ") WITH ("
              + options("sqlite", temporary)
              + ", 'table' = 'things', 'create_table' = 'true')",
          "INSERT INTO theirs SELECT * FROM mine",
          "CREATE TABLE inferred WITH (" + options("sqlite", temporary) + ", 'table' = 'things')");
      assertSameRows(
          engine,
          List.of(
              "",
              " WHERE id BETWEEN 3 AND 40",
              " WHERE v = 'Größe 3'",
              " WHERE v <> 'Größe 3'",
              " WHERE v IN ('Größe 3', 'größe 4') OR v IS NULL",
              " WHERE v < 'Größe 2' AND d > 12.5",
              " WHERE v LIKE 'Gr%1'",
              " WHERE v LIKE 'gr%1'",
              " WHERE d <= 2.5E0 AND b",
              " WHERE i1 = 7 AND i4 > 3"));
      for (String type : List.of("DATE", "TIMESTAMP(3)", "DECIMAL(10, 2)", "TIME(0)")) {
        String message =
            engine
                .fails(
                    "CREATE TABLE t (a "
                        + type
                        + ") WITH ("
                        + options("sqlite", temporary)
                        + ", 'table' = 't', 'create_table' = 'true')")
                .getMessage();
        assertTrue(message.contains(type.substring(0, 4)), message);
      }
    }
  }

  /** A crash when the database has the step, and the process does not know it yet. */
  @ParameterizedTest
  @ValueSource(strings = {"h2", "duckdb", "sqlite"})
  void aStepIsThereOnce(String database) throws Exception {
    // The last query of the group prints when the others have committed their step.
    try (TestEngine engine =
        new TestEngine(Files.createDirectories(temporary.resolve("work")), "jar")) {
      engine.putFile("sales/1.csv", "item,n\ntea,1\npot,2\n");
      engine.run(
          "CREATE TABLE sales (item VARCHAR, n INTEGER) WITH ('connector' = 'files', 'path' = 'sales', 'format' = 'csv')",
          "CREATE TABLE printed (item VARCHAR, n INTEGER) WITH ('connector' = 'print')",
          "CREATE TABLE sums (item VARCHAR, total BIGINT, PRIMARY KEY (item) NOT ENFORCED) WITH ("
              + options(database, temporary)
              + ", 'table' = 'sums', 'create_table' = 'true')",
          "CREATE TABLE logged (item VARCHAR, n INTEGER) WITH ("
              + options(database, temporary)
              + ", 'table' = 'logged', 'create_table' = 'true')",
          "CREATE STANDING QUERY q INTO sums OUTPUT MODE UPDATE AS SELECT item, SUM(n) AS total FROM sales GROUP BY item",
          "CREATE STANDING QUERY l INTO logged OUTPUT MODE APPEND AS SELECT item, n FROM sales",
          "CREATE STANDING QUERY p INTO printed OUTPUT MODE APPEND AS SELECT item, n FROM sales");
      engine.step("q", "l", "p");
      engine.putFile("sales/2.csv", "item,n\ntea,5\njar,3\n");
      engine.step("q", "l", "p");
      engine.goOnIn(engine.crashed());
      engine.step("q", "l");
      engine.putFile("sales/3.csv", "item,n\npot,7\n");
      engine.step("q", "l");
      assertEquals(List.of("jar|3", "pot|9", "tea|6"), engine.rows("SELECT * FROM sums"));
      assertEquals(
          List.of("jar|3", "pot|2", "pot|7", "tea|1", "tea|5"),
          engine.rows("SELECT * FROM logged"));
    }
  }

  /** The upserts of databases that no test reaches. */
  @Test
  void upsertsOfMySql() {
    List<String> columns = List.of("a", "b", "c");
    assertEquals(
        "INSERT INTO `t` (`a`, `b`, `c`) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE `b` = VALUES(`b`), `c` = VALUES(`c`)",
        Dialect.MYSQL.upsert("`t`", columns, List.of("a"), 1));
    assertEquals(
        "INSERT INTO `t` (`a`) VALUES (?) ON DUPLICATE KEY UPDATE `a` = `a`",
        Dialect.MYSQL.upsert("`t`", List.of("a"), List.of("a"), 1));
    assertNull(Dialect.MYSQL.upsert("`t`", columns, List.of("a"), 2), "another key would do to it");
    assertEquals("DELETE FROM `t` WHERE `a` = ?", Dialect.MYSQL.delete("`t`", List.of("a")));
    assertEquals(Dialect.MYSQL, Dialect.of("jdbc:mariadb://localhost/x"));
    assertEquals("`a``b`", Dialect.MYSQL.quoted("a`b"));
  }
}
