package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.streaming.state.StateSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Snapshots are written in the background while steps go on, each with what has changed since the
 * one before it. The clock moves by more than a minute before each step, so that one is always due.
 */
class StandingSnapshotsTest {
  private static final List<String> QUERIES = List.of("g", "r", "j");

  private static final String G =
      "SELECT k, COUNT(*) AS n, SUM(v) AS s, COUNT(DISTINCT v) AS d, MIN(v) AS least FROM t GROUP BY k";
  private static final String R = "SELECT n, COUNT(*) AS c FROM (" + G + ") AS g GROUP BY n";
  private static final String J = "SELECT a.id, b.v FROM t AS a LEFT JOIN t AS b ON a.v = b.id";

  @TempDir Path directory;

  private static final class Database implements AutoCloseable {
    private final Engine engine;
    private final Session session;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    Database(Path work, FileSystem files) {
      engine =
          Engine.builder()
              .files(files)
              .directory(work.resolve("db"))
              .workingDirectory(work)
              .clock(() -> now)
              .threads(1)
              .stepByHand()
              .open();
      session = engine.session();
    }

    void create() {
      rows(
          "CREATE TABLE t (id BIGINT NOT NULL, k INTEGER, v BIGINT) WITH ('append_only' = 'false')");
      rows("CREATE STANDING QUERY g AS " + G);
      rows("CREATE STANDING QUERY r AS SELECT n, COUNT(*) AS c FROM g GROUP BY n");
      rows("CREATE STANDING QUERY j AS " + J);
    }

    List<String> rows(String sql) {
      List<String> rows = SessionRows.of(session, sql);
      Collections.sort(rows);
      return rows;
    }

    void change(Random random) {
      StringBuilder values = new StringBuilder();
      for (int i = random.nextInt(20); i >= 0; i--) {
        values
            .append(values.isEmpty() ? "" : ", ")
            .append(
                "(%d, %d, %d)"
                    .formatted(random.nextInt(10_000), random.nextInt(200), random.nextInt(50)));
      }
      rows("INSERT INTO t VALUES " + values);
      if (random.nextInt(3) == 0) {
        rows("DELETE FROM t WHERE MOD(id, 7) = " + random.nextInt(7));
      }
    }

    void step() {
      now = now.plusSeconds(61);
      session.step(QUERIES);
    }

    void check(String when) {
      assertEquals(rows(G), rows("SELECT * FROM g"), when);
      assertEquals(rows(R), rows("SELECT * FROM r"), when);
      assertEquals(rows(J), rows("SELECT * FROM j"), when);
    }

    @Override
    public void close() {
      session.close();
      engine.close();
    }
  }

  private static List<Path> snapshots(Path work, String query) {
    try (Stream<Path> files = Files.walk(work.resolve("db/standing"))) {
      List<Path> states = new ArrayList<>();
      for (Path file : files.toList()) {
        if (file.toString().endsWith(".state")
            && Files.readString(file.resolveSibling("query.json"))
                .contains("\"name\":\"" + query + "\"")) {
          states.add(file);
        }
      }
      states.sort(Comparator.comparing(path -> path.getFileName().toString()));
      return states;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void cut(Path log, long size) {
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void recover(Path image, long seed, String when) {
    try (Database database = new Database(image, new LocalFileSystem())) {
      database.engine.standing().resumeStored();
      database.step();
      database.check(when);
      Random random = new Random(seed);
      for (int i = 0; i < 3; i++) {
        database.change(random);
        database.step();
      }
      database.check(when + ", after more steps");
    }
    try (Database database = new Database(image, new LocalFileSystem())) {
      database.engine.standing().resumeStored();
      database.check(when + ", opened again");
    }
  }

  /**
   * Images as a kill and as a power failure would leave them, before calls to the file system that
   * are chosen at random, those of the thread that writes snapshots among them.
   */
  @Test
  void aCrashAtAnyMomentLosesNothing() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    Random when = new Random(seed + 1);
    Path work = directory.resolve("work");
    List<Path> images = new ArrayList<>();
    FaultyFiles[] files = new FaultyFiles[1];
    boolean[] begun = new boolean[1];
    files[0] =
        FaultyFiles.watched(
            call -> {
              if (begun[0] && when.nextInt(40) == 0 && images.size() < 24) {
                Path killed = directory.resolve("killed" + call);
                copy(work, killed);
                images.add(killed);
                Path power = directory.resolve("power" + call);
                copy(work, power);
                images.add(power);
                files[0]
                    .synced()
                    .forEach(
                        (log, size) -> cut(power.resolve(work.relativize(Path.of(log))), size));
              }
            });
    int most = 0;
    try (Database database = new Database(work, files[0])) {
      database.create();
      begun[0] = true;
      for (int i = 0; i < 60 || most < 4 && i < 2000; i++) {
        database.change(random);
        database.step();
        if (i % 10 == 0) {
          database.check("seed " + seed);
        }
        synchronized (files[0]) {
          most = Math.max(most, snapshots(work, "g").size());
        }
      }
      begun[0] = false;
    }
    assertTrue(most >= 4, "seed " + seed + ": " + most + " snapshots");
    assertTrue(images.size() >= 6, "seed " + seed);
    for (Path image : images) {
      recover(image, seed, "seed " + seed + ", " + image.getFileName());
    }
  }

  /** A snapshot that is damaged, the last or one that others build on. */
  @Test
  void damageIsMadeUpForOrNamed() throws IOException {
    Random random = new Random(7);
    Path work = directory.resolve("work");
    Path image = directory.resolve("image");
    FaultyFiles files = FaultyFiles.watched(call -> {});
    try (Database database = new Database(work, files)) {
      database.create();
      boolean copied = false;
      for (int i = 0; i < 5000 && !copied; i++) {
        database.change(random);
        database.step();
        synchronized (files) {
          List<Path> written = snapshots(work, "g");
          if (written.size() >= 4 && end(written.getLast()).base() >= 0) {
            copy(work, image);
            copied = true;
          }
        }
      }
      assertTrue(copied);
    }
    Path last = directory.resolve("last");
    copy(image, last);
    damage(snapshots(last, "g").getLast());
    recover(last, 1, "the last is damaged");
    Path first = directory.resolve("first");
    copy(image, first);
    List<Path> written = snapshots(first, "g");
    for (Path older : written.subList(0, written.size() - 1)) {
      damage(older);
    }
    Path base = written.getLast();
    while (end(base).base() >= 0) {
      base = base.resolveSibling("step-%012d.state".formatted(end(base).base()));
    }
    try (Database database = new Database(first, new LocalFileSystem())) {
      database.engine.standing().resumeStored();
      assertEquals("FAILED", database.session.progress("g").status().name());
      String error = database.session.progress("g").error();
      assertNotNull(error);
      assertTrue(error.contains(base.getFileName().toString()), error);
      assertEquals(database.rows(J), database.rows("SELECT * FROM j"));
    }
  }

  private static StateSnapshot.End end(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    return StateSnapshot.end(
        Arrays.copyOf(content, StateSnapshot.BEGIN_BYTES),
        Arrays.copyOfRange(content, content.length - StateSnapshot.END_BYTES, content.length),
        file.toString());
  }

  private static void damage(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[content.length / 2] ^= 1;
    Files.write(file, content);
  }
}
