package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** EXPLAIN ANALYZE: rows, times and what a scan left out, per operator. */
final class ExplainAnalyzeTest {
  @TempDir private Path directory;
  private Engine engine;
  private Session session;

  @BeforeEach
  void open() {
    engine = Engine.builder().workingDirectory(directory).threads(2).open();
    session = engine.session();
  }

  @AfterEach
  void close() {
    session.close();
    engine.close();
  }

  private List<String> lines(String sql) {
    return SessionRows.of(session, sql);
  }

  @Test
  void eachOperatorSaysWhatItDid() {
    session.execute("CREATE TABLE t (k INTEGER, v VARCHAR)").close();
    session.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'b')").close();
    List<String> lines =
        lines("EXPLAIN ANALYZE SELECT v, COUNT(*) FROM t WHERE k > 1 GROUP BY v ORDER BY v");
    assertTrue(lines.get(0).matches("1 row in [0-9.]+ ms, planned in [0-9.]+ ms"), lines.get(0));
    assertEquals("Sort v", lines.get(1));
    assertTrue(lines.get(2).startsWith("  : 1 row, "), lines.get(2));
    assertTrue(lines.get(3).startsWith("  Aggregate by v"), lines.get(3));
    assertTrue(lines.get(5).startsWith("    Scan"), lines.get(5));
    assertTrue(lines.get(6).startsWith("      : 2 rows, "), lines.get(6));
  }

  @Test
  void aScanSaysWhichPartsItLeftOut() {
    lines("COPY (SELECT 1 AS k UNION ALL SELECT 2) TO 'parts/a.parquet'");
    lines("COPY (SELECT 11 AS k UNION ALL SELECT 12) TO 'parts/b.parquet'");
    String json =
        String.join(
            "",
            lines("EXPLAIN ANALYZE (FORMAT JSON) SELECT k FROM 'parts/*.parquet' WHERE k > 10"));
    assertTrue(json.startsWith("{\"rows\":2,\"planning_millis\":"), json);
    assertTrue(json.contains("\"parts\":2,\"skipped_parts\":1,"), json);
    assertTrue(json.contains("\"spilled_bytes\":0"), json);
  }

  @Test
  void anAggregateSaysWhichKeysItNeedsNotCompare() {
    lines(
        "CREATE TABLE c AS SELECT c_custkey AS k, c_name AS n, c_phone AS p FROM tpch.sf0_01.customer");
    lines("CREATE TABLE o AS SELECT o_custkey AS ck, o_totalprice AS t FROM tpch.sf0_01.orders");
    String query =
        "EXPLAIN ANALYZE SELECT p, k, n, SUM(t) FROM o JOIN c ON ck = k GROUP BY p, k, n";
    assertTrue(
        lines(query).stream().anyMatch(line -> line.contains("2 keys depend on the others")));
    lines("INSERT INTO c VALUES (1, 'another', 'of the same number')");
    assertTrue(lines(query).stream().noneMatch(line -> line.contains("keys depend")));
  }

  @Test
  void aJoinByComparisonsSaysWhichPairsItNeedsNotTry() {
    lines("CREATE TABLE r AS SELECT i AS lo, i + 1 AS hi FROM UNNEST(SEQUENCE(1, 100)) AS u(i)");
    String query = "EXPLAIN ANALYZE SELECT * FROM r AS a JOIN r AS b ON a.lo BETWEEN b.lo AND b.hi";
    assertTrue(
        lines(query).stream().anyMatch(line -> line.contains("9801 pairs ruled out by order")));
  }

  @Test
  void whatRunsAQueryThatFailsFailsWithIt() {
    TidemillException error =
        assertThrows(TidemillException.class, () -> lines("EXPLAIN ANALYZE SELECT 1 / 0"));
    assertEquals("DIVISION_BY_ZERO", error.code().name());
  }

  @Test
  void onlyQueriesAreAnalyzed() {
    session.execute("CREATE TABLE t (k INTEGER)").close();
    for (String sql :
        List.of(
            "EXPLAIN ANALYZE INSERT INTO t VALUES (1)",
            "EXPLAIN ANALYZE SELECT k FROM t EMIT CHANGES")) {
      TidemillException error = assertThrows(TidemillException.class, () -> lines(sql));
      assertEquals("0A000", error.code().sqlState());
    }
    assertEquals(List.of(), lines("SELECT k FROM t"));
  }
}
