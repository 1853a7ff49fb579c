package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ANALYZE TABLE found outlives the engine, and goes with its table. */
final class AnalyzeTableTest {
  private static final String QUERY = "SELECT k FROM t WHERE v = 'often'";
  private static final String CREATE = "CREATE TABLE t (k INTEGER, v VARCHAR)";
  private static final String FILL =
      "INSERT INTO t VALUES (1, 'often'), (2, 'often'), (3, 'often'), (4, 'seldom')";

  @TempDir private Path directory;

  private Engine open() {
    return Engine.builder().directory(directory).workingDirectory(directory).threads(2).open();
  }

  private static void run(Session session, String sql) {
    session.execute(sql).close();
  }

  private static void assertEstimate(String rows, Session session) {
    StringBuilder plan = new StringBuilder();
    try (Result result = session.execute("EXPLAIN " + QUERY)) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        try (Batch current = batch) {
          Batches.toRows(current).forEach(row -> plan.append(row.get(0)).append('\n'));
        }
      }
    }
    assertTrue(plan.toString().contains("(~" + rows + " rows)"), plan.toString());
  }

  @Test
  void theyAreKeptWithTheDatabase() throws IOException {
    try (Engine engine = open();
        Session session = engine.session()) {
      run(session, CREATE);
      run(session, FILL);
      try (Result result = session.execute("ANALYZE TABLE t")) {
        assertEquals(4, result.updateCount());
      }
      assertEstimate("3", session);
    }
    try (Engine engine = open();
        Session session = engine.session()) {
      assertEstimate("3", session);
    }
    Files.writeString(directory.resolve("statistics.json"), "{ cut short");
    try (Engine engine = open();
        Session session = engine.session()) {
      assertEquals("ANALYZE", session.execute("ANALYZE TABLE t FOR COLUMNS v").tag());
      assertEstimate("3", session);
    }
  }

  @Test
  void aTableThatIsMadeAnewIsAnother() {
    try (Engine engine = open();
        Session session = engine.session()) {
      run(session, CREATE);
      run(session, FILL);
      run(session, "ANALYZE TABLE t");
      run(session, "DROP TABLE t");
      run(session, CREATE);
      run(session, "INSERT INTO t VALUES (1, 'often')");
      assertEstimate("1", session);
      run(session, FILL);
      run(session, "INSERT INTO t SELECT * FROM t");
      run(session, "ANALYZE TABLE t");
      assertEstimate("8", session);
    }
  }
}
