package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.setting.Settings;
import dev.tidemill.streaming.QueryReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * State on disk: a keyed aggregate, a join of two large sides and a kept result are as batch
 * queries say, through restarts and changes. {@code -Dtidemill.test.keys=1000000} for more than the
 * memory.
 */
class StandingStateOnDiskTest {
  private static final int KEYS = Integer.getInteger("tidemill.test.keys", 80_000);
  private static final int FIRST = KEYS / 2;

  /** Rows of an INSERT, which needs memory too. */
  private static final int SOME = 15_000;

  private static final String SMALL = "16MB";

  /** Batch queries and changes want more. */
  private static final String LARGE = "1GB";

  @TempDir Path work;

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private final class Database implements AutoCloseable {
    private final Engine engine;
    private final Session session;

    Database(String memory) {
      engine =
          Engine.builder()
              .settings(Settings.defaults().with("memory", memory))
              .directory(work.resolve("db"))
              .workingDirectory(work)
              .clock(() -> now)
              .threads(1)
              .stepByHand()
              .open();
      session = engine.session();
      engine.resumeStored();
    }

    List<String> rows(String sql) {
      return SessionRows.of(session, sql);
    }

    void insert(int from, int to) {
      for (int at = from; at < to; at += SOME) {
        rows(
            "INSERT INTO t SELECT i, MOD(i, 10), 'a text for each row ' || i FROM UNNEST(GENERATE_SERIES(%d, %d)) AS x(i)"
                .formatted(at, Math.min(to, at + SOME) - 1));
        rows(
            "INSERT INTO u SELECT i * 2, i FROM UNNEST(GENERATE_SERIES(%d, %d)) AS x(i)"
                .formatted(at, Math.min(to, at + SOME) - 1));
      }
    }

    void stepAll() {
      for (int i = 0; i < 10_000 && engine.standing().stepDue(); i++) {
        now = now.plusSeconds(1);
      }
    }

    /** What the standing queries say, all of whose rows are taken. */
    List<List<String>> stood() {
      stepAll();
      for (QueryReport report : engine.standing().reports()) {
        assertEquals("RUNNING", report.status().name(), report::toString);
      }
      return List.of(
          rows("SELECT * FROM by_key"),
          rows("SELECT * FROM joined"),
          rows("SELECT COUNT(*), SUM(n), MAX(k) FROM kept"));
    }

    /** What batch queries say. */
    List<List<String>> batch() {
      return List.of(
          rows(GROUPS),
          rows(JOINED),
          rows("SELECT COUNT(*), SUM(n), MAX(k) FROM (" + KEPT + ") AS g"));
    }

    long diskBytes(String query) {
      return Long.parseLong(rows("SELECT SUM(disk_bytes) FROM " + query + "$state").getFirst());
    }

    @Override
    public void close() {
      session.close();
      engine.close();
    }
  }

  private static final String GROUPS =
      "SELECT COUNT(*) AS n, SUM(c) AS c, SUM(v) AS v, MAX(k) AS k"
          + " FROM (SELECT k, COUNT(*) AS c, SUM(v) AS v FROM t GROUP BY k) AS g";

  private static final String JOINED =
      "SELECT COUNT(*) AS n, SUM(v) AS v, SUM(w) AS w, SUM(LENGTH(s)) AS s"
          + " FROM t JOIN u ON t.k = u.k";

  private static final String KEPT = "SELECT k % 1000 AS k, COUNT(*) AS n FROM t GROUP BY k % 1000";

  private void create(Database database, String place) {
    for (String sql :
        List.of(
            "CREATE TABLE t (k BIGINT NOT NULL, v BIGINT, s VARCHAR) WITH ('append_only' = 'false')",
            "CREATE TABLE u (k BIGINT NOT NULL, w BIGINT) WITH ('append_only' = 'false')",
            "SET state = " + place,
            "SET max_rows_per_step = 10000",
            "CREATE STANDING QUERY by_key AS " + GROUPS,
            "CREATE STANDING QUERY joined AS " + JOINED,
            "CREATE STANDING QUERY kept AS " + KEPT)) {
      database.rows(sql);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"disk", "auto"})
  void isAsBatchQueriesSay(String place) throws IOException {
    try (Database database = new Database(SMALL)) {
      create(database, place);
      database.insert(0, FIRST);
      database.stood();
      assertTrue(!place.equals("disk") || database.diskBytes("joined") > 0);
      assertTrue(!place.equals("disk") || database.diskBytes("by_key") > 0);
    }
    assertEquals(List.of(), stateFiles());
    List<List<String>> stood;
    try (Database database = new Database(SMALL)) {
      database.insert(FIRST, KEYS);
      stood = database.stood();
      assertTrue(!place.equals("disk") || database.diskBytes("joined") > 2 << 20);
    }
    check(stood);
    try (Database database = new Database(LARGE)) {
      database.rows("DELETE FROM t WHERE k % 3 = 0");
      database.rows("DELETE FROM u WHERE k % 4 = 0");
    }
    try (Database database = new Database(SMALL)) {
      stood = database.stood();
    }
    check(stood);
    try (Database database = new Database(SMALL)) {
      assertEquals(stood, database.stood());
      database.rows("DROP QUERY joined");
      database.rows("DROP QUERY by_key");
    }
    assertEquals(List.of(), stateFiles());
  }

  private void check(List<List<String>> stood) {
    try (Database database = new Database(LARGE)) {
      assertEquals(database.batch(), stood);
    }
  }

  @Test
  void staysInMemoryWhereItIsToldTo() {
    try (Database database = new Database(LARGE)) {
      create(database, "memory");
      database.insert(0, FIRST);
      assertEquals(database.batch(), database.stood());
      assertEquals(0, database.diskBytes("joined"));
    }
  }

  @Test
  void aDiskThatCannotBeWrittenIsNamedAndTheQueryGoesOn() throws IOException {
    Path files = work.resolve("db/standing/state");
    try (Database database = new Database("64MB")) {
      create(database, "disk");
      Files.createDirectories(files.getParent());
      Files.writeString(files, "in the way");
      database.insert(0, FIRST);
      database.stepAll();
      List<String> errors = new ArrayList<>();
      for (QueryReport report : database.engine.standing().reports()) {
        errors.add(report.status() + " " + report.error());
      }
      assertTrue(
          errors.stream()
              .anyMatch(
                  error ->
                      error.startsWith("RETRYING")
                          && error.contains("state is to be on disk, and")),
          errors::toString);
      Files.delete(files);
      now = now.plusSeconds(3600);
      assertEquals(database.batch(), database.stood());
      assertTrue(database.diskBytes("joined") > 0);
    }
  }

  private List<Path> stateFiles() throws IOException {
    Path files = work.resolve("db/standing/state");
    if (!Files.exists(files)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(files)) {
      return all.toList();
    }
  }
}
