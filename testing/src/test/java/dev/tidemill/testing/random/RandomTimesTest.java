package dev.tidemill.testing.random;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.testing.ScriptRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random queries over tables with watermarks, of which some rows come late. In UPDATE a result is
 * the batch answer over the rows that were not late, after every step, end and crash. In APPEND it
 * has only rows of that answer, and all of them once the watermark has passed. As {@link
 * RandomQueriesTest}, {@code -Dtidemill.test.seed}, {@code -Dtidemill.rounds} and {@code
 * -Dtidemill.minutes} say how it goes.
 */
class RandomTimesTest {
  private static final int ROUNDS = 1;
  private static final int QUERIES_A_ROUND = 10;
  private static final int STEPS = 12;

  @TempDir Path directory;

  private final List<String> failures = new ArrayList<>();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private final Map<String, Integer> stood = new TreeMap<>();

  @Test
  void resultsAreTheBatchAnswerOverWhatWasNotLate() {
    boolean all = Boolean.getBoolean("tidemill.random.all");
    long minutes = Long.getLong("tidemill.minutes", 0);
    int most = minutes > 0 ? Integer.MAX_VALUE : Integer.getInteger("tidemill.rounds", ROUNDS);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes > 0 ? minutes : 24 * 60);
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("random queries over time from seed " + seed);
    int rounds = 0;
    while (rounds < most && System.nanoTime() < end && (all || failures.isEmpty())) {
      try (Round round = new Round(seed + rounds)) {
        round.run();
      }
      rounds++;
    }
    System.out.println(rounds + " rounds, stood: " + stood + "\nrefused: " + refusals);
    assertTrue(failures.isEmpty(), () -> String.join("\n\n", failures));
  }

  /** Some queries over one database. */
  private final class Round implements AutoCloseable {
    private final long seed;
    private final Dice dice;

    /** SQL with the places of tables, by the name of the query. */
    private final Map<String, String> queries = new LinkedHashMap<>();

    private final StringBuilder done = new StringBuilder();
    private Path work;
    private Engine engine;
    private Session session;
    private int ids;

    Round(long seed) {
      this.seed = seed;
      this.dice = new Dice(seed);
      this.work = directory.resolve("round" + seed).resolve("0");
      this.engine = open();
      this.session = engine.session();
    }

    private Engine open() {
      return Engine.builder()
          .set("threads", "1")
          .stepByHand()
          .directory(work.resolve("db"))
          .workingDirectory(work)
          .open();
    }

    void run() {
      for (String table : List.of("e", "f")) {
        run(
            "CREATE TABLE %s (id BIGINT, k INTEGER, v INTEGER, s VARCHAR, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '%d' SECOND)"
                .formatted(table, dice.below(4)));
      }
      TimedQueryGenerator generator = new TimedQueryGenerator(dice);
      for (int i = 0; i < QUERIES_A_ROUND; i++) {
        String sql = generator.query();
        for (String mode : List.of("UPDATE", "APPEND")) {
          create(mode.toLowerCase(Locale.ROOT) + i, mode, sql);
        }
      }
      for (int step = 0; step < STEPS && !queries.isEmpty(); step++) {
        for (String table : List.of("e", "f")) {
          insert(table, step);
        }
        step();
        if (dice.oneIn(5)) {
          reopen(work);
        } else if (dice.oneIn(6)) {
          reopen(image(work.resolveSibling("image" + step)));
        }
        if (step % 4 == 3) {
          List.copyOf(queries.keySet()).forEach(query -> check(query, false));
        }
      }
      for (String table : List.of("e", "f")) {
        run(
            "INSERT INTO %s VALUES (%d, 0, 0, '', TIMESTAMP '2026-01-01 01:00:00')"
                .formatted(table, -1));
      }
      step();
      List.copyOf(queries.keySet()).forEach(query -> check(query, true));
    }

    private void create(String name, String mode, String sql) {
      try {
        run(
            "CREATE STANDING QUERY %s OUTPUT MODE %s WITH ('max_rows_per_step' = '%d') AS %s"
                .formatted(name, mode, dice.pick(List.of(3, 1000, 1000)), of(sql, "e", "f")));
        queries.put(name, sql);
        stood.merge(mode, 1, Integer::sum);
      } catch (TidemillException e) {
        refused(e, mode + " " + sql);
      }
    }

    private void refused(TidemillException e, String what) {
      if (e.kind() == ErrorKind.INTERNAL) {
        failed(what + "\n" + e + "\n" + e.getCause());
      } else {
        refusals.merge(e.code().name(), 1, Integer::sum);
        if (!e.code().sqlState().startsWith("0A") && !e.code().name().contains("MODE")) {
          failed(what + "\n" + e.getMessage());
        }
      }
    }

    private static String of(String sql, String e, String f) {
      return sql.replace("{e}", e).replace("{f}", f);
    }

    private void insert(String table, int step) {
      List<String> rows = new ArrayList<>();
      for (int i = dice.below(6); i > 0; i--) {
        int millis = Math.max(0, step * 2500 + 500 * (dice.below(18) - 12));
        rows.add(
            "(%d, %s, %s, %s, %s)"
                .formatted(
                    ids++,
                    dice.oneIn(9) ? "NULL" : dice.below(3),
                    dice.oneIn(9) ? "NULL" : dice.below(4),
                    dice.pick("'x'", "'y'", "NULL"),
                    dice.oneIn(14)
                        ? "NULL"
                        : "TIMESTAMP '2026-01-01 00:00:%02d.%03d'"
                            .formatted(millis / 1000, millis % 1000)));
      }
      if (!rows.isEmpty()) {
        run("INSERT INTO " + table + " VALUES " + String.join(", ", rows));
      }
    }

    private void step() {
      done.append("-- step\n");
      Map<String, Long> last = new TreeMap<>();
      for (boolean more = true; more && !queries.isEmpty(); ) {
        try {
          session.step(queries.keySet());
        } catch (TidemillException e) {
          failed(e + "\n" + e.getCause());
        }
        more = false;
        for (String query : List.copyOf(queries.keySet())) {
          if (session.progress(query).status() == QueryStatus.FAILED) {
            failed(
                query
                    + " FAILED: "
                    + session.progress(query).error()
                    + "\n"
                    + queries.remove(query));
          } else {
            long now = session.progress(query).step();
            more |= !Long.valueOf(now).equals(last.put(query, now));
          }
        }
      }
    }

    private void check(String query, boolean isOver) {
      String late =
          "SELECT * FROM %s WHERE id NOT IN (SELECT id FROM \"%s$late\" WHERE query = '%s')";
      String sql = queries.get(query);
      String with =
          "WITH e0 AS (%s), f0 AS (%s)"
              .formatted(late.formatted("e", "e", query), late.formatted("f", "f", query));
      String timed = of(sql, "e0", "f0");
      String batch = with + (timed.startsWith("WITH ") ? ", " + timed.substring(5) : " " + timed);
      String result = "SELECT * FROM " + query;
      boolean append = query.startsWith("append");
      if (append && isOver) {
        String old = " AS x WHERE w IS NULL OR w < TIMESTAMP '2026-01-01 00:30:00'";
        batch = "SELECT * FROM (" + batch + ")" + old;
        result = "SELECT * FROM (" + result + ")" + old;
      }
      try {
        List<String> wanted = sorted(batch);
        List<String> found = sorted(result);
        List<String> surplus = new ArrayList<>(found);
        wanted.forEach(surplus::remove);
        boolean waits = append && (!isOver || sql.contains("LEAD("));
        if (waits ? !surplus.isEmpty() : !wanted.equals(found)) {
          queries.remove(query);
          failed(
              "%s%s: wanted\n%s\nfound\n%s\n%s"
                  .formatted(
                      query,
                      isOver ? " at the end" : "",
                      String.join("\n", wanted),
                      String.join("\n", found),
                      sql));
        }
      } catch (TidemillException e) {
        queries.remove(query);
        failed(query + ": " + e + "\n" + e.getCause() + "\n" + batch);
      }
    }

    private List<String> sorted(String sql) {
      List<String> rows = new ArrayList<>(ScriptRunner.rows(session, sql));
      Collections.sort(rows);
      return rows;
    }

    private void failed(String what) {
      failures.add("seed " + seed + ": " + what);
      System.out.println(failures.getLast());
    }

    private void run(String sql) {
      done.append(sql).append(";\n");
      ScriptRunner.rows(session, sql);
    }

    /** Ends cleanly, and opens what is in the directory. */
    private void reopen(Path next) {
      close();
      work = next;
      engine = open();
      session = engine.session();
      engine.resumeStored();
    }

    /**
     * A copy of everything, as a crash at this moment would leave it: one during which nothing was
     * written, since snapshots are written in the background.
     */
    private Path image(Path target) {
      for (int i = 0; ; i++) {
        try {
          Map<Path, FileTime> before = files();
          Path copy = target.resolveSibling(target.getFileName() + "." + i);
          for (Path file : before.keySet()) {
            Path there = copy.resolve(work.relativize(file));
            if (Files.isDirectory(file)) {
              Files.createDirectories(there);
            } else {
              Files.copy(file, there);
            }
          }
          if (before.equals(files())) {
            return copy;
          }
        } catch (NoSuchFileException gone) {
          continue;
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    private Map<Path, FileTime> files() throws IOException {
      Map<Path, FileTime> files = new TreeMap<>();
      try (Stream<Path> all = Files.walk(work)) {
        for (Path file : all.toList()) {
          files.put(file, Files.getLastModifiedTime(file));
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      return files;
    }

    @Override
    public void close() {
      session.close();
      engine.close();
    }
  }
}
