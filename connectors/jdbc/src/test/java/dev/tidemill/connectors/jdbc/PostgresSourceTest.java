package dev.tidemill.connectors.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reading a real PostgreSQL: every value as it is there, and conditions that mean the same there.
 */
final class PostgresSourceTest {
  private static final String COLUMNS =
      "b BOOLEAN, i1 TINYINT, i2 SMALLINT, i4 INTEGER, i8 BIGINT, r REAL, d DOUBLE, n2 DECIMAL(10, 2), n10 DECIMAL(38, 10),"
          + " v VARCHAR, v5 VARCHAR(5), x VARBINARY, da DATE, ti TIME(6), t0 TIMESTAMP(0), t3 TIMESTAMP(3), t6 TIMESTAMP(6),"
          + " z TIMESTAMP(6) WITH LOCAL TIME ZONE";

  private static Postgres postgres;

  @TempDir Path temporary;
  private TestEngine engine;

  @BeforeAll
  static void start() {
    postgres = new Postgres();
  }

  @AfterAll
  static void end() {
    if (postgres != null) {
      postgres.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    postgres.run("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
    engine = new TestEngine(Files.createDirectories(temporary.resolve("work")));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private static String table(String name, String columns, String table) {
    return "CREATE TABLE %s %s WITH (%s, 'table' = '%s', 'create_table' = '%s')"
        .formatted(
            name,
            columns.isEmpty() ? "" : "(" + columns + ")",
            postgres.options(),
            table,
            !columns.isEmpty());
  }

  @Test
  void valuesOfEveryTypeComeBackAsTheyWent() {
    engine.run(
        "CREATE TABLE mine (" + COLUMNS + ") WITH ('connector' = 'memory')",
        "INSERT INTO mine VALUES (TRUE, 127, 32767, 2147483647, 9223372036854775807, CAST(1.5 AS REAL), CAST('NaN' AS DOUBLE), 99999999.99,"
            + " 1234567890123456789012345678.0123456789, 'Grüße, 漢字 \\ '' 😀', '12345', X'00FF10', DATE '9999-12-31', TIME '23:59:59.999999',"
            + " TIMESTAMP '2026-02-28 23:59:59', TIMESTAMP '1969-12-31 23:59:59.999', TIMESTAMP '0001-01-01 00:00:00.000001',"
            + " CAST('2026-03-29 01:30:00.123456Z' AS TIMESTAMP(6) WITH LOCAL TIME ZONE))",
        "INSERT INTO mine VALUES (FALSE, -128, -32768, -2147483648, -9223372036854775807 - 1, CAST(-0.1 AS REAL), -1.7976931348623157E308, -0.01,"
            + " -0.0000000001, '', '', X'', DATE '1582-10-15', TIME '00:00:00', TIMESTAMP '1900-01-01 00:00:00', TIMESTAMP '2026-01-01 00:00:00',"
            + " TIMESTAMP '1969-12-31 23:59:59.999999', CAST('1969-12-31 23:59:59.999999Z' AS TIMESTAMP(6) WITH LOCAL TIME ZONE))",
        "INSERT INTO mine VALUES (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        table("theirs", COLUMNS, "things"),
        "INSERT INTO theirs SELECT * FROM mine",
        table("inferred", "", "things"));
    List<String> mine = engine.rows("SELECT * FROM mine");
    assertEquals(mine, engine.rows("SELECT * FROM theirs"));
    assertEquals(mine, engine.rows("SELECT * FROM inferred"));
    assertEquals(List.of("3"), engine.rows("SELECT COUNT(*) FROM inferred"));
    assertEquals(List.of("1"), engine.rows("SELECT COUNT(*) FROM inferred WHERE v LIKE 'Gr%'"));
    engine.run(
        "CREATE TABLE narrow (t6 TIMESTAMP(9)) WITH ("
            + postgres.options()
            + ", 'table' = 'things')");
    assertEquals(
        "DATABASE_TYPE_MISMATCH",
        engine
            .fails("INSERT INTO narrow SELECT TIMESTAMP '2026-01-01 00:00:00.123456789'")
            .code()
            .name());
  }

  /** Rows that grow from a byte to some ten thousand come in ever smaller fetches. */
  @Test
  void wideRowsAreFetchedFewAtATime() {
    postgres.run(
        "CREATE TABLE wide AS SELECT n, repeat('x', CAST(power(1.005, n) AS INTEGER)) AS t FROM generate_series(1, 2200) AS s(n)");
    engine.run(table("wide", "", "wide"));
    assertEquals(
        postgres.rows("SELECT count(*), sum(n), sum(length(t)) FROM wide"),
        engine.rows("SELECT COUNT(*), SUM(n), SUM(CHAR_LENGTH(t)) FROM wide"));
    assertEquals(
        List.of("1|1", "2|1", "3|1"),
        engine.lines("SELECT n, CHAR_LENGTH(t) FROM wide WHERE n < 4 ORDER BY n"));
  }

  @Test
  void typesThatWeLackAreTextOrRefused() {
    postgres.run(
        "CREATE TYPE mood AS ENUM ('sad', 'happy')",
        "CREATE TABLE odd (id UUID, j JSONB, m MOOD, c CHAR(4), f NUMERIC, l BIGSERIAL)",
        "INSERT INTO odd VALUES ('00000000-0000-0000-0000-000000000001', '{\"a\": 1}', 'happy', 'ab', 1.5, 7)",
        "CREATE TABLE arrays (a INTEGER[], b INTEGER)",
        "INSERT INTO arrays VALUES ('{1}', 2)",
        "CREATE TABLE edges (f NUMERIC, d DATE, t TIME)",
        "INSERT INTO edges VALUES ('NaN', 'infinity', '24:00')");
    engine.run(table("odd", "", "odd"));
    assertEquals(
        List.of(
            "00000000-0000-0000-0000-000000000001|{\"a\": 1}|happy|ab  |1.500000000000000000|7"),
        engine.rows("SELECT * FROM odd WHERE m <> 'sad' AND c = 'ab  ' AND j IS NOT NULL"));
    engine.run(
        "INSERT INTO odd VALUES ('00000000-0000-0000-0000-000000000002', '[]', 'sad', 'x', NULL, 8)");
    assertEquals(List.of("sad"), postgres.rows("SELECT m FROM odd WHERE l = 8"));
    TidemillException array = engine.fails(table("arrays", "", "arrays"));
    assertEquals("UNSUPPORTED_DATABASE_TYPE", array.code().name());
    engine.run(
        "CREATE TABLE arrays (b INTEGER) WITH (" + postgres.options() + ", 'table' = 'arrays')");
    assertEquals(List.of("2"), engine.rows("SELECT * FROM arrays"));
    engine.run(table("edges", "", "edges"));
    for (String column : List.of("f", "d", "t")) {
      TidemillException e = engine.fails("SELECT " + column + " FROM edges");
      assertEquals("DATABASE_VALUE_NOT_READABLE", e.code().name(), e.getMessage());
    }
    TidemillException missing =
        engine.fails(
            "CREATE TABLE t (bb INTEGER) WITH (" + postgres.options() + ", 'table' = 'arrays')");
    assertEquals("DATABASE_COLUMN_NOT_FOUND", missing.code().name());
  }

  @Test
  void conditionsMeanTheSameThere() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    postgres.run(
        "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        "CREATE TABLE facts (i INTEGER, n NUMERIC(8, 2), d DOUBLE PRECISION, r REAL, s TEXT, loose TEXT COLLATE loose, b BOOLEAN,"
            + " da DATE, ts TIMESTAMP(3), z TIMESTAMPTZ(3), x BYTEA, ti TIME)");
    List<String> values = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      values.add(
          "(%s)"
              .formatted(
                  String.join(
                      ", ",
                      orNull(random, "" + (random.nextInt(21) - 10)),
                      orNull(
                          random, "%d.%02d".formatted(random.nextInt(5), random.nextInt(3) * 25)),
                      orNull(random, pick(random, "0", "-0.0", "'NaN'", "1.5", "-2", "'Infinity'")),
                      orNull(random, pick(random, "0", "0.1", "'NaN'", "1.5", "-2")),
                      orNull(random, text(random)),
                      orNull(random, text(random)),
                      orNull(random, random.nextBoolean() ? "TRUE" : "FALSE"),
                      orNull(random, day(random)),
                      orNull(random, "TIMESTAMP " + time(random)),
                      orNull(
                          random,
                          "TIMESTAMPTZ "
                              + time(random).replace("'", "").transform(t -> "'" + t + "Z'")),
                      orNull(random, pick(random, "'\\x00'", "'\\xff'", "''", "'\\x6162'")),
                      orNull(
                          random, pick(random, "'00:00'", "'12:30:00.5'", "'23:59:59.999999'")))));
    }
    postgres.run("INSERT INTO facts VALUES " + String.join(", ", values), "ANALYZE facts");
    engine.run(table("theirs", "", "facts"), "CREATE TABLE mine AS SELECT * FROM theirs");
    for (int round = 0; round < 80; round++) {
      String condition = condition(random);
      for (int more = random.nextInt(3); more > 0; more--) {
        condition += (random.nextInt(4) == 0 ? " OR " : " AND ") + condition(random);
      }
      String where = " WHERE " + condition;
      String columns = pick(random, "*", "i, s", "COUNT(*)", "loose, ts, x");
      assertEquals(
          engine.rows("SELECT " + columns + " FROM mine" + where),
          engine.rows("SELECT " + columns + " FROM theirs" + where),
          "seed " + seed + ": " + where);
    }
    assertEquals(
        engine.rows("SELECT COUNT(*) FROM mine a JOIN mine b ON a.i = b.i WHERE b.n > 3"),
        engine.rows("SELECT COUNT(*) FROM theirs a JOIN theirs b ON a.i = b.i WHERE b.n > 3"));
    assertEquals(7, engine.lines("SELECT i FROM theirs WHERE b IS NULL OR b LIMIT 7").size());
    assertEquals(5, engine.lines("SELECT i FROM theirs LIMIT 5").size());
  }

  private static String orNull(Random random, String value) {
    return random.nextInt(8) == 0 ? "NULL" : value;
  }

  private static String pick(Random random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String text(Random random) {
    return pick(
        random, "'a'", "'A'", "'ab'", "'aB'", "'b'", "''", "'a%'", "'a_c'", "'!x'", "'é'", "'z '",
        "'z'", "'😀'", "'ﬁ'");
  }

  private static String day(Random random) {
    return "DATE '2026-01-%02d'".formatted(1 + random.nextInt(9));
  }

  private static String time(Random random) {
    return "'2026-01-0%d 00:00:00.%s'"
        .formatted(1 + random.nextInt(4), pick(random, "000", "001", "999"));
  }

  private static String condition(Random random) {
    String operator = pick(random, "=", "<>", "<", "<=", ">", ">=");
    return switch (random.nextInt(14)) {
      case 0 -> "i " + operator + " " + (random.nextInt(21) - 10);
      case 1 -> "i IN (%d, %d, 3)".formatted(random.nextInt(9), -random.nextInt(9));
      case 2 -> "n " + operator + " " + pick(random, "0.25", "2.00", "3", "4.501");
      case 3 ->
          "d " + operator + " " + pick(random, "0E0", "-0E0", "1.5E0", "CAST('NaN' AS DOUBLE)");
      case 4 -> "r " + operator + " " + pick(random, "CAST(0.1 AS REAL)", "0.1", "1.5");
      case 5 -> "s " + operator + " " + text(random);
      case 6 -> "loose " + operator + " " + text(random);
      case 7 -> pick(random, "s", "loose") + " IN (" + text(random) + ", " + text(random) + ")";
      case 8 ->
          pick(random, "s", "loose")
              + pick(
                  random,
                  " LIKE 'a%'",
                  " LIKE 'a!%%' ESCAPE '!'",
                  " LIKE '!!%' ESCAPE '!'",
                  " LIKE '%b'");
      case 9 -> pick(random, "b", "NOT b", "b IS NULL", "s IS NOT NULL", "ti IS NULL");
      case 10 -> "da " + operator + " " + day(random);
      case 11 -> "ts " + operator + " TIMESTAMP " + time(random);
      case 12 ->
          "z "
              + operator
              + " CAST("
              + time(random).replaceAll("'$", "Z'")
              + " AS TIMESTAMP(3) WITH LOCAL TIME ZONE)";
      default ->
          pick(
              random,
              "x " + operator + " X'6162'",
              "ti " + operator + " TIME '12:30:00.5'",
              "i BETWEEN -3 AND 4",
              "s BETWEEN 'A' AND 'b'");
    };
  }

  @Test
  void partsOfATableAreAllOfIt() {
    postgres.run(
        "CREATE TABLE parts AS SELECT CASE WHEN g % 10 = 0 THEN NULL ELSE g * 1000000000000 END AS id, g AS n FROM generate_series(1, 20000) g");
    engine.run(
        "CREATE TABLE parts WITH ("
            + postgres.options()
            + ", 'table' = 'parts', 'partition_column' = 'id', 'partitions' = '3')");
    assertEquals(
        List.of("20000|200010000|18000"),
        engine.rows("SELECT COUNT(*), SUM(n), COUNT(id) FROM parts"));
    assertEquals(
        "INVALID_OPTION",
        engine
            .fails(
                "CREATE TABLE p2 WITH ("
                    + postgres.options()
                    + ", 'table' = 'parts', 'partition_column' = 'none')")
            .code()
            .name());
  }

  @Test
  void aStandingQueryKeepsWhatItRead() {
    postgres.run(
        "CREATE TABLE names (id INTEGER, name TEXT)",
        "INSERT INTO names VALUES (1, 'one'), (2, 'two')");
    engine.putFile("sales/1.csv", "id,n\n1,10\n2,20\n");
    engine.run(
        table("names", "", "names"),
        "CREATE TABLE sales (id INTEGER, n INTEGER) WITH ('connector' = 'files', 'path' = 'sales', 'format' = 'csv')",
        "CREATE STANDING QUERY q AS SELECT name, SUM(n) AS total FROM sales JOIN names ON sales.id = names.id GROUP BY name");
    engine.step("q");
    assertEquals(List.of("one|10", "two|20"), engine.rows("SELECT * FROM q"));
    postgres.run("UPDATE names SET name = 'uno' WHERE id = 1");
    engine.goOnIn(engine.image("crash"));
    engine.putFile("sales/2.csv", "id,n\n1,5\n");
    engine.step("q");
    assertEquals(List.of("one|15", "two|20"), engine.rows("SELECT * FROM q"));
    assertTrue(engine.rows("SELECT name FROM names").contains("uno"));
  }
}
