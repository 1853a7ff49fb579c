package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryStatus;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQL in, rows out. The engine's close finds what a statement leaked. */
final class SessionTest {
  @TempDir private Path directory;
  private Engine engine;
  private Session session;

  @BeforeEach
  void open() {
    engine = Engine.builder().workingDirectory(directory).threads(2).stepByHand().open();
    session = engine.session();
  }

  @AfterEach
  void close() {
    session.close();
    engine.close();
  }

  private List<List<Object>> rows(String sql) {
    try (Result result = session.execute(sql)) {
      return drain(result);
    }
  }

  private static List<List<Object>> drain(Result result) {
    List<List<Object>> rows = new ArrayList<>();
    for (Batch batch = result.next(); batch != null; batch = result.next()) {
      try (Batch current = batch) {
        rows.addAll(Batches.toRows(current));
      }
    }
    return rows;
  }

  private long run(String sql) {
    try (Result result = session.execute(sql)) {
      return result.updateCount();
    }
  }

  private TidemillException fails(String sql) {
    return assertThrows(TidemillException.class, () -> rows(sql), sql);
  }

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  @Test
  void rowsComeBackAsTheyWereInserted() {
    run("CREATE TABLE t (a BIGINT NOT NULL, b VARCHAR, p DECIMAL(10, 2), twice AS a * 2)");
    assertEquals(2, run("INSERT INTO t VALUES (1, 'x', 1.5), (2, NULL, NULL)"));
    assertEquals(
        List.of(row(1L, "x", new BigDecimal("1.50"), 2L), row(2L, null, null, 4L)),
        rows("SELECT * FROM t ORDER BY a"));
    assertEquals(2, run("INSERT INTO t SELECT a + 10, b, p FROM t"));
    assertEquals(List.of(row(4L)), rows("SELECT COUNT(*) FROM t"));
  }

  @Test
  void nothingIsWrittenWhereARowIsRefused() {
    run("CREATE TABLE t (a BIGINT NOT NULL)");
    run("CREATE TABLE s (a BIGINT)");
    run("INSERT INTO s VALUES (1), (NULL)");
    TidemillException error = fails("INSERT INTO t SELECT a FROM s");
    assertEquals("NOT_NULL_VIOLATION", error.code().name());
    assertEquals(List.of(row(0L)), rows("SELECT COUNT(*) FROM t"));
  }

  @Test
  void aRepeatedCreateDoesNothingAndAChangedOneSaysSo() {
    run("CREATE TABLE t (a BIGINT)");
    run("INSERT INTO t VALUES (1)");
    run("create table  t (a bigint)");
    assertEquals(List.of(row(1L)), rows("SELECT COUNT(*) FROM t"));
    assertEquals("TABLE_DEFINITION_CHANGED", fails("CREATE TABLE t (a INT)").code().name());
    run("CREATE OR REPLACE TABLE t (a INT)");
    assertEquals(List.of(row(0L)), rows("SELECT COUNT(*) FROM t"));
  }

  @Test
  void viewsAreTheirQueries() {
    run("CREATE TABLE t (a BIGINT)");
    run("INSERT INTO t VALUES (1), (20)");
    run("CREATE VIEW v (big) AS SELECT a FROM t WHERE a > 10");
    assertEquals(List.of(row(20L)), rows("SELECT big FROM v"));
    assertEquals(List.of(row("big", "BIGINT", true, null, null)), rows("DESCRIBE v"));
    assertEquals(List.of(row("t", "table"), row("v", "view")), rows("SHOW TABLES"));
    assertTrue(fails("DROP TABLE v").text().contains("DROP VIEW"));
    run("DROP VIEW v");
    assertEquals("TABLE_NOT_FOUND", fails("SELECT * FROM v").code().name());
  }

  @Test
  void anAddedColumnIsNullInOldRows() {
    run("CREATE TABLE t (a BIGINT)");
    run("INSERT INTO t VALUES (1)");
    run("ALTER TABLE t ADD COLUMN b VARCHAR");
    run("INSERT INTO t VALUES (2, 'two')");
    assertEquals(List.of(row(1L, null), row(2L, "two")), rows("SELECT * FROM t ORDER BY a"));
    assertEquals("DUPLICATE_COLUMN", fails("ALTER TABLE t ADD COLUMN B INT").code().name());
  }

  @Test
  void anAddedColumnIsNullInOldSegments() {
    Path database = directory.resolve("db");
    try (Engine kept = Engine.builder().directory(database).stepByHand().open();
        Session writing = kept.session()) {
      writing.execute("CREATE TABLE t (a BIGINT)").close();
      writing.execute("INSERT INTO t VALUES (1)").close();
      writing.execute("ALTER TABLE t ADD COLUMN b VARCHAR").close();
      writing.execute("INSERT INTO t VALUES (2, 'two')").close();
    }
    try (Engine again = Engine.builder().directory(database).stepByHand().open();
        Session reading = again.session();
        Result result =
            reading.execute("SELECT * FROM t WHERE b IS NULL OR b = 'two' ORDER BY a")) {
      assertEquals(List.of(row(1L, null), row(2L, "two")), drain(result));
    }
  }

  @Test
  void aFileHasEachColumnOnce() {
    for (String name : List.of("x.parquet", "x.csv", "x.json")) {
      assertEquals(
          "DUPLICATE_COLUMN",
          fails("COPY (SELECT 1 AS a, 2 AS A) TO '" + name + "'").code().name());
    }
    assertFalse(Files.exists(directory.resolve("x.json")));
  }

  @Test
  void aTableOverOneFileSaysWhyItIsNotWritten() {
    TidemillException error =
        fails("CREATE TABLE t WITH ('connector' = 'files', 'path' = 't.parquet') AS SELECT 1 AS a");
    assertTrue(error.text().contains("written as a directory"), error.text());
  }

  @Test
  void filesAreWrittenAndReadInPlace() {
    for (String name : List.of("x.parquet", "x.csv", "x.json")) {
      assertEquals(
          2, run("COPY (SELECT 1 AS a, 'one' AS b UNION ALL SELECT 2, NULL) TO '" + name + "'"));
      assertEquals(
          List.of(row(2L, 1L)), rows("SELECT COUNT(*), COUNT(b) FROM '" + name + "'"), name);
    }
    run(
        "CREATE TABLE u WITH ('connector' = 'files', 'path' = 'u', 'format' = 'json') AS SELECT 1 AS a");
    run("INSERT INTO u VALUES (2)");
    assertEquals(List.of(row(2L)), rows("SELECT COUNT(*) FROM u"));
  }

  @Test
  void settingsBelongToTheSession() {
    run("SET batch_rows = 7");
    assertEquals(List.of(row("batch_rows", "7")), rows("SET batch_rows"));
    try (Session other = engine.session();
        Result result = other.execute("SET batch_rows")) {
      assertEquals(List.of(row("batch_rows", "4096")), drain(result));
    }
    run("RESET ALL");
    assertEquals(List.of(row("batch_rows", "4096")), rows("SET batch_rows"));
    assertTrue(
        fails("SET batch_row = 1")
            .getMessage()
            .contains("did you mean batch_rows? (line 1, column 5)"));
  }

  @Test
  void namesAreLookedUpInTheNamespace() {
    run("USE tpch.sf0_01");
    assertEquals(List.of(row(25L)), rows("SELECT COUNT(*) FROM nation"));
    assertEquals("NOT_IN_DATABASE", fails("CREATE TABLE t (a INT)").code().name());
    assertEquals(
        List.of(row("nation"), row("region")),
        rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'sf0_01' AND table_name IN ('nation',"
                + " 'region') ORDER BY 1"));
  }

  @Test
  void preparedStatementsKnowParametersAndColumns() {
    run("CREATE TABLE t (a BIGINT, b VARCHAR)");
    PreparedStatement insert = session.prepare("INSERT INTO t VALUES (?, ?)");
    for (long i = 0; i < 3; i++) {
      try (Result result = insert.execute(Arrays.asList(i, i == 1 ? null : "b" + i))) {
        assertEquals(1, result.updateCount());
      }
    }
    PreparedStatement query = session.prepare("SELECT a, b FROM t WHERE a >= ? ORDER BY a");
    assertEquals("[BIGINT]", query.parameterTypes().toString());
    assertEquals(2, assertNotNull2(query.schema()).getFields().size());
    try (Result result = query.execute(List.of(1))) {
      assertEquals(List.of(row(1L, null), row(2L, "b2")), drain(result));
    }
    assertThrows(TidemillException.class, () -> query.execute(List.of()));
  }

  private static <T> T assertNotNull2(T value) {
    assertNotNull(value);
    return value;
  }

  @Test
  void whatIsNotSupportedIsRefusedByNameAndPlace() {
    for (String sql : List.of("CREATE FUNCTION f(x INT) RETURN x", "REFRESH TABLE t FOR QUERY q")) {
      TidemillException error = fails(sql);
      assertEquals("0A000", error.code().sqlState(), sql);
      assertNotNull(error.position(), sql);
    }
  }

  @Test
  void aCancelledStatementEnds() {
    try (Result result =
        session.execute("SELECT COUNT(*) FROM tpch.sf1.lineitem AS a, tpch.sf1.lineitem AS b")) {
      session.cancel();
      TidemillException error = assertThrows(TidemillException.class, () -> drain(result));
      assertEquals("QUERY_CANCELLED", error.code().name());
    }
  }

  @Test
  void memoryIsLimitedPerSession() {
    run("SET memory = '4MB'");
    TidemillException error =
        fails(
            "SELECT CARDINALITY(ARRAY_AGG(l_comment || CAST(l_orderkey AS VARCHAR)))"
                + " FROM tpch.sf0_01.lineitem");
    assertEquals("MEMORY_LIMIT_EXCEEDED", error.code().name());
    assertTrue(error.getMessage().contains("Biggest: HashAggregate"), error.getMessage());
    run("RESET memory");
    assertEquals(List.of(row(60175L)), rows("SELECT COUNT(*) FROM tpch.sf0_01.lineitem"));
  }

  @Test
  void aStandingQueryGivesTheBatchAnswerAfterEveryStep() {
    run("CREATE TABLE t (k BIGINT, v BIGINT)");
    run("CREATE STANDING QUERY sums AS SELECT k, SUM(v) AS s FROM t GROUP BY k");
    for (int step = 0; step < 3; step++) {
      run("INSERT INTO t VALUES (" + step % 2 + ", " + step + "), (7, 1)");
      session.step(List.of("sums"));
      assertEquals(
          rows("SELECT k, SUM(v) FROM t GROUP BY k ORDER BY k"),
          rows("SELECT * FROM sums ORDER BY k"));
    }
    assertEquals(6, session.progress("sums").rowsIn());
    assertTrue(fails("DROP TABLE t").text().contains("sums"));
    assertEquals("TABLE_READ_ONLY", fails("INSERT INTO sums VALUES (1, 1)").code().name());
    run("PAUSE QUERY sums");
    assertEquals(QueryStatus.PAUSED, session.progress("sums").status());
    run("RESUME QUERY sums");
    run("CREATE STANDING QUERY sums AS SELECT k, SUM(v) AS s FROM t GROUP BY k");
    assertThrows(
        TidemillException.class,
        () -> run("CREATE STANDING QUERY sums AS SELECT k, MAX(v) AS s FROM t GROUP BY k"));
    run("DROP QUERY sums");
    run("DROP TABLE t");
  }

  @Test
  void illegalModesNameTheWayOut() {
    run("CREATE TABLE t (k BIGINT)");
    run("CREATE TABLE sink (k BIGINT, n BIGINT)");
    TidemillException error =
        fails(
            "CREATE STANDING QUERY q OUTPUT MODE APPEND AS SELECT k, COUNT(*) AS n FROM t GROUP BY k");
    assertEquals("ILLEGAL_OUTPUT_MODE", error.code().name());
    assertTrue(error.text().contains("UPDATE"), error.text());
    assertEquals(
        "ILLEGAL_OUTPUT_MODE",
        fails("CREATE STANDING QUERY q INTO sink AS SELECT k, COUNT(*) AS n FROM t GROUP BY k")
            .code()
            .name());
    assertEquals(
        "INVALID_OPTION",
        fails("CREATE STANDING QUERY q WITH ('max_rows_per_step' = '0') AS SELECT k FROM t")
            .code()
            .name());
    assertTrue(
        rows("EXPLAIN SELECT k FROM t EMIT CHANGES")
            .getFirst()
            .getFirst()
            .toString()
            .contains("APPEND"));
  }

  @Test
  void emittedChangesComeUntilTheReaderCloses() {
    try (Engine driven = Engine.builder().threads(1).open();
        Session reader = driven.session()) {
      reader.execute("CREATE TABLE t (k BIGINT)").close();
      reader.execute("INSERT INTO t VALUES (1), (1), (2)").close();
      try (Result result =
          reader.execute("SELECT k, COUNT(*) AS n FROM t GROUP BY k EMIT CHANGES")) {
        Batch batch = result.next();
        assertEquals(2, batch.rowCount());
        batch.close();
        reader.cancel();
        assertThrows(TidemillException.class, result::next);
      }
    }
  }

  @Test
  void aSlowReaderHoldsItsEmissionUpAndNobodyElse() {
    try (Engine byHand = Engine.builder().threads(1).stepByHand().open();
        Session reader = byHand.session()) {
      reader.execute("SET max_rows_per_step = 1").close();
      reader.execute("CREATE TABLE t (k BIGINT)").close();
      for (int i = 0; i < 50; i++) {
        reader.execute("INSERT INTO t VALUES (" + i + ")").close();
      }
      try (Result result = reader.execute("SELECT k FROM t EMIT CHANGES")) {
        int steps = 0;
        while (byHand.standing().stepDue()) {
          steps++;
        }
        assertEquals(16, steps);
        reader.execute("CREATE STANDING QUERY n AS SELECT COUNT(*) AS n FROM t").close();
        reader.step(List.of("n"));
        assertTrue(reader.progress("n").step() >= 16);
        long rows = 0;
        while (rows < 50) {
          try (Batch batch = result.next()) {
            rows += batch.rowCount();
          }
          byHand.standing().stepDue();
        }
        assertEquals(50, rows);
        reader.cancel();
        assertThrows(TidemillException.class, result::next);
      }
    }
  }

  @Test
  void aDirectoryKeepsEverythingAndHasOneOwner() {
    Path database = directory.resolve("db");
    try (Engine first = Engine.builder().directory(database).stepByHand().open();
        Session writer = first.session()) {
      writer.execute("CREATE TABLE t (a BIGINT)").close();
      writer.execute("INSERT INTO t VALUES (1), (2)").close();
      writer.execute("CREATE STANDING QUERY n AS SELECT COUNT(*) AS n FROM t").close();
      writer.step(List.of("n"));
      TidemillException error =
          assertThrows(TidemillException.class, () -> Engine.builder().directory(database).open());
      assertEquals("DATABASE_IN_USE", error.code().name());
    }
    try (Engine second = Engine.builder().directory(database).stepByHand().open();
        Session reader = second.session()) {
      try (Result result = reader.execute("SELECT n FROM n")) {
        assertEquals(List.of(row(2L)), drain(result));
      }
      assertEquals(QueryStatus.SUSPENDED, reader.progress("n").status());
      second.resumeStored();
      reader.execute("INSERT INTO t VALUES (3)").close();
      reader.step(List.of("n"));
      try (Result result = reader.execute("SELECT n FROM n")) {
        assertEquals(List.of(row(3L)), drain(result));
      }
    }
  }

  @Test
  void secretsAreNeverStored() throws Exception {
    Path database = directory.resolve("secret");
    try (Engine kept = Engine.builder().directory(database).workingDirectory(directory).open();
        Session owner = kept.session()) {
      TidemillException error =
          assertThrows(
              TidemillException.class,
              () ->
                  owner.execute(
                      "CREATE TABLE t (a INT) WITH ('connector'='files','path'='${env:TIDEMILL_NO_SUCH}','format'='csv')"));
      assertEquals("ENVIRONMENT_VARIABLE_MISSING", error.code().name());
      owner
          .execute(
              "CREATE TABLE t (a INT) WITH ('connector'='files','path'='${env:PATH}.none/*.csv','format'='csv')")
          .close();
    } catch (TidemillException unreachable) {
      return;
    }
    String catalog = Files.readString(database.resolve("catalog.json"));
    assertTrue(catalog.contains("${env:PATH}"), catalog);
    assertFalse(catalog.contains(System.getenv("PATH")), catalog);
  }
}
