package dev.tidemill.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every file that the engine keeps, damaged at random: what is read is right, or the damage is an
 * error that says what is wrong; it is never another result, and no internal error.
 *
 * <p>Not looked at: rows of outside formats without checksums (a digit of a CSV file that has
 * become another one), and logs that end early at the end of an entry, as a crash leaves them.
 */
class StandingDamageTest {
  private static final int ROUNDS = Integer.getInteger("tidemill.rounds", 20);

  @TempDir Path directory;

  /** What is asked, by what it must be. */
  private static final Map<String, String> ANSWERS =
      new LinkedHashMap<>(
          Map.of(
              "SELECT * FROM groups", "SELECT k, COUNT(*) AS n, MAX(v) AS m FROM t GROUP BY k",
              "SELECT * FROM joined",
                  "SELECT a.id, a.v AS v, b.n FROM t AS a JOIN l AS b ON a.id = b.id",
              "SELECT * FROM added", "SELECT id, k FROM f",
              "SELECT * FROM whole", "SELECT k, COUNT(*) AS n FROM f GROUP BY k",
              "SELECT * FROM above",
                  "SELECT n, COUNT(*) AS c FROM (SELECT k, COUNT(*) AS n FROM t GROUP BY k) AS g GROUP BY n"));

  private static void create(StandingDatabase database) {
    database.run(
        "CREATE TABLE t (id BIGINT NOT NULL, k INTEGER, v VARCHAR) WITH ('append_only' = 'false')",
        "CREATE TABLE f (id BIGINT NOT NULL, k INTEGER)",
        "CREATE TABLE l (id BIGINT, n BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'files', 'path' = 'in', 'format' = 'csv', 'on_error' = 'skip')",
        "CREATE TABLE added (id BIGINT NOT NULL, k INTEGER) WITH ('connector' = 'files', 'path' = 'added', 'format' = 'parquet')",
        "CREATE TABLE whole (k INTEGER, n BIGINT) WITH ('connector' = 'files', 'path' = 'whole', 'format' = 'parquet')",
        "CREATE VIEW w AS SELECT k FROM t",
        "CREATE STANDING QUERY groups AS SELECT k, COUNT(*) AS n, MAX(v) AS m FROM t GROUP BY k",
        "CREATE STANDING QUERY joined AS SELECT a.id, a.v AS v, b.n FROM t AS a JOIN l AS b ON a.id = b.id",
        "CREATE STANDING QUERY windows OUTPUT MODE APPEND AS SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE l, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start",
        "CREATE STANDING QUERY above AS SELECT n, COUNT(*) AS c FROM groups GROUP BY n",
        "CREATE STANDING QUERY into_added INTO added OUTPUT MODE APPEND AS SELECT id, k FROM f",
        "CREATE STANDING QUERY into_whole INTO whole OUTPUT MODE COMPLETE AS SELECT k, COUNT(*) AS n FROM f GROUP BY k");
  }

  private int number;

  private void change(StandingDatabase database, Random random) {
    int id = number++;
    database.run(
        "INSERT INTO t VALUES (%d, %d, 'v%d'), (%d, %d, NULL)"
            .formatted(2 * id, random.nextInt(5), id, 2 * id + 1, random.nextInt(5)),
        "INSERT INTO f VALUES (%d, %d)".formatted(id, random.nextInt(4)));
    if (id % 3 == 2) {
      database.run(
          "UPDATE t SET k = k + 1 WHERE id %% 7 = %d".formatted(random.nextInt(7)),
          "DELETE FROM t WHERE id = " + random.nextInt(2 * id));
    }
    database.putFile(
        "in/%03d.csv".formatted(id),
        "id,n,ts\n%d,%d,2026-01-01 00:%02d:00\n%s,1,2026-01-01 00:00:00\n"
            .formatted(id, id * 7, id % 60, id % 4 == 1 ? "x" : "" + id));
    database.passMillis(61_000);
    database.stepDue();
  }

  private static void settle(StandingDatabase database) {
    for (int i = 0; i < 4; i++) {
      database.passMillis(120_000);
      database.stepDue();
    }
  }

  private static final List<String> FACTS =
      List.of(
          "SELECT * FROM t",
          "SELECT * FROM f",
          "SELECT * FROM l",
          "SELECT k FROM w",
          "SELECT * FROM windows",
          "SELECT COUNT(*) FROM \"l$rejected\"",
          "SELECT COUNT(*) FROM \"l$late\"");

  /** Files that are the user's, or that only say what is there anyway. */
  private static boolean isOurs(Path work, Path file) {
    String path = work.relativize(file).toString();
    return !path.startsWith("in/") && !path.endsWith(".lock") && !path.endsWith("lock");
  }

  private enum Damage {
    FLIPPED,
    OVERWRITTEN,
    CUT,
    EMPTY,
    GONE,
    LONGER,
    SWAPPED
  }

  private static void damage(Path file, Damage kind, List<Path> others, Random random)
      throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    switch (kind) {
      case FLIPPED -> {
        if (bytes.length > 0) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file, bytes);
      }
      case OVERWRITTEN -> {
        int from = random.nextInt(bytes.length + 1);
        for (int i = from; i < Math.min(bytes.length, from + 40); i++) {
          bytes[i] = (byte) (random.nextBoolean() ? 0 : random.nextInt());
        }
        Files.write(file, bytes);
      }
      case CUT -> Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
      case EMPTY -> Files.write(file, new byte[0]);
      case GONE -> Files.delete(file);
      case LONGER -> {
        byte[] more = new byte[1 + random.nextInt(100)];
        random.nextBytes(more);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, longer, bytes.length, more.length);
        Files.write(file, longer);
      }
      case SWAPPED -> {
        Path other = others.get(random.nextInt(others.size()));
        byte[] theirs = Files.readAllBytes(other);
        Files.write(other, bytes);
        Files.write(file, theirs);
      }
    }
  }

  private static List<Path> files(Path work) throws IOException {
    try (Stream<Path> all = Files.walk(work)) {
      return all.filter(Files::isRegularFile).filter(file -> isOurs(work, file)).sorted().toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String shape(Path work, Path file) {
    return work.relativize(file).toString().replaceAll("[0-9a-f]{8}-[0-9a-f-]+|\\d+", "#");
  }

  @Test
  void isMadeUpForOrNamed() throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Path image;
    Map<String, List<String>> expected = new TreeMap<>();
    try (StandingDatabase database = new StandingDatabase(directory.resolve("work"))) {
      create(database);
      for (int i = 0; i < 18; i++) {
        change(database, random);
        switch (i) {
          case 6, 12 -> database.reopen();
          case 9 -> database.run("COMPACT TABLE f");
          default -> {}
        }
      }
      settle(database);
      image = database.image("image");
      for (String sql : FACTS) {
        expected.put(sql, database.sorted(sql));
      }
      ANSWERS.forEach((sql, batch) -> expected.put(sql, database.sorted(batch)));
      for (String sql : ANSWERS.keySet()) {
        assertEquals(expected.get(sql), database.sorted(sql), sql);
      }
    }
    Map<String, List<Path>> shapes = new TreeMap<>();
    for (Path file : files(image)) {
      shapes.computeIfAbsent(shape(image, file), k -> new ArrayList<>()).add(file);
    }
    // -Dtidemill.test.only=state: files of such names only
    String only = System.getProperty("tidemill.test.only", "");
    List<String> kinds = shapes.keySet().stream().filter(kind -> kind.contains(only)).toList();
    List<String> wrong = new ArrayList<>();
    Map<String, Integer> outcomes = new TreeMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      Path work = directory.resolve("round" + round);
      copy(image, work);
      String shape = kinds.get(random.nextInt(kinds.size()));
      List<Path> alike =
          shapes.get(shape).stream()
              .map(f -> work.resolve(image.relativize(f).toString()))
              .toList();
      Path file = alike.get(random.nextInt(alike.size()));
      Damage kind = Damage.values()[random.nextInt(Damage.values().length)];
      damage(file, kind, alike, random);
      Path definition = image.resolve(work.relativize(file)).resolveSibling("query.json");
      String of =
          Files.exists(definition)
              ? Files.readString(definition).replaceAll("(?s).*?\"name\":\"(\\w+)\".*", " of $1")
              : "";
      String what = kind + " " + work.relativize(file) + of;
      boolean isSeen =
          !(kind == Damage.CUT && file.endsWith("table.log"))
              && !(kind == Damage.SWAPPED && file.toString().endsWith(".parquet"));
      String outcome = look(work, isSeen ? expected : Map.of(), what, wrong);
      outcomes.merge(shape + " " + kind + ": " + outcome, 1, Integer::sum);
    }
    if (Boolean.getBoolean("tidemill.test.told")) {
      outcomes.forEach((what, count) -> System.out.println(count + " " + what));
    }
    assertTrue(wrong.isEmpty(), () -> "seed " + seed + "\n" + String.join("\n", wrong));
  }

  private static String look(
      Path work, Map<String, List<String>> expected, String what, List<String> wrong) {
    List<String> said = new ArrayList<>();
    try (StandingDatabase database = new StandingDatabase(work)) {
      database.standing().resumeStored();
      settle(database);
      for (Map.Entry<String, List<String>> each : expected.entrySet()) {
        try {
          List<String> rows = database.sorted(each.getKey());
          boolean isOld =
              database.standing().reports().stream()
                  .anyMatch(
                      report ->
                          report.error() != null
                              && each.getKey()
                                  .contains(report.definition().name().replace("into_", "")));
          // what a query has that failed is its result as of an earlier step, and SELECT warns
          if (!rows.equals(each.getValue()) && !isOld) {
            wrong.add(
                what
                    + ": "
                    + each.getKey()
                    + " gives "
                    + rows.size()
                    + " rows, not "
                    + each.getValue().size()
                    + " ("
                    + rows
                    + ")");
          }
        } catch (TidemillException e) {
          note(e, what + ": " + each.getKey(), said, wrong);
        }
      }
      for (QueryReport report : database.standing().reports()) {
        String error = report.error();
        if (error != null) {
          said.add(report.definition().name() + ": " + error);
          if (error.contains("inside Tidemill")) {
            wrong.add(what + ": " + error);
          }
        }
      }
    } catch (TidemillException e) {
      note(e, what, said, wrong);
    } catch (RuntimeException | AssertionError e) {
      wrong.add(what + ": " + e);
    }
    return said.isEmpty() ? "right" : said.getFirst();
  }

  private static void note(
      TidemillException e, String what, List<String> said, List<String> wrong) {
    said.add(e.code().name() + " " + e.getMessage());
    if (e.code().kind() == ErrorKind.INTERNAL) {
      wrong.add(what + ": " + e.code().name() + " " + e.getMessage());
    }
  }
}
