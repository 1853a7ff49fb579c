package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is kept beside the rows themselves by queries that take tiny steps for ever: the step log,
 * snapshots and kept results, manifests of sinks, logs of tables, late rows. It must not follow the
 * number of steps.
 */
final class StandingBoundsTest {
  private static final int ROUNDS = 8;
  private static final int STEPS = 60;

  @TempDir private Path root;

  @Test
  void lateRowsStayForThoseWhoHaveNotReadThem() {
    try (StandingDatabase database = new StandingDatabase(root.resolve("w"))) {
      database.run(
          "SET max_rows_per_step = 1",
          "CREATE TABLE e (id BIGINT NOT NULL, ts TIMESTAMP(3) NOT NULL, WATERMARK FOR ts AS ts)"
              + " WITH ('connector' = 'datagen', 'total_rows' = '100000', 'seed' = '3', 'id.kind' = 'sequence',"
              + " 'id.start' = '0', 'ts.step' = '1', 'ts.jitter' = '600000', 'late_rows_kept' = '20 seconds')",
          "CREATE STANDING QUERY closing AS SELECT window_end, COUNT(*) AS n"
              + " FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY window_end");
      for (int step = 0; step < 20; step++) {
        database.passMillis(1_000);
        database.step("closing");
      }
      database.run(
          "CREATE STANDING QUERY late WITH ('max_rows_per_step' = '10000') AS SELECT COUNT(*) AS n, MIN(id) AS least FROM \"e$late\"");
      database.step("late");
      String least = database.value("SELECT least FROM late");
      database.run("PAUSE QUERY late");
      for (int step = 0; step < 230; step++) {
        database.passMillis(1_000);
        database.step("closing");
      }
      database.goOnIn(database.image("crashed"));
      assertTrue(Long.parseLong(database.value("SELECT MIN(id) FROM \"e$late\"")) > 100);
      database.run("RESUME QUERY late");
      database.step("late");
      assertEquals(
          Long.toString(database.session().progress("closing").lateRows()) + "\t" + least,
          database.value("SELECT * FROM late"));
    }
  }

  @Test
  void whatIsKeptDoesNotFollowTheNumberOfSteps() throws IOException {
    try (StandingDatabase database = new StandingDatabase(root)) {
      database.run(
          "SET max_rows_per_step = 1",
          "CREATE TABLE reading (id BIGINT NOT NULL, ts TIMESTAMP(3) NOT NULL, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)"
              + " WITH ('connector' = 'datagen', 'total_rows' = '100000', 'seed' = '3', 'id.kind' = 'sequence',"
              + " 'id.start' = '0', 'ts.step' = '1000', 'ts.jitter' = '60000', 'late_rows_kept' = '100 seconds')",
          "CREATE TABLE windows (window_end TIMESTAMP(3), n BIGINT NOT NULL)"
              + " WITH ('connector' = 'files', 'path' = 'windows', 'format' = 'csv', 'min_file_size' = '10 KB')",
          "CREATE TABLE landed (id BIGINT NOT NULL) WITH ('snapshots_kept' = '50')",
          "CREATE STANDING QUERY closing INTO windows OUTPUT MODE APPEND AS SELECT window_end, COUNT(*) AS n"
              + " FROM TUMBLE(TABLE reading, DESCRIPTOR(ts), INTERVAL '2' SECOND) GROUP BY window_end",
          "CREATE STANDING QUERY landing INTO landed OUTPUT MODE APPEND AS SELECT id FROM reading",
          "CREATE STANDING QUERY digits AS SELECT MOD(id, 10) AS digit, COUNT(*) AS n FROM reading GROUP BY digit");
      Map<String, Long> atHalf = new TreeMap<>();
      Map<String, Long> atEnd = new TreeMap<>();
      for (int round = 0; round < ROUNDS; round++) {
        for (int step = 0; step < STEPS; step++) {
          database.passMillis(1_000);
          database.step("closing", "landing", "digits");
        }
        database.run("COMPACT TABLE landed");
        if (round % 3 == 2) {
          database.reopen();
        }
        for (Map.Entry<String, Long> now : sizes().entrySet()) {
          if (now.getKey().endsWith("$late")) {
            // a hundred snapshots, and two hundred until those before them have gone
            assertTrue(now.getValue() < 320, now::toString);
          } else if (round < ROUNDS / 2) {
            atHalf.merge(now.getKey(), now.getValue(), Math::max);
          } else if (round >= ROUNDS - 2) {
            atEnd.merge(now.getKey(), now.getValue(), Math::min);
          }
        }
      }
      // What grew with the steps would have seven parts where there were four. The least of two
      // rounds, since a snapshot in the background lets go of the log when it is whole.
      atEnd.forEach(
          (what, size) ->
              assertTrue(
                  size <= atHalf.get(what) * 3 / 2 + 1000,
                  () -> what + " " + size + ": " + atHalf));
      String steps = Integer.toString(ROUNDS * STEPS);
      assertEquals(steps, database.value("SELECT COUNT(DISTINCT id) FROM landed"));
      assertEquals(steps, database.value("SELECT SUM(n) FROM digits"));
      for (String query : List.of("closing", "landing", "digits")) {
        assertEquals("RUNNING", database.status(query));
      }
      long late = Long.parseLong(database.value("SELECT COUNT(*) FROM \"reading$late\""));
      assertTrue(late > 0 && late < 400, () -> "late rows: " + late);
    }
  }

  /**
   * Bytes and files of each directory of the database, and of the sink's manifest. Files go while
   * they are looked at: snapshots are written and removed in the background.
   */
  private Map<String, Long> sizes() throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = root.relativize(file).getParent().toString().replace("%24", "$");
            sizes.merge("files in " + name, 1L, Long::sum);
            sizes.merge("bytes in " + name, attributes.size(), Long::sum);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    // rows, which may be more
    for (String rows : List.of("windows", "db/tables/landed", "db/tables/reading$late")) {
      sizes.remove("bytes in " + rows);
    }
    return sizes;
  }
}
