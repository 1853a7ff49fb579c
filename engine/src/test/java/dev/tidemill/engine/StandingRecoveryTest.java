package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is there after a crash, and what is said where checkpoints are damaged. */
class StandingRecoveryTest {
  @TempDir Path directory;

  private StandingDatabase open() {
    StandingDatabase database = new StandingDatabase(directory.resolve("work"));
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, v INTEGER)",
        "CREATE TABLE sunk (id BIGINT NOT NULL, v INTEGER)"
            + " WITH ('connector' = 'files', 'path' = 'sunk', 'format' = 'json')",
        "CREATE STANDING QUERY q AS SELECT v, COUNT(*) AS n FROM t GROUP BY v",
        "CREATE STANDING QUERY s INTO sunk OUTPUT MODE APPEND AS SELECT id, v FROM t");
    return database;
  }

  private long ids;

  private void grow(StandingDatabase database, int steps) {
    for (int i = 0; i < steps; i++) {
      database.run(
          "INSERT INTO t VALUES ("
              + ++ids
              + ", "
              + ids % 3
              + "), ("
              + ++ids
              + ", "
              + ids % 3
              + ")");
      database.step("q", "s");
    }
  }

  private static void check(StandingDatabase database) {
    assertEquals(
        database.sorted("SELECT v, COUNT(*) FROM t GROUP BY v"),
        database.sorted("SELECT * FROM q"));
    assertEquals(database.sorted("SELECT * FROM t"), database.sorted("SELECT * FROM sunk"));
  }

  private static Path log(Path work) {
    return work.resolve("db/standing/steps.log");
  }

  private static List<Path> snapshots(Path work) throws IOException {
    try (Stream<Path> files = Files.walk(work.resolve("db/standing"))) {
      return files
          .filter(file -> file.toString().endsWith(".state"))
          .sorted(Comparator.comparing((Path file) -> file.getFileName().toString()).reversed())
          .toList();
    }
  }

  @Test
  void aLogCutShortLosesNothing() throws IOException {
    try (StandingDatabase database = open()) {
      grow(database, 5);
      for (int cut : List.of(1, 10, 60)) {
        Path image = database.image("cut" + cut);
        byte[] content = Files.readAllBytes(log(image));
        String text = new String(content, StandardCharsets.UTF_8);
        int commit = text.lastIndexOf('\n', text.length() - 2) + 1;
        assertTrue(text.substring(commit).contains("commit"), text);
        Files.write(
            log(image),
            text.substring(0, Math.max(commit, text.length() - cut))
                .getBytes(StandardCharsets.UTF_8));
        database.goOnIn(image);
        check(database);
        grow(database, 2);
        check(database);
      }
    }
  }

  @Test
  void damageInTheMiddleOfTheLogIsRefused() throws IOException {
    Path image;
    try (StandingDatabase database = open()) {
      grow(database, 5);
      image = database.image("damaged");
    }
    byte[] content = Files.readAllBytes(log(image));
    content[content.length / 2] ^= 1;
    Files.write(log(image), content);
    TidemillException refused =
        assertThrows(TidemillException.class, () -> new StandingDatabase(image));
    assertEquals("STEP_LOG_DAMAGED", refused.code().name());
    content[content.length / 2] ^= 1;
    Files.write(log(image), content);
    try (StandingDatabase database = new StandingDatabase(image)) {
      check(database);
    }
  }

  @Test
  void aDamagedSnapshotIsMadeUpForByTheOneBefore() throws IOException {
    try (StandingDatabase database = open()) {
      grow(database, 3);
      database.reopen();
      grow(database, 3);
      database.reopen();
      grow(database, 1);
      Path image = database.image("damaged");
      List<Path> snapshots = snapshots(image);
      assertEquals(4, snapshots.size());
      for (Path newest : snapshots.subList(0, 2)) {
        byte[] content = Files.readAllBytes(newest);
        content[content.length / 2] ^= 1;
        Files.write(newest, content);
      }
      database.goOnIn(image);
      check(database);
      grow(database, 2);
      check(database);
    }
  }

  @Test
  void whatCannotBeRecoveredIsRefused() throws IOException {
    Path work = directory.resolve("work");
    try (StandingDatabase database = open()) {
      grow(database, 3);
      database.reopen();
      grow(database, 3);
    }
    List<Path> snapshots = snapshots(work);
    byte[] good = Files.readAllBytes(snapshots.getFirst());
    Files.write(snapshots.getFirst(), new byte[] {1, 2, 3});
    byte[] goodLog = Files.readAllBytes(log(work));
    Files.delete(log(work));
    TidemillException refused =
        assertThrows(TidemillException.class, () -> new StandingDatabase(work));
    assertEquals("CHECKPOINT_DAMAGED", refused.code().name());
    Files.write(snapshots.getFirst(), good);
    Files.write(log(work), goodLog);
    try (StandingDatabase database = new StandingDatabase(work)) {
      check(database);
    }
  }

  @Test
  void otherVersionsAreRefused() throws IOException {
    Path work = directory.resolve("work");
    try (StandingDatabase database = open()) {
      grow(database, 2);
    }
    Path query;
    try (Stream<Path> files = Files.walk(work.resolve("db/standing"))) {
      query = files.filter(file -> file.endsWith("query.json")).findFirst().orElseThrow();
    }
    String text = Files.readString(query);
    Files.writeString(query, text.replaceFirst("\"version\":1", "\"version\":9"));
    TidemillException refused =
        assertThrows(TidemillException.class, () -> new StandingDatabase(work));
    assertEquals("CHECKPOINT_VERSION_UNKNOWN", refused.code().name());
    Files.writeString(query, text);
    String log = Files.readString(log(work));
    Files.writeString(log(work), log.replace("step log 1", "step log 7"));
    refused = assertThrows(TidemillException.class, () -> new StandingDatabase(work));
    assertEquals("STEP_LOG_VERSION_UNKNOWN", refused.code().name());
    Files.writeString(log(work), log);
    try (StandingDatabase database = new StandingDatabase(work)) {
      check(database);
    }
  }

  @Test
  void aStepThatFailedOutsideIsTakenAgainOnce() throws IOException {
    try (StandingDatabase database = open()) {
      grow(database, 2);
      Path sunk = database.work().resolve("sunk");
      Path away = database.work().resolve("away");
      Files.move(sunk, away);
      Files.writeString(sunk, "in the way");
      database.run("INSERT INTO t VALUES (100, 1)");
      assertThrows(TidemillException.class, () -> database.step("q", "s"));
      assertEquals("FAILED", database.status("s"));
      database.run("INSERT INTO t VALUES (101, 1)");
      database.step("q");
      assertEquals("5", database.value("SELECT SUM(n) - 1 FROM q"));
      Files.delete(sunk);
      Files.move(away, sunk);
      database.reopen();
      assertEquals("FAILED", database.status("s"));
      database.run("RESUME QUERY s");
      assertEquals("5", database.value("SELECT COUNT(*) FROM sunk"));
      database.step("s");
      check(database);
      grow(database, 2);
      database.goOnIn(database.image("crash"));
      assertEquals("RUNNING", database.status("s"));
      check(database);
      grow(database, 2);
      check(database);
    }
  }

  /** The child: steps as fast as it can until it is killed. */
  static final class Child {
    public static void main(String[] arguments) {
      try (StandingDatabase database = new StandingDatabase(Path.of(arguments[0]))) {
        database.standing().resumeStored();
        System.out.println("ready");
        long id = Long.parseLong(database.value("SELECT COALESCE(MAX(id), 0) FROM t"));
        while (true) {
          database.run(
              "INSERT INTO t VALUES ("
                  + ++id
                  + ", "
                  + id % 3
                  + "), ("
                  + ++id
                  + ", "
                  + id % 3
                  + ")");
          while (database.standing().stepDue()) {
            System.out.println("stepped");
          }
        }
      }
    }
  }

  @Test
  void nothingIsLostAndNothingTwiceWhenTheProcessIsKilled()
      throws IOException, InterruptedException {
    open().close();
    Path work = directory.resolve("work");
    for (int round = 0; round < 2; round++) {
      List<String> command = new ArrayList<>();
      command.add(ProcessHandle.current().info().command().orElse("java"));
      command.addAll(
          List.of(
              "--add-opens=java.base/java.nio=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "--enable-native-access=ALL-UNNAMED",
              "-Xmx256m",
              "-cp",
              System.getProperty("java.class.path"),
              Child.class.getName(),
              work.toString()));
      Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
        int stepped = 0;
        for (String line = out.readLine();
            line != null && stepped < 20 + 7 * round;
            line = out.readLine()) {
          stepped += line.equals("stepped") ? 1 : 0;
        }
        assertTrue(stepped > 0, "the child never stepped");
      } finally {
        child.destroyForcibly();
      }
      assertTrue(child.waitFor(10, TimeUnit.SECONDS));
      try (StandingDatabase database = new StandingDatabase(work)) {
        database.standing().resumeStored();
        database.step("q", "s");
        assertTrue(Long.parseLong(database.value("SELECT COUNT(*) FROM t")) >= 20);
        check(database);
      }
    }
  }
}
