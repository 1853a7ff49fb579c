package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryReport;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is really full: a small tmpfs, of which another file takes all that is left. Skipped
 * where it cannot be mounted (it takes root and Linux); {@code StandingFaultsTest} has a file
 * system that says so at each call in turn.
 */
class DiskFullTest {
  private static final String ROWS =
      "INSERT INTO t SELECT %1$d + n, n %% 1000, 'some text of row ' || CAST(n AS VARCHAR)"
          + " FROM GENERATE_SERIES(0, %2$d) AS s (n)";

  @TempDir Path directory;
  private Path disk;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()) == 0;
    assumeTrue(mounted, "no tmpfs can be mounted here: not run as root, or not on Linux");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      List<String> open = open();
      run("umount", "-l", disk.toString());
      assertEquals(List.of(), open, "files that nobody has closed");
    }
  }

  /** The files of the disk that this process has open. */
  private List<String> open() throws IOException {
    List<String> open = new ArrayList<>();
    try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
      for (Path handle : handles.toList()) {
        String target = target(handle);
        if (target.startsWith(disk.toString())) {
          open.add(target);
        }
      }
    }
    return open;
  }

  private static String target(Path handle) {
    try {
      return Files.readSymbolicLink(handle).toString();
    } catch (IOException closed) {
      return "";
    }
  }

  private static int run(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  /** Takes what is left of a disk but for some bytes. */
  private Path fill(Path where, long left) throws IOException {
    FileStore store = Files.getFileStore(where);
    Path file = where.resolve("ballast");
    byte[] chunk = new byte[4096];
    try (var out = Files.newOutputStream(file)) {
      while (store.getUsableSpace() > left + chunk.length) {
        out.write(chunk);
      }
    }
    return file;
  }

  /** A link to the disk in the place of a directory. */
  private static void linked(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    Files.createDirectories(from.getParent());
    Files.createSymbolicLink(from, to);
  }

  private static void create(StandingDatabase database) {
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, k INTEGER, s VARCHAR)",
        "CREATE TABLE sunk (id BIGINT NOT NULL, s VARCHAR) WITH ('connector' = 'files', 'path' = 'sunk',"
            + " 'format' = 'json', 'min_file_size' = '64kB')",
        "CREATE STANDING QUERY into_files INTO sunk OUTPUT MODE APPEND AS SELECT id, s FROM t",
        "CREATE STANDING QUERY kept AS SELECT k, COUNT(*) AS n, MAX(s) AS s FROM t GROUP BY k");
  }

  private static void check(StandingDatabase database) {
    for (int i = 0; i < 20; i++) {
      database.passMillis(120_000);
      database.stepDue();
    }
    assertEquals("RUNNING", database.status("into_files"));
    assertEquals("RUNNING", database.status("kept"));
    assertEquals(database.sorted("SELECT id, s FROM t"), database.sorted("SELECT id, s FROM sunk"));
    assertEquals(
        database.sorted("SELECT k, COUNT(*), MAX(s) FROM t GROUP BY k"),
        database.sorted("SELECT k, n, s FROM kept"));
  }

  /** What a query says while there is no room, and that it waits for it. */
  private static void checkWaits(StandingDatabase database, String query) {
    QueryReport report = database.session().progress(query);
    assertEquals("RETRYING", report.status().name(), () -> String.valueOf(report.error()));
    assertTrue(String.valueOf(report.error()).contains("No space left"), report::error);
  }

  @Test
  void theSinkHasNoRoom() throws IOException {
    Path work = directory.resolve("work");
    linked(work.resolve("sunk"), disk.resolve("sunk"));
    try (StandingDatabase database = new StandingDatabase(work)) {
      create(database);
      database.run(ROWS.formatted(0, 999));
      database.stepDue();
      Path ballast = fill(disk, 20_000);
      database.run(ROWS.formatted(1000, 1999));
      database.stepDue();
      checkWaits(database, "into_files");
      assertEquals("RUNNING", database.status("kept"), "its neighbour has room");
      assertEquals("1000", database.value("SELECT COUNT(*) FROM sunk"));
      database.passMillis(120_000);
      database.stepDue();
      checkWaits(database, "into_files");
      Files.delete(ballast);
      check(database);
      database.run(ROWS.formatted(5000, 4000));
      check(database);
    }
  }

  @Test
  void theStepLogHasNoRoom() throws IOException {
    Path work = directory.resolve("work");
    Files.createDirectories(work);
    linked(work.resolve("db"), disk.resolve("db"));
    try (StandingDatabase database = new StandingDatabase(work)) {
      create(database);
      List<String> rows = new ArrayList<>();
      database.run(
          "CREATE TABLE f (id BIGINT) WITH ('connector' = 'files', 'path' = 'in', 'format' = 'json')",
          "CREATE STANDING QUERY of_files AS SELECT COUNT(*) AS n, SUM(id) AS s FROM f");
      database.run(ROWS.formatted(0, 999));
      database.putFile("in/0.json", "{\"id\":0}\n");
      database.stepDue();
      Path ballast = fill(disk, 0);
      // a log grows within its last block for a while
      String status = "RUNNING";
      for (int i = 1; i < 2000 && status.equals("RUNNING"); i++) {
        database.putFile("in/" + i + ".json", "{\"id\":" + i + "}\n");
        rows.add(Integer.toString(i));
        database.stepDue();
        status = database.status("of_files");
      }
      checkWaits(database, "of_files");
      long before = Long.parseLong(database.value("SELECT n FROM of_files"));
      assertTrue(before >= 1 && before < rows.size() + 1, () -> "rows " + before);
      Files.delete(ballast);
      database.run(ROWS.formatted(1000, 1999));
      check(database);
      long all = rows.size() + 1L;
      assertEquals(
          List.of(all + "\t" + all * (all - 1) / 2), database.rows("SELECT n, s FROM of_files"));
      database.reopen();
      check(database);
      assertEquals(
          List.of(all + "\t" + all * (all - 1) / 2), database.rows("SELECT n, s FROM of_files"));
    }
  }

  @Test
  void aSnapshotHasNoRoom() throws IOException {
    Path work = directory.resolve("work");
    Files.createDirectories(work);
    linked(work.resolve("db"), disk.resolve("db"));
    try (StandingDatabase database = new StandingDatabase(work)) {
      database.run(
          "CREATE TABLE f (id BIGINT, s VARCHAR) WITH ('connector' = 'files', 'path' = 'in', 'format' = 'json')",
          "CREATE STANDING QUERY of_files AS SELECT id, MAX(s) AS s FROM f GROUP BY id");
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 5000; i++) {
        lines.append("{\"id\":%d,\"s\":\"%s\"}\n".formatted(i, "x".repeat(100)));
      }
      database.putFile("in/0.json", lines.toString());
      database.stepDue();
      Path ballast = fill(disk, 100_000);
      for (int i = 1; i < 40; i++) {
        database.putFile("in/" + i + ".json", "{\"id\":%d,\"s\":\"y\"}\n".formatted(10_000 + i));
        database.passMillis(61_000);
        database.stepDue();
      }
      // closing writes a snapshot too, which has no room: that is said, and the log is enough to go
      // on
      TidemillException unwritten = assertThrows(TidemillException.class, database::close);
      assertTrue(String.valueOf(unwritten.getMessage()).contains("No space left"));
      database.reopen();
      database.stepDue();
      assertEquals("5039", database.value("SELECT COUNT(*) FROM of_files"));
      Files.delete(ballast);
      database.putFile("in/x.json", "{\"id\":20000,\"s\":\"y\"}\n");
      for (int i = 0; i < 5; i++) {
        database.passMillis(120_000);
        database.stepDue();
      }
      assertEquals("RUNNING", database.status("of_files"));
      assertEquals("5040", database.value("SELECT COUNT(*) FROM of_files"));
      database.reopen();
      database.stepDue();
      assertEquals("5040", database.value("SELECT COUNT(*) FROM of_files"));
      try (Stream<Path> files = Files.walk(disk)) {
        assertTrue(
            files.anyMatch(file -> file.toString().endsWith(".state")),
            "a snapshot is there once there is room");
      }
    }
  }

  /** A step that does not fit is undone; numbering state anew, which needs room, is put off. */
  @Test
  void theStateHasNoRoom() throws IOException {
    Path work = directory.resolve("work");
    Files.createDirectories(work);
    linked(work.resolve("db/standing/state"), disk.resolve("state"));
    String grouped = "SELECT id, COUNT(*) AS n, MAX(s) AS s FROM t GROUP BY id";
    try (StandingDatabase database = new StandingDatabase(work)) {
      database.run(
          "CREATE TABLE t (id BIGINT NOT NULL, k INTEGER, s VARCHAR) WITH ('append_only' = 'false')",
          "SET state = disk",
          "CREATE STANDING QUERY large AS "
              + "SELECT COUNT(*) AS c, SUM(n) AS n, SUM(LENGTH(s)) AS s FROM ("
              + grouped
              + ") AS g",
          "SET state = memory",
          "CREATE STANDING QUERY small AS SELECT k % 10 AS k, COUNT(*) AS n FROM t GROUP BY k % 10",
          ROWS.formatted(0, 39_999));
      database.stepDue();
      String then = database.value("SELECT c FROM large");
      assertEquals("40000", then);
      assertTrue(Long.parseLong(database.value("SELECT SUM(disk_bytes) FROM \"large$state\"")) > 0);
      Path ballast = fill(disk, 300_000);
      database.run(ROWS.formatted(40_000, 19_999));
      database.stepDue();
      QueryReport report = database.session().progress("large");
      assertEquals("RETRYING", report.status().name(), () -> String.valueOf(report.error()));
      String error = String.valueOf(report.error());
      assertTrue(error.contains("state on disk needs") && error.contains("standing/state"), error);
      assertEquals("RUNNING", database.status("small"), "its neighbour has room");
      assertEquals(then, database.value("SELECT c FROM large"));
      Files.delete(ballast);
      checkLarge(database, grouped);
      database.run("DELETE FROM t WHERE id % 10 <> 0");
      ballast = fill(disk, 0);
      // what a step notes to be undone may still have room, a second copy of the groups has none
      database.stepDue();
      Files.delete(ballast);
      checkLarge(database, grouped);
      database.run("DELETE FROM t WHERE id % 20 = 0", ROWS.formatted(100_000, 9_999));
      checkLarge(database, grouped);
      database.reopen();
      checkLarge(database, grouped);
    }
  }

  private static void checkLarge(StandingDatabase database, String grouped) {
    for (int i = 0; i < 20; i++) {
      database.passMillis(120_000);
      database.stepDue();
    }
    QueryReport report = database.session().progress("large");
    assertEquals("RUNNING", report.status().name(), () -> String.valueOf(report.error()));
    assertEquals(
        database.rows("SELECT COUNT(*), SUM(n), SUM(LENGTH(s)) FROM (" + grouped + ") AS g"),
        database.rows("SELECT c, n, s FROM large"));
    assertEquals(
        database.sorted("SELECT k % 10, COUNT(*) FROM t GROUP BY k % 10"),
        database.sorted("SELECT k, n FROM small"));
  }
}
