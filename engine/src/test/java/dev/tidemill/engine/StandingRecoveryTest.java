package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import dev.tidemill.streaming.StepProgress;
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
  void totalsGoOnBeingCounted() throws IOException {
    try (StandingDatabase database = open()) {
      grow(database, 5);
      long rows = database.session().progress("q").rowsIn();
      assertTrue(rows > 0);
      database.reopen();
      assertEquals(rows, database.session().progress("q").rowsIn());
      grow(database, 2);
      long more = database.session().progress("q").rowsIn();
      assertTrue(more > rows);
      database.goOnIn(database.image("crashed"));
      assertEquals(more, database.session().progress("q").rowsIn());
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

  /** The file that keeps a standing query of that name. */
  private static Path definition(Path work, String query) throws IOException {
    try (Stream<Path> files = Files.walk(work.resolve("db/standing"))) {
      for (Path file : files.filter(f -> f.endsWith("query.json")).toList()) {
        if (Files.readString(file).contains("\"name\":\"" + query + "\"")) {
          return file;
        }
      }
    }
    throw new AssertionError("no " + query);
  }

  private static String row(StandingDatabase database, String query) {
    return database.rows("SHOW QUERIES").stream()
        .filter(row -> row.startsWith(query + "\t"))
        .findFirst()
        .orElseThrow();
  }

  /** {@code q} stands as FAILED with this in its error, and {@code s} goes on as if alone. */
  private void checkFailedAlone(StandingDatabase database, String... error) {
    String row = row(database, "q");
    assertTrue(row.startsWith("q\tFAILED"), row);
    for (String part : error) {
      assertTrue(row.contains(part), row);
    }
    TidemillException unreadable =
        assertThrows(TidemillException.class, () -> database.rows("SELECT * FROM q"));
    assertEquals("QUERY_NOT_RECOVERED", unreadable.code().name());
    assertThrows(TidemillException.class, () -> database.session().execute("RESUME QUERY q"));
    assertEquals("FAILED", database.status("q"));
    database.run("INSERT INTO t VALUES (" + ++ids + ", 1)");
    database.step("s");
    assertEquals(database.sorted("SELECT * FROM t"), database.sorted("SELECT * FROM sunk"));
  }

  /** What a step failed of can be mended or taken away; what was taken cannot be changed. */
  @Test
  void aFileThatAStepFailedOfCanBeMended() throws IOException {
    for (boolean reopened : List.of(false, true)) {
      try (StandingDatabase database =
          new StandingDatabase(Files.createDirectories(directory.resolve("mended" + reopened)))) {
        database.run(
            "CREATE TABLE l (id BIGINT, v INT) WITH ('connector' = 'files', 'path' = 'in', 'format' = 'json')",
            "CREATE TABLE sunk_l (id BIGINT)",
            "CREATE STANDING QUERY q AS SELECT v, SUM(id) AS n FROM l GROUP BY v",
            "CREATE STANDING QUERY s INTO sunk_l AS SELECT id FROM l");
        database.putFile("in/a.json", "{\"id\":1,\"v\":1}\n");
        database.step("q", "s");
        database.putFile("in/b.json", "{\"id\":2,\"v\":1}\n{\"id\":\"three\",\"v\":1}\n");
        assertThrows(TidemillException.class, () -> database.step("q", "s"));
        assertEquals("FAILED", database.status("q"));
        assertEquals("FAILED", database.status("s"));
        if (reopened) {
          database.reopen();
        }
        assertThrows(TidemillException.class, () -> database.session().execute("RESUME QUERY q"));
        database.putFile("in/b.json", "{\"id\":2,\"v\":1}\n{\"id\":3,\"v\":1}\n");
        database.run("RESUME QUERY q", "RESUME QUERY s");
        database.step("q", "s");
        assertEquals("1\t6", database.value("SELECT * FROM q"));
        assertEquals(List.of("1", "2", "3"), database.sorted("SELECT * FROM sunk_l"));
        database.putFile("in/c.json", "{\"id\":4,\"v\":2}\n");
        database.reopen();
        database.step("q", "s");
        assertEquals(List.of("1\t6", "2\t4"), database.sorted("SELECT * FROM q"));
        assertEquals(List.of("1", "2", "3", "4"), database.sorted("SELECT * FROM sunk_l"));
        database.putFile("in/b.json", "{\"id\":20,\"v\":1}\n");
        assertThrows(TidemillException.class, () -> database.step("q"));
      }
    }
  }

  @Test
  void aQueryThatCannotBeRecoveredFailsAlone() throws IOException {
    Path work = directory.resolve("work");
    try (StandingDatabase database = open()) {
      grow(database, 3);
      database.reopen();
      grow(database, 3);
    }
    Path broken = definition(work, "q").getParent();
    Path newest =
        snapshots(work).stream().filter(file -> file.startsWith(broken)).findFirst().orElseThrow();
    byte[] good = Files.readAllBytes(newest);
    Files.write(newest, new byte[] {1, 2, 3});
    Files.delete(log(work));
    try (StandingDatabase database = new StandingDatabase(work)) {
      database.standing().resumeStored();
      checkFailedAlone(database, "damaged", broken.toString(), "DROP QUERY");
      TidemillException taken =
          assertThrows(
              TidemillException.class,
              () -> database.session().execute("CREATE TABLE q (id BIGINT)"));
      assertEquals("TABLE_ALREADY_EXISTS", taken.code().name());
      Path image = database.image("dropped");
      Files.write(newest, good);
      database.run("RESUME QUERY q");
      database.step("q", "s");
      check(database);
      grow(database, 2);
      check(database);
      database.goOnIn(image);
      assertEquals("FAILED", database.status("q"));
      database.run(
          "DROP QUERY q", "CREATE STANDING QUERY q AS SELECT v, COUNT(*) AS n FROM t GROUP BY v");
      grow(database, 2);
      check(database);
      database.reopen();
      check(database);
    }
  }

  /** A sink that keeps no steps, as one that prints, has nothing to miss. */
  @Test
  void aSinkThatLostAllItsStepsIsNamed() throws IOException {
    try (StandingDatabase database = open()) {
      database.run(
          "CREATE TABLE nothing (id BIGINT NOT NULL) WITH ('connector' = 'blackhole')",
          "CREATE STANDING QUERY n INTO nothing OUTPUT MODE APPEND AS SELECT id FROM t");
      grow(database, 2);
      database.step("n");
      database.reopen();
      Path image = database.image("lost");
      try (Stream<Path> files = Files.walk(image.resolve("sunk"))) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
      database.goOnIn(image);
      String row = row(database, "s");
      assertTrue(row.startsWith("s\tFAILED") && row.contains("none of its steps"), row);
      database.run("INSERT INTO t VALUES (100, 1)");
      database.step("q", "n");
      assertEquals(
          database.sorted("SELECT v, COUNT(*) FROM t GROUP BY v"),
          database.sorted("SELECT * FROM q"));
      assertEquals("RUNNING", database.status("n"));
    }
  }

  @Test
  void otherVersionsFailAlone() throws IOException {
    Path work = directory.resolve("work");
    try (StandingDatabase database = open()) {
      grow(database, 2);
    }
    Path query = definition(work, "q");
    String text = Files.readString(query);
    String inPlan = text.replaceFirst("(\"plan\":\\{[^{]*\"version\":)1", "$18");
    assertNotEquals(text, inPlan);
    for (String other :
        List.of(
            text.replaceFirst("\"version\":1", "\"version\":9"),
            inPlan,
            text.substring(0, text.length() / 2))) {
      Files.writeString(query, other);
      try (StandingDatabase database = new StandingDatabase(work)) {
        database.standing().resumeStored();
        if (other.length() < text.length()) {
          String row =
              database.rows("SHOW QUERIES").stream()
                  .filter(r -> r.contains("FAILED"))
                  .findFirst()
                  .orElseThrow();
          assertTrue(row.contains("query.json is damaged"), row);
          database.step("s");
        } else {
          checkFailedAlone(
              database,
              "is of version "
                  + (other.equals(inPlan) ? "8" : "9")
                  + "; this Tidemill reads version 1",
              "query.json");
        }
      }
    }
    Files.writeString(query, text);
    List<Path> states =
        snapshots(work).stream().filter(file -> file.startsWith(query.getParent())).toList();
    byte version = Files.readAllBytes(states.getFirst())[7];
    for (Path state : states) {
      byte[] content = Files.readAllBytes(state);
      content[7] = 99;
      Files.write(state, content);
    }
    try (StandingDatabase database = new StandingDatabase(work)) {
      database.standing().resumeStored();
      checkFailedAlone(
          database,
          states.getFirst().toString(),
          "of version 99; this Tidemill reads version " + version);
      for (Path state : states) {
        byte[] content = Files.readAllBytes(state);
        content[7] = version;
        Files.write(state, content);
      }
      database.run("CREATE STANDING QUERY q AS SELECT v, COUNT(*) AS n FROM t GROUP BY v");
      database.step("q", "s");
      check(database);
    }
  }

  @Test
  void theStepLogOfAnotherVersionIsRefused() throws IOException {
    Path work = directory.resolve("work");
    try (StandingDatabase database = open()) {
      grow(database, 2);
    }
    String log = Files.readString(log(work));
    Files.writeString(log(work), log.replace("step log 1", "step log 7"));
    TidemillException refused =
        assertThrows(TidemillException.class, () -> new StandingDatabase(work));
    assertEquals("STEP_LOG_VERSION_UNKNOWN", refused.code().name());
    Files.writeString(log(work), log);
    try (StandingDatabase database = new StandingDatabase(work)) {
      check(database);
    }
  }

  @Test
  void aTableThatIsGoneFailsItsReadersAlone() throws IOException {
    try (StandingDatabase database = open()) {
      database.putFile("in/a.csv", "k,v\n1,2\n");
      database.run(
          "CREATE TABLE c WITH ('connector' = 'files', 'path' = 'in', 'format' = 'csv', 'header' = 'true')",
          "CREATE TABLE d (k BIGINT, v BIGINT)"
              + " WITH ('connector' = 'files', 'path' = 'in', 'format' = 'csv', 'header' = 'true')",
          "DROP QUERY q",
          "CREATE STANDING QUERY q AS SELECT c.k, t.id FROM c JOIN t ON c.v = t.v",
          "CREATE STANDING QUERY p AS SELECT SUM(k) AS n FROM d",
          "INSERT INTO t VALUES (" + ++ids + ", 2)");
      database.step("q", "s", "p");
      assertEquals("1", database.value("SELECT COUNT(*) FROM q"));
      Path image = database.image("unlogged");
      database.putFile("in/b.csv", "k,v\n2,2\n");
      database.step("q", "s", "p");
      Path changed = database.image("changed");
      Files.writeString(changed.resolve("in/b.csv"), "k,v\n4,2\n\n");
      database.goOnIn(changed);
      assertTrue(row(database, "p").contains("b.csv"), row(database, "p"));
      assertEquals("FAILED", database.status("q"));
      database.run("INSERT INTO t VALUES (" + ++ids + ", 1)");
      database.step("s");
      assertEquals(database.sorted("SELECT * FROM t"), database.sorted("SELECT * FROM sunk"));
      Path in = image.resolve("in");
      Path away = image.resolve("away");
      Files.move(in, away);
      database.goOnIn(image);
      checkFailedAlone(database, "in");
      assertEquals("FAILED", database.status("p"));
      Files.move(away, in);
      database.run("RESUME QUERY q", "RESUME QUERY p");
      database.step("q", "s", "p");
      assertEquals("1", database.value("SELECT n FROM p"));
      assertEquals(
          database.sorted("SELECT c.k, t.id FROM c JOIN t ON c.v = t.v"),
          database.sorted("SELECT * FROM q"));
    }
  }

  /** What crashes leave between a query's last step and what is kept of its end. */
  @Test
  void afterItsLastStepAQueryTakesNoMore() {
    Path[] image = new Path[1];
    StandingDatabase[] opened = new StandingDatabase[1];
    QueryListener crashes =
        new QueryListener() {
          @Override
          public void stepped(StepProgress progress) {
            image[0] = opened[0].image("after-" + progress.query() + "-" + progress.step());
          }
        };
    try (StandingDatabase database =
        new StandingDatabase(directory.resolve("work"), crashes, System.out)) {
      opened[0] = database;
      database.run("CREATE TABLE t (id BIGINT NOT NULL, v INTEGER)");
      for (int i = 0; i < 10; i++) {
        database.run("INSERT INTO t VALUES (" + ++ids + ", 1)");
      }
      for (String trigger : List.of("ONCE", "AVAILABLE NOW")) {
        for (int run = 1; run < 4; run++) {
          String create =
              "CREATE STANDING QUERY q TRIGGER "
                  + trigger
                  + " WITH ('max_rows_per_step' = '4') AS SELECT COUNT(*) AS n FROM t";
          database.run(create);
          while (database.standing().stepDue()) {
            continue;
          }
          assertEquals("ENDED", database.status("q"));
          assertEquals("" + ids, database.value("SELECT n FROM q"));
          database.goOnIn(image[0]);
          assertEquals("ENDED", database.status("q"), trigger + " " + run);
          database.run("INSERT INTO t VALUES (" + ++ids + ", 1)");
          assertFalse(database.standing().stepDue());
          assertEquals("" + (ids - 1), database.value("SELECT n FROM q"));
          if (run == 2) {
            database.reopen();
            assertEquals("ENDED", database.status("q"));
          }
        }
        database.run("DROP QUERY q");
      }
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
      assertEquals("RETRYING", database.status("s"));
      database.run("INSERT INTO t VALUES (101, 1)");
      database.step("q");
      assertEquals("5", database.value("SELECT SUM(n) - 1 FROM q"));
      Files.delete(sunk);
      Files.move(away, sunk);
      database.reopen();
      assertEquals("RUNNING", database.status("s"));
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
