package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.streaming.QueryStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that fails, fills up, or loses its process at each call in turn of a small scenario: the
 * statement fails and names the file, what was acknowledged stays, nothing is twice, and what
 * failed can be done again.
 */
class StandingFaultsTest {
  /** Of the calls every how many-th is tried, from a random one on; 1 is all. */
  private static final int STRIDE = Integer.getInteger("tidemill.test.stride", 29);

  private static final String STEP = "-- step";

  private static final List<String> SCENARIO =
      List.of(
          "CREATE TABLE t (id BIGINT NOT NULL, v INTEGER)",
          "CREATE TABLE a (id BIGINT NOT NULL, v INTEGER)"
              + " WITH ('connector' = 'files', 'path' = 'a', 'format' = 'json')",
          "CREATE TABLE c (v INTEGER, n BIGINT)"
              + " WITH ('connector' = 'files', 'path' = 'c', 'format' = 'json')",
          "CREATE TABLE l (id BIGINT NOT NULL, v INTEGER)"
              + " WITH ('connector' = 'files', 'path' = 'in', 'format' = 'csv', 'header' = 'false',"
              + " 'on_error' = 'skip')",
          "INSERT INTO t VALUES (1, 1), (2, 2)",
          "CREATE STANDING QUERY q AS SELECT v, COUNT(*) AS n FROM t GROUP BY v",
          "CREATE STANDING QUERY append_a INTO a OUTPUT MODE APPEND AS SELECT id, v FROM t",
          "CREATE STANDING QUERY complete_c INTO c OUTPUT MODE COMPLETE"
              + " AS SELECT v, COUNT(*) AS n FROM t GROUP BY v",
          "CREATE STANDING QUERY files_l AS SELECT COUNT(*) AS n, SUM(l.id) AS s FROM l",
          STEP,
          "INSERT INTO t VALUES (3, 1)",
          STEP,
          "PAUSE QUERY q",
          "RESUME QUERY q",
          "CREATE VIEW w AS SELECT v FROM t",
          "CREATE TABLE x AS SELECT id, v FROM t",
          "CREATE STANDING QUERY once_x TRIGGER ONCE AS SELECT COUNT(*) AS n FROM x",
          "INSERT INTO t VALUES (4, 2), (5, 3)",
          STEP,
          "DROP QUERY once_x",
          "DROP TABLE x",
          "COPY (SELECT id FROM t) TO 'copy.json'",
          "STOP QUERY append_a",
          "RESUME QUERY append_a",
          "INSERT INTO t VALUES (6, 3)");

  @TempDir Path directory;

  /** An engine over a directory of its own, with the files that a test gives it. */
  private static final class Database implements AutoCloseable {
    private final Engine engine;
    private final Session session;

    Database(Path work, FileSystem files) {
      engine =
          Engine.builder()
              .files(files)
              .directory(work.resolve("db"))
              .workingDirectory(work)
              .clock(() -> Instant.parse("2026-01-01T00:00:00Z"))
              .threads(1)
              .stepByHand()
              .open();
      session = engine.session();
    }

    void run(String sql) {
      if (sql.equals(STEP)) {
        step();
      } else {
        rows(sql);
      }
    }

    /** Steps whatever runs; what fails fails its query. */
    private void step() {
      for (int i = 0; i < 20 && engine.standing().stepDue(); i++) {
        continue;
      }
    }

    List<String> rows(String sql) {
      List<String> rows = SessionRows.of(session, sql);
      Collections.sort(rows);
      return rows;
    }

    /** Queries that failed are resumed until they run. */
    void resumeFailed() {
      engine.standing().resumeStored();
      for (var report : engine.standing().reports()) {
        if (report.status() == QueryStatus.FAILED || report.status() == QueryStatus.RETRYING) {
          rows("RESUME QUERY " + report.definition().name());
        }
      }
    }

    /** Everything has come to what it should be, where it is there. */
    void check(int rows, String when) {
      resumeFailed();
      step();
      resumeFailed();
      step();
      List<String> expected = List.of("1\t1", "2\t2", "3\t1", "4\t2", "5\t3", "6\t3");
      if (has("t")) {
        assertEquals(expected.subList(0, rows), rows("SELECT * FROM t"), when);
      }
      if (has("q")) {
        assertEquals(
            rows("SELECT v, COUNT(*) FROM t GROUP BY v"),
            rows("SELECT * FROM q"),
            () -> when + "\n" + String.join("\n", rows("SHOW QUERIES")));
      }
      if (has("append_a")) {
        assertEquals(rows("SELECT * FROM t"), rows("SELECT * FROM a"), when);
      }
      if (has("complete_c")) {
        assertEquals(rows("SELECT v, COUNT(*) FROM t GROUP BY v"), rows("SELECT * FROM c"), when);
      }
      if (has("files_l")) {
        assertEquals(List.of("2\t3"), rows("SELECT * FROM files_l"), when);
        assertEquals(1, rows("SELECT * FROM l$rejected").size(), when);
      }
      if (has("x")) {
        assertTrue(rows("SELECT * FROM x").size() >= 3, when);
      }
      if (has("once_x")) {
        assertEquals(rows("SELECT COUNT(*) FROM x"), rows("SELECT * FROM once_x"), when);
        assertEquals("ENDED", session.progress("once_x").status().name(), when);
      }
    }

    private boolean has(String name) {
      return engine.standing().exists(name)
          || rows("SHOW TABLES").stream().anyMatch(row -> row.startsWith(name + "\ttable"));
    }

    @Override
    public void close() {
      session.close();
      engine.close();
    }
  }

  private Path work(String name) {
    Path work = directory.resolve(name);
    try {
      Files.createDirectories(work.resolve("in"));
      Files.writeString(work.resolve("in/a.csv"), "1,10\nx,20\n2,30\n");
      return work;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int rowsOf(String sql) {
    return sql.startsWith("INSERT INTO t") ? sql.split("\\(", -1).length - 1 : 0;
  }

  /** Runs the scenario; a statement that fails is done again. The rows that were inserted. */
  private static int runAgainst(Database database, FaultyFiles files, String when) {
    int rows = 0;
    for (String sql : SCENARIO) {
      boolean wasHit = files.hit() != null;
      try {
        database.run(sql);
      } catch (TidemillException e) {
        assertEquals(ErrorKind.EXTERNAL, e.kind(), when + " " + sql + ": " + e.getMessage());
        assertTrue(!wasHit && names(e, files.hit()), when + " " + sql + ": " + e.getMessage());
        database.resumeFailed();
        redo(database, sql, when);
      }
      if (!wasHit && files.hit() != null) {
        database.resumeFailed();
      }
      rows += rowsOf(sql);
    }
    return rows;
  }

  private static boolean names(TidemillException e, @Nullable String path) {
    return path != null && String.valueOf(e.getMessage()).contains(path);
  }

  /** What a statement that failed was to do is done; a DROP may have done it. */
  private static void redo(Database database, String sql, String when) {
    try {
      database.run(sql);
    } catch (TidemillException e) {
      String code = e.code().name();
      assertTrue(
          sql.startsWith("DROP") && code.endsWith("NOT_FOUND")
              || sql.startsWith("PAUSE") && code.equals("QUERY_STATUS"),
          when + " again " + sql + ": " + e.getMessage());
    }
  }

  @Test
  void aFailingCallFailsItsStatementAlone() {
    boolean hit = true;
    for (int call = first(); hit; call += STRIDE) {
      String when = "call " + call;
      Path work = work("once" + call);
      FaultyFiles files = FaultyFiles.once(call);
      int rows = 0;
      Database database = null;
      try {
        database = new Database(work, files);
      } catch (TidemillException e) {
        assertTrue(names(e, files.hit()), when + ": " + e.getMessage());
        database = new Database(work, files);
      }
      try (Database open = database) {
        rows = runAgainst(open, files, when);
        open.check(rows, when);
      } catch (TidemillException e) {
        assertTrue(names(e, files.hit()), when + " closing: " + e.getMessage());
      }
      hit = files.hit() != null;
      try (Database again = new Database(work, new LocalFileSystem())) {
        again.check(rows, when + " opened again");
      }
      deleteAll(work);
    }
  }

  @Test
  void aDiskThatFailsForEverLosesNothing() {
    boolean hit = true;
    for (int call = first(); hit; call += STRIDE) {
      String when = "from call " + call;
      Path work = work("from" + call);
      FaultyFiles files = FaultyFiles.from(call);
      int rows = 0;
      int unsure = 0;
      try (Database database = new Database(work, files)) {
        for (String sql : SCENARIO) {
          try {
            database.run(sql);
            rows += rowsOf(sql);
          } catch (TidemillException e) {
            boolean follows = files.hit() != null && e.kind() == ErrorKind.USER;
            assertTrue(
                follows || e.kind() == ErrorKind.EXTERNAL,
                when + " " + sql + ": " + e.getMessage());
            unsure = unsure == 0 ? rowsOf(sql) : unsure;
          }
        }
      } catch (TidemillException e) {
        assertTrue(files.hit() != null, when + ": " + e.getMessage());
      }
      hit = files.hit() != null;
      checkAfter(work, rows, unsure, when);
      deleteAll(work);
    }
  }

  @Test
  void aCrashAtAnyCallLosesNothing() {
    Path work = work("watched");
    int[] acknowledged = new int[2];
    List<Runnable> checks = new ArrayList<>();
    FaultyFiles[] files = new FaultyFiles[1];
    int begin = first();
    files[0] =
        FaultyFiles.watched(
            call -> {
              if (call % STRIDE != begin % STRIDE) {
                return;
              }
              int rows = acknowledged[0];
              int running = acknowledged[1];
              Path killed = directory.resolve("killed" + call);
              copy(work, killed);
              checks.add(() -> checkAfter(killed, rows, running, "killed at call " + call));
              Path power = directory.resolve("power" + call);
              copy(work, power);
              files[0]
                  .synced()
                  .forEach((log, size) -> cut(power.resolve(work.relativize(Path.of(log))), size));
              checks.add(() -> checkAfter(power, rows, running, "power lost at call " + call));
            });
    try (Database database = new Database(work, files[0])) {
      for (String sql : SCENARIO) {
        acknowledged[1] = rowsOf(sql);
        database.run(sql);
        acknowledged[0] += rowsOf(sql);
        acknowledged[1] = 0;
      }
    }
    checks.forEach(Runnable::run);
  }

  /** The acknowledged rows are there, and those of a statement at work whole or not at all. */
  private static void checkAfter(Path work, int rows, int unsure, String when) {
    int there;
    try (Database again = new Database(work, new LocalFileSystem())) {
      there =
          again.has("t") ? Integer.parseInt(again.rows("SELECT COUNT(*) FROM t").getFirst()) : 0;
      assertTrue(there == rows || there == rows + unsure, when + ": " + there + " of " + rows);
      again.check(there, when);
    } catch (TidemillException e) {
      throw new AssertionError(when, e);
    }
    try (Database again = new Database(work, new LocalFileSystem())) {
      again.check(there, when + ", opened once more");
    }
  }

  private static int first() {
    return STRIDE == 1 ? 0 : (int) (System.nanoTime() / 1000 % STRIDE);
  }

  private static void cut(Path log, long size) {
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) {
    visit(
        from,
        file ->
            Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES),
        to);
  }

  private static void deleteAll(Path root) {
    visit(root, Files::delete, null);
  }

  private interface FileWork {
    void accept(Path file) throws IOException;
  }

  /** Files by {@code work}; directories are made in {@code copy}, or deleted where it is null. */
  private static void visit(Path root, FileWork work, @Nullable Path copy) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
                throws IOException {
              if (copy != null) {
                Files.createDirectories(copy.resolve(root.relativize(path)));
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              work.accept(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, @Nullable IOException failure)
                throws IOException {
              if (copy == null) {
                Files.delete(path);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
