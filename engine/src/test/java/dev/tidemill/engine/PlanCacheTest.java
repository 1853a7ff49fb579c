package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.SqlFragment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kept plan is used while nothing that it depends on changes, and never longer. */
final class PlanCacheTest {
  @TempDir private Path directory;
  private Engine engine;
  private Session session;
  private int planned;

  @BeforeEach
  void open() {
    engine = Engine.builder().workingDirectory(directory).threads(2).open();
    session = engine.session();
    run("CREATE TABLE t (k INTEGER)");
    run("INSERT INTO t VALUES (1), (2), (3), (4)");
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

  /** Looks for the plan of a query; how often it was planned until then. */
  private int planned(String sql, @Nullable Object... parameters) {
    SqlFragment query = StatementParser.parseQuery(sql);
    List<@Nullable Object> values = List.of(parameters);
    engine
        .plans()
        .plan(
            query,
            session,
            values,
            () -> {
              planned++;
              return new Planning(session).query(query, values);
            });
    return planned;
  }

  @Test
  void aPlanIsUsedAgainUntilSomethingChanges() {
    String sql = "SELECT k FROM t WHERE k > 2";
    assertEquals(1, planned(sql));
    assertEquals(1, planned(sql));
    run("INSERT INTO t VALUES (5)");
    assertEquals(1, planned(sql));
    run("INSERT INTO t SELECT k FROM t");
    run("INSERT INTO t SELECT k FROM t");
    assertEquals(2, planned(sql));
    run("SET join_distribution = shuffle");
    assertEquals(3, planned(sql));
    run("RESET join_distribution");
    assertEquals(3, planned(sql));
    run("CREATE VIEW v AS SELECT k FROM t");
    assertEquals(4, planned(sql));
    run("ANALYZE TABLE t");
    assertEquals(5, planned(sql));
    run("SET plan_cache = false");
    assertEquals(6, planned(sql));
    assertEquals(7, planned(sql));
  }

  @Test
  void valuesOfParametersBelongToThePlan() {
    String sql = "SELECT k FROM t WHERE k > ? LIMIT ?";
    assertEquals(1, planned(sql, 1, 2));
    assertEquals(2, planned(sql, 1, 3));
    assertEquals(2, planned(sql, 1, 2));
    PreparedStatement statement = session.prepare("SELECT COUNT(*) FROM t WHERE k > ?");
    for (int i = 0; i < 6; i++) {
      try (Result result = statement.execute(List.of(i % 3));
          Batch batch = result.next()) {
        assertEquals(List.of(List.of(4L - i % 3)), Batches.toRows(batch));
      }
    }
  }

  @Test
  void whatANameMeansMayChange() {
    run("CREATE VIEW v AS SELECT k FROM t WHERE k < 3");
    assertEquals(List.of("2"), rows("SELECT COUNT(*) FROM v"));
    run("CREATE OR REPLACE VIEW v AS SELECT k FROM t WHERE k < 2");
    assertEquals(List.of("1"), rows("SELECT COUNT(*) FROM v"));
    assertEquals(List.of("10"), rows("SELECT SUM(k) FROM t"));
    run("DROP VIEW v");
    run("DROP TABLE t");
    assertThrows(TidemillException.class, () -> rows("SELECT SUM(k) FROM t"));
    run("CREATE TABLE t (j VARCHAR, k DECIMAL(5, 2))");
    run("INSERT INTO t VALUES ('a', 1.5)");
    assertEquals(List.of("1.50"), rows("SELECT SUM(k) FROM t"));
  }

  @Test
  void filesInPlaceAreLookedAtEachTime() {
    run("COPY (SELECT 1 AS a) TO 'f/one.parquet'");
    assertEquals(List.of("1"), rows("SELECT * FROM 'f/*.parquet'"));
    run("COPY (SELECT 2 AS a, 'x' AS b) TO 'f/two.parquet'");
    assertEquals(2, rows("SELECT * FROM 'f/*.parquet'").size());
    assertEquals(List.of("x"), rows("SELECT b FROM 'f/*.parquet' WHERE b IS NOT NULL"));
  }
}
