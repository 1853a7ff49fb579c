package dev.tidemill.connectors.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real MariaDB or MySQL, which the build does not bring, nor a driver of theirs:
 *
 * <pre>
 *   -Dtidemill.test.mysql.url='jdbc:mariadb://127.0.0.1:3306/shop?user=mill&amp;password=…'
 *   -Dtidemill.test.mysql.driver=mariadb-java-client.jar
 * </pre>
 *
 * All tables of the database that the URL names are dropped.
 */
@EnabledIfSystemProperty(named = "tidemill.test.mysql.url", matches = ".+")
final class MySqlTest {
  private static final String URL = System.getProperty("tidemill.test.mysql.url", "");
  private static final String DRIVER = System.getProperty("tidemill.test.mysql.driver", "");
  private static final String SALES =
      "CREATE TABLE sales (item VARCHAR, n INTEGER) WITH ('connector' = 'files', 'path' = 'sales', 'format' = 'csv')";

  @TempDir Path temporary;
  private TestEngine engine;
  private Connection connection;

  @BeforeEach
  void open() throws Exception {
    connection =
        Database.of(
                new JdbcOptions(
                    URL, "none", null, null, DRIVER, false, "none", 100, 0, 60, null, 0),
                temporary)
            .connect();
    connection.setAutoCommit(true);
    for (String table : rows("SHOW FULL TABLES")) {
      String[] nameAndKind = table.split("\\|", -1);
      sql(
          "DROP "
              + (nameAndKind[1].equals("VIEW") ? "VIEW" : "TABLE")
              + " `"
              + nameAndKind[0].replace("`", "``")
              + "`");
    }
    engine = new TestEngine(Files.createDirectories(temporary.resolve("work")));
    engine.putFile("sales/1.csv", "item,n\ntea,1\npot,2\ntea,3\n");
  }

  @AfterEach
  void close() throws SQLException {
    engine.close();
    connection.close();
  }

  private void sql(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private List<String> rows(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      while (found.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          values.add(String.valueOf(found.getString(i)));
        }
        rows.add(String.join("|", values));
      }
    }
    return rows;
  }

  private static String with(String table, String more) {
    return " WITH ('connector' = 'jdbc', 'url' = '"
        + URL
        + "', 'driver_jar' = '"
        + DRIVER
        + "', 'table' = '"
        + table
        + "'"
        + more
        + ")";
  }

  private static final String COLUMNS =
      "id BIGINT NOT NULL, b BOOLEAN, i1 TINYINT, i2 SMALLINT, i4 INTEGER, r REAL, d DOUBLE, n DECIMAL(12, 3), w DECIMAL(38, 10), v VARCHAR, c VARCHAR(20),"
          + " x VARBINARY, da DATE, t TIME(6), ts TIMESTAMP(6), ts0 TIMESTAMP(0), z TIMESTAMP(6) WITH LOCAL TIME ZONE";

  @Test
  void valuesAndConditions() {
    String create = "CREATE TABLE %s (" + COLUMNS + ", PRIMARY KEY (id) NOT ENFORCED)";
    engine.run(
        "SET time_zone = 'America/New_York'",
        create.formatted("theirs") + with("things", ", 'create_table' = 'true'"),
        "CREATE TABLE mine (" + COLUMNS + ") WITH ('connector' = 'memory')",
        "INSERT INTO mine SELECT n, n % 3 = 0, CAST(n % 100 - 50 AS TINYINT), CAST(n * 131 % 60000 - 30000 AS SMALLINT), CAST(n * 7 % 50 AS INTEGER), CAST(n * 1.2345678E6 AS REAL), n / 7E0,"
            + " CAST(n * 1.125 AS DECIMAL(12, 3)), CAST(n AS DECIMAL(38, 10)) * 1234567890123456789.0123456789,"
            + " CASE WHEN n % 11 = 0 THEN NULL WHEN n % 11 = 1 THEN '' ELSE 'Größe 東京 😀 ''\\' || CAST(n % 13 AS VARCHAR) END, 'A' || CAST(n % 5 AS VARCHAR) || ' ', X'00FF275C', DATE '2026-01-01' + n * INTERVAL '1' DAY,"
            + " TIME '00:00:00.000001' + n * INTERVAL '97' SECOND,"
            + " TIMESTAMP '2026-01-01 00:00:00.000001' + n * INTERVAL '1' HOUR, TIMESTAMP '1960-03-29 02:30:00' + n * INTERVAL '1' HOUR,"
            + " CAST(TIMESTAMP '2026-03-08 00:00:00.999999' + n * INTERVAL '20' MINUTE AS TIMESTAMP(6) WITH LOCAL TIME ZONE)"
            + " FROM (SELECT CAST(v AS BIGINT) AS n FROM UNNEST(SEQUENCE(1, 880)) AS t (v)) AS s",
        "INSERT INTO mine (id) VALUES (0)",
        "INSERT INTO theirs SELECT * FROM mine",
        "CREATE TABLE inferred" + with("things", ""));
    for (String where :
        List.of(
            "",
            " WHERE id BETWEEN 3 AND 40",
            " WHERE v = 'Größe 東京 😀 ''\\3'",
            " WHERE v <> 'Größe 東京 😀 ''\\3'",
            " WHERE v = ''",
            " WHERE v IN ('größe 東京 😀 ''\\3', 'Größe 東京 😀 ''\\4') OR v IS NULL",
            " WHERE v IN ('größe 東京 😀 ''\\3', 'Größe 東京 😀 ''\\4')",
            " WHERE c = 'A1'",
            " WHERE c = 'a1 '",
            " WHERE c = 'A1 '",
            " WHERE v < 'Größe 2' AND n > 12.5",
            " WHERE v LIKE 'Gr%1'",
            " WHERE d <= 2.5E0 AND b",
            " WHERE b = false",
            " WHERE r > 1.2345678E8",
            " WHERE w > 12345678901234567890.123456789",
            " WHERE n = 1.125 OR n IN (2.25, 3.375)",
            " WHERE n IN (2.25, 3.375)",
            " WHERE da >= DATE '2026-03-01'",
            " WHERE ts = TIMESTAMP '2026-01-01 07:00:00.000001'",
            " WHERE ts BETWEEN TIMESTAMP '2026-01-01 07:00:00.000001' AND TIMESTAMP '2026-01-01 09:00:00'",
            " WHERE ts0 < TIMESTAMP '1960-03-29 07:30:00'",
            " WHERE z >= CAST(TIMESTAMP '2026-03-08 03:00:00' AS TIMESTAMP(6) WITH LOCAL TIME ZONE)",
            " WHERE t < TIME '00:10:00'")) {
      List<String> mine = engine.rows("SELECT * FROM mine" + where);
      List<String> theirs = engine.rows("SELECT * FROM theirs" + where);
      for (int i = 0; i < Math.min(mine.size(), theirs.size()); i++) {
        assertEquals(mine.get(i), theirs.get(i), where);
      }
      assertEquals(mine, theirs, where);
      assertEquals(mine, engine.rows("SELECT * FROM inferred" + where), "inferred " + where);
    }
    assertEquals(List.of("881"), engine.rows("SELECT COUNT(*) FROM inferred"));
    assertEquals(3, engine.lines("SELECT id FROM inferred LIMIT 3").size());
  }

  /** Types that only MySQL has, and what it keeps that nobody else does. */
  @Test
  void itsOwnTypes() throws Exception {
    sql(
        "CREATE TABLE own (id INT UNSIGNED, t TINYINT UNSIGNED, s SMALLINT UNSIGNED, m MEDIUMINT, big BIGINT UNSIGNED, one BIT(1), e ENUM('a','b'), st SET('x','y'), j JSON, y YEAR, f FLOAT, ch CHAR(5), mt MEDIUMTEXT, bi BINARY(3))",
        "INSERT INTO own VALUES (4294967295, 255, 65535, -8388608, 18446744073709551615, 1, 'b', 'x,y', '{\"a\": 1}', 2026, 16777216.0, 'abc', 'größe', X'010203')",
        "CREATE TABLE bits (b BIT(9))",
        "CREATE TABLE odd (id INT, d DATE, ts DATETIME, tm TIME)",
        "SET sql_mode = ''",
        "INSERT INTO odd VALUES (1, '0000-00-00', '0000-00-00 00:00:00', '800:00:00'), (2, '2026-00-00', NULL, '-01:00:00'), (3, NULL, NULL, NULL)");
    engine.run("CREATE TABLE own" + with("own", ""));
    assertEquals(
        List.of(
            "4294967295|255|65535|-8388608|18446744073709551615|true|b|x,y|{\"a\": 1}|2026|1.6777216E7|abc|größe|\\x010203"),
        engine.rows("SELECT * FROM own"));
    String bits = engine.fails("CREATE TABLE bits" + with("bits", "")).getMessage();
    assertTrue(bits.contains("column b of bits is bit, which cannot be read"), bits);
    engine.run("CREATE TABLE odd" + with("odd", ""));
    assertEquals(List.of("1", "2", "3"), engine.rows("SELECT id FROM odd"));
    for (String where :
        List.of(
            "d FROM odd WHERE id = 1",
            "ts FROM odd WHERE id = 1",
            "tm FROM odd WHERE id = 1",
            "tm FROM odd WHERE id = 2",
            "d FROM odd WHERE id = 2")) {
      TidemillException e = engine.fails("SELECT " + where);
      assertEquals("DATABASE_VALUE_NOT_READABLE", e.code().name(), where + e.getMessage());
    }
    assertEquals(List.of("NULL|NULL|NULL"), engine.rows("SELECT d, ts, tm FROM odd WHERE id = 3"));
  }

  /** It would cut, clip and round; here it refuses. */
  @Test
  void nothingIsChangedOnTheWay() throws Exception {
    sql(
        "CREATE TABLE narrow (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(3), l VARCHAR(9) CHARACTER SET latin1, n DECIMAL(5, 1), s SMALLINT, ts DATETIME)");
    engine.run("CREATE TABLE narrow" + with("narrow", ""));
    engine.run(
        "INSERT INTO narrow VALUES (0, 'abc', 'ä', 1.5, 7, TIMESTAMP '2026-01-01 00:00:01')");
    assertEquals(List.of("0|abc|ä|1.5|7|2026-01-01 00:00:01"), engine.rows("SELECT * FROM narrow"));
    engine.run(
        "CREATE TABLE wide (id INTEGER, v VARCHAR, l VARCHAR, n DECIMAL(9, 1), s INTEGER)"
            + with("narrow", ""));
    for (String values :
        List.of(
            "1, 'abcd', NULL, 1, 1",
            "1, 'a', '東', 1, 1",
            "1, 'a', 'a', 12345.5, 1",
            "1, 'a', 'a', 1, 40000")) {
      TidemillException e = engine.fails("INSERT INTO wide VALUES (" + values + ")");
      assertEquals("DATABASE_REJECTED_ROW", e.code().name(), e.getMessage());
    }
    assertEquals(List.of("1"), engine.rows("SELECT COUNT(*) FROM narrow"));
    engine.run(
        "CREATE TABLE finer (id INTEGER, ts TIMESTAMP(6))" + with("narrow", ""),
        "CREATE TABLE finer_n (id INTEGER, n DECIMAL(9, 4))" + with("narrow", ""));
    for (String insert :
        List.of(
            "INSERT INTO finer VALUES (5, TIMESTAMP '2026-01-01 00:00:00.5')",
            "INSERT INTO finer_n VALUES (5, 1.2345)")) {
      TidemillException e = engine.fails(insert);
      assertEquals("DATABASE_TYPE_MISMATCH", e.code().name(), e.getMessage());
    }
  }

  @Test
  void standingQueriesWriteByKey() throws Exception {
    engine.run(
        SALES,
        "CREATE TABLE sums (item VARCHAR, total BIGINT, PRIMARY KEY (item) NOT ENFORCED)"
            + with("select", ", 'create_table' = 'true'"),
        "CREATE TABLE wholes (item VARCHAR, `order` BIGINT)".replace('`', '"')
            + with("\"odd`na\"\"me\"", ", 'create_table' = 'true'"),
        "CREATE STANDING QUERY q INTO sums OUTPUT MODE UPDATE TRIGGER EVERY 1000000 ROWS AS SELECT item, SUM(n) AS total FROM sales GROUP BY item HAVING SUM(n) > 0",
        "CREATE STANDING QUERY w INTO wholes OUTPUT MODE COMPLETE TRIGGER EVERY 1000000 ROWS AS SELECT item, SUM(n) AS \"order\" FROM sales GROUP BY item");
    engine.step("q", "w");
    engine.putFile("sales/2.csv", "item,n\nTea,10\ntéa,20\n\"tea \",30\n東京 😀,5\n");
    engine.step("q", "w");
    List<String> all = List.of("Tea|10", "pot|2", "tea |30", "tea|4", "téa|20", "東京 😀|5");
    assertEquals(all, engine.rows("SELECT * FROM sums"));
    assertEquals(all, engine.rows("SELECT * FROM wholes"));
    engine.reopen();
    engine.putFile("sales/3.csv", "item,n\nTea,-10\npot,-5\ntea,1\n");
    engine.step("q", "w");
    assertEquals(
        List.of("tea |30", "tea|5", "téa|20", "東京 😀|5"), engine.rows("SELECT * FROM sums"));
    assertEquals(List.of("2", "2"), rows("SELECT step FROM tidemill_steps"));
    engine.putFile("sales/4.csv", "item,n\n" + "x".repeat(751) + ",1\n");
    TidemillException longer = assertThrows(TidemillException.class, () -> engine.step("q"));
    assertTrue(longer.getMessage().contains("does not take a row"), longer.getMessage());
    sql("CREATE TABLE loose (item VARCHAR(40) CHARACTER SET utf8mb4 PRIMARY KEY, total BIGINT)");
    engine.run(
        "CREATE TABLE loose (item VARCHAR, total BIGINT, PRIMARY KEY (item) NOT ENFORCED)"
            + with("loose", ""));
    String loose =
        engine
            .fails(
                "CREATE STANDING QUERY l INTO loose OUTPUT MODE UPDATE AS SELECT item, SUM(n) AS total FROM sales GROUP BY item")
            .getMessage();
    assertTrue(loose.contains("texts that differ may count as equal"), loose);
  }

  /** ON DUPLICATE KEY goes by any unique key, so it is used where there is only the one. */
  @Test
  void otherUniqueKeysAreNotTakenForTheKey() throws Exception {
    sql(
        "CREATE TABLE two (k INT PRIMARY KEY, u INT UNIQUE)",
        "CREATE TABLE other_key (k INT, u INT PRIMARY KEY)",
        "CREATE TABLE no_key (k INT, u INT)",
        "CREATE TABLE part_of (k INT PRIMARY KEY, u INT, v VARCHAR(9), UNIQUE (v(2)))");
    engine.putFile("in/1.csv", "k,u\n1,10\n2,20\n");
    engine.run(
        "CREATE TABLE src (k INTEGER, u INTEGER) WITH ('connector' = 'files', 'path' = 'in', 'format' = 'csv')");
    for (String table : List.of("two", "other_key", "no_key", "part_of")) {
      engine.run(
          "CREATE TABLE "
              + table
              + " (k INTEGER, u INTEGER, PRIMARY KEY (k) NOT ENFORCED)"
              + with(table, ""),
          "CREATE STANDING QUERY q_"
              + table
              + " INTO "
              + table
              + " OUTPUT MODE UPDATE TRIGGER EVERY 1000000 ROWS AS SELECT k, MAX(u) AS u FROM src GROUP BY k");
    }
    String[] queries = {"q_two", "q_other_key", "q_no_key", "q_part_of"};
    engine.step(queries);
    engine.putFile("in/2.csv", "k,u\n1,15\n3,30\n");
    engine.step(queries);
    for (String table : List.of("two", "other_key", "no_key", "part_of")) {
      assertEquals(
          List.of("1|15", "2|20", "3|30"), engine.rows("SELECT k, u FROM " + table), table);
    }
    engine.putFile("in/3.csv", "k,u\n9,30\n");
    engine.step("q_no_key");
    assertTrue(
        assertThrows(TidemillException.class, () -> engine.step("q_two"))
            .getMessage()
            .contains("Duplicate entry '30'"));
    assertEquals(List.of("1|15", "2|20", "3|30"), engine.rows("SELECT k, u FROM two"));
    assertEquals(List.of("1|15", "2|20", "3|30", "9|30"), engine.rows("SELECT k, u FROM no_key"));
  }

  /** A crash when the database has the step, and the process does not know it yet. */
  @Test
  void aStepIsThereOnce() throws Exception {
    engine.close();
    engine = new TestEngine(temporary.resolve("work"), "jar");
    engine.run(
        SALES,
        "CREATE TABLE printed (item VARCHAR, n INTEGER) WITH ('connector' = 'print')",
        "CREATE TABLE logged (item VARCHAR, n INTEGER)"
            + with("logged", ", 'create_table' = 'true'"),
        "CREATE STANDING QUERY l INTO logged OUTPUT MODE APPEND TRIGGER EVERY 1000000 ROWS AS SELECT item, n FROM sales",
        "CREATE STANDING QUERY p INTO printed OUTPUT MODE APPEND TRIGGER EVERY 1000000 ROWS AS SELECT item, n FROM sales");
    engine.step("l", "p");
    engine.putFile("sales/2.csv", "item,n\ntea,5\njar,3\n");
    engine.step("l", "p");
    engine.goOnIn(engine.crashed());
    engine.step("l");
    engine.putFile("sales/3.csv", "item,n\npot,7\n");
    engine.step("l");
    assertEquals(
        List.of("jar|3", "pot|2", "pot|7", "tea|1", "tea|3", "tea|5"),
        engine.rows("SELECT * FROM logged"));
  }

  /** Deadlocks, time limits of locks, and killed connections pass. */
  @Test
  void whatPassesIsTriedAgain() throws Exception {
    engine.run(
        SALES,
        "CREATE TABLE sums (item VARCHAR, total BIGINT, PRIMARY KEY (item) NOT ENFORCED)"
            + with("sums", ", 'create_table' = 'true', 'max_retries' = '9'"),
        "CREATE STANDING QUERY q INTO sums OUTPUT MODE UPDATE TRIGGER EVERY 1000000 ROWS AS SELECT item, SUM(n) AS total FROM sales GROUP BY item");
    engine.step("q");
    for (int round = 0; round < 3; round++) {
      for (String process :
          rows(
              "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = SUBSTRING_INDEX(USER(), '@', 1)")) {
        sql("KILL " + process);
      }
      engine.putFile("sales/x" + round + ".csv", "item,n\ntea,1\n");
      engine.step("q");
    }
    assertEquals(List.of("pot|2", "tea|7"), engine.rows("SELECT * FROM sums"));
    connection.setAutoCommit(false);
    sql("UPDATE sums SET total = total WHERE item = 'tea'");
    Thread release =
        new Thread(
            () -> {
              try {
                List<String> waiting = List.of();
                while (waiting.isEmpty()) {
                  waiting =
                      rows(
                          "SELECT id FROM information_schema.processlist WHERE command <> 'Sleep' AND id <> CONNECTION_ID() AND user = SUBSTRING_INDEX(USER(), '@', 1)");
                }
                sql("KILL " + waiting.getFirst());
                connection.rollback();
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    engine.putFile("sales/y.csv", "item,n\ntea,1\n");
    release.start();
    engine.step("q");
    release.join();
    assertEquals(List.of("pot|2", "tea|8"), engine.rows("SELECT * FROM sums"));
  }

  @Test
  void manyRows() {
    engine.run(
        "CREATE TABLE many (id BIGINT NOT NULL, v VARCHAR, PRIMARY KEY (id) NOT ENFORCED)"
            + with("many", ", 'create_table' = 'true'"),
        "INSERT INTO many SELECT n, 'row ' || CAST(n AS VARCHAR) || CASE WHEN n % 1000 = 0 THEN REPEAT('x', 1000000) ELSE '' END FROM GENERATE_SERIES(1, 60000) AS s (n)");
    assertEquals(List.of("60000|1800030000"), engine.rows("SELECT COUNT(*), SUM(id) FROM many"));
    assertEquals(
        List.of("60|60000531"),
        engine.rows("SELECT COUNT(*), SUM(LENGTH(v)) FROM many WHERE LENGTH(v) > 100"));
  }
}
