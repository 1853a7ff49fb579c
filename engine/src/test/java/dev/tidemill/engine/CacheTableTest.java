package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.TidemillException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CACHE TABLE: the same rows, whatever becomes of the files. The engine's close finds leaks. */
final class CacheTableTest {
  @TempDir private Path directory;
  private Engine engine;
  private Session session;

  @BeforeEach
  void open() {
    engine = Engine.builder().workingDirectory(directory).threads(2).open();
    session = engine.session();
    run(
        "COPY (SELECT o_orderkey AS k, o_custkey AS c, o_orderstatus AS s, o_orderdate AS d,"
            + " o_totalprice AS p FROM tpch.sf0_01.orders WHERE o_orderkey < 30000) TO 'o/a.parquet'");
    run("CREATE TABLE o WITH ('connector' = 'files', 'path' = 'o')");
  }

  @AfterEach
  void close() {
    session.close();
    engine.close();
  }

  private void run(String sql) {
    session.execute(sql).close();
  }

  private List<String> rows(String sql) {
    return SessionRows.of(session, sql);
  }

  private static final List<String> QUERIES =
      List.of(
          "SELECT COUNT(*), SUM(p), MIN(d), MAX(s) FROM o",
          "SELECT s, COUNT(*), SUM(p) FROM o GROUP BY s ORDER BY s",
          "SELECT k, s, d, p FROM o WHERE k BETWEEN 20000 AND 20100 ORDER BY k",
          "SELECT COUNT(*) FROM o WHERE s IN ('P', 'F') AND d < DATE '1993-01-01'",
          "SELECT COUNT(*) FROM o AS a JOIN o AS b ON a.c = b.c WHERE a.p > 400000",
          "SELECT COUNT(*) FROM o WHERE k > 100000000",
          "SELECT k FROM o ORDER BY p DESC, k LIMIT 3");

  private List<List<String>> answers() {
    return QUERIES.stream().map(this::rows).toList();
  }

  private String bytesRead(String sql) {
    String json = String.join("", rows("EXPLAIN ANALYZE (FORMAT JSON) " + sql));
    return json.replaceAll("(?s).*\"bytes_read\":([0-9]+).*", "$1");
  }

  @Test
  void aCachedTableGivesTheSameRowsAndReadsNoFile() {
    List<List<String>> before = answers();
    assertFalse(bytesRead(QUERIES.getFirst()).equals("0"));
    run("CACHE TABLE o");
    assertEquals(before, answers());
    assertEquals("0", bytesRead(QUERIES.getFirst()));
    assertTrue(rows("SHOW TABLES").getFirst().contains("cached"));
    run("CACHE TABLE O");
    run("UNCACHE TABLE o");
    assertEquals(before, answers());
    assertFalse(rows("SHOW TABLES").getFirst().contains("cached"));
  }

  @Test
  void chunksWithoutAMatchAreLeftOut() {
    run("COPY (SELECT l_orderkey AS k FROM tpch.sf0_01.lineitem) TO 'l.parquet'");
    run("CREATE TABLE l WITH ('connector' = 'files', 'path' = 'l.parquet')");
    run(
        "COPY (SELECT a.k + b.k * 100000 AS k FROM l AS a, (VALUES 0, 1, 2) AS b(k)) TO 'm.parquet'");
    run("CREATE TABLE m WITH ('connector' = 'files', 'path' = 'm.parquet')");
    run("CACHE TABLE m");
    String json =
        String.join("", rows("EXPLAIN ANALYZE (FORMAT JSON) SELECT * FROM m WHERE k < 9"));
    assertTrue(json.contains("\"parts\":3,\"skipped_parts\":2"), json);
  }

  @Test
  void whatIsAppendedIsSeenAndCachedToo() {
    run("CACHE TABLE o");
    run(
        "COPY (SELECT o_orderkey AS k, o_custkey AS c, o_orderstatus AS s, o_orderdate AS d,"
            + " o_totalprice AS p FROM tpch.sf0_01.orders WHERE o_orderkey >= 30000) TO 'o/b.parquet'");
    List<List<String>> cached = answers();
    assertEquals("0", bytesRead(QUERIES.getFirst()));
    run("UNCACHE TABLE o");
    assertEquals(cached, answers());
    assertEquals(List.of("15000"), rows("SELECT COUNT(*) FROM o"));
  }

  @Test
  void filesThatChangeAreNotHiddenByTheCache() throws IOException {
    run("CACHE TABLE o");
    run("COPY (SELECT * FROM o WHERE k < 100) TO 'o/c.parquet'");
    Files.delete(directory.resolve("o/a.parquet"));
    List<List<String>> cached = answers();
    assertFalse(rows("SHOW TABLES").getFirst().contains("cached"));
    run("UNCACHE TABLE o");
    assertEquals(answers(), cached);
    assertEquals(
        rows("SELECT COUNT(*), SUM(p) FROM 'o/c.parquet'"), rows("SELECT COUNT(*), SUM(p) FROM o"));
  }

  @Test
  void aTableThatIsDroppedOrMadeAnewIsCachedNoMore() {
    run("CACHE TABLE o");
    run("DROP TABLE o");
    run("CREATE TABLE o (x INTEGER)");
    run("INSERT INTO o VALUES (7)");
    assertEquals(List.of("7"), rows("SELECT x FROM o"));
    run("CACHE TABLE o");
    run("INSERT INTO o VALUES (8)");
    assertEquals(List.of("7", "8"), rows("SELECT x FROM o ORDER BY x"));
  }

  @Test
  void aResultAtWorkKeepsWhatItReads() {
    run("CACHE TABLE o");
    long rows = 0;
    try (Result result = session.execute("SELECT k, s FROM o")) {
      run("UNCACHE TABLE o");
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        try (Batch current = batch) {
          rows += Batches.toRows(current).size();
        }
      }
    }
    assertEquals(List.of(String.valueOf(rows)), rows("SELECT COUNT(*) FROM o"));
  }

  @Test
  void aTableThatDoesNotFitIsNotCached() {
    try (Engine small =
            Engine.builder().workingDirectory(directory).threads(1).memory(4 << 20).open();
        Session other = small.session()) {
      other.execute("CREATE TABLE g WITH ('connector' = 'files', 'path' = 'o')").close();
      run("COPY (SELECT * FROM tpch.sf0_01.lineitem) TO 'big.parquet'");
      other.execute("CREATE TABLE b WITH ('connector' = 'files', 'path' = 'big.parquet')").close();
      TidemillException error =
          assertThrows(TidemillException.class, () -> other.execute("CACHE TABLE b"));
      assertEquals("MEMORY_LIMIT_EXCEEDED", error.code().name());
      other.execute("SELECT COUNT(*) FROM b").close();
    }
  }

  @Test
  void onlyTablesOfTheDatabaseAreCached() {
    run("CREATE VIEW v AS SELECT k FROM o");
    for (String sql :
        List.of(
            "CACHE TABLE v",
            "CACHE TABLE nosuch",
            "UNCACHE TABLE nosuch",
            "CACHE TABLE tpch.sf0_01.nation")) {
      TidemillException error = assertThrows(TidemillException.class, () -> run(sql));
      assertTrue(error.position() != null, sql);
    }
  }
}
