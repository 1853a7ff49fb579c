package dev.tidemill.benchmarks.latency;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A keyed aggregate with many groups takes steps of few rows: from the moment when a file of rows
 * is there, by rename, to the step's end, when its log record is synced and its result can be read.
 * In turn with each step the disk itself is measured: a block appended to a file and synced. Once
 * on an idle engine and once with a batch query running beside. Then the database is opened again,
 * as a crash at the end would leave it, and as its clean end leaves it.
 */
public final class LatencyBenchmark {
  private static final int BLOCK = 4096;
  private static final int WARM_UP = 500;

  private final LatencyOptions options;
  private final PrintStream out;
  private final PrintStream progress;
  private final Random random = new Random(1);

  /** Milliseconds, ascending. */
  private record Times(String name, double[] steps, double[] syncs) {
    static double at(double[] sorted, double share) {
      return sorted[(int) Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
    }
  }

  public LatencyBenchmark(LatencyOptions options, PrintStream out, PrintStream progress) {
    this.options = options;
    this.out = out;
    this.progress = progress;
  }

  /** Measures, prints the table, writes the JSON file. */
  public void run() throws IOException {
    Path directory = Files.createTempDirectory("latency");
    try {
      Path rows = directory.resolve("rows.csv");
      try (Engine engine =
              Engine.builder()
                  .directory(directory.resolve("db"))
                  .threads(options.threads())
                  .stepByHand()
                  .open();
          Session session = engine.session()) {
        load(session, rows);
        Times idle = measure("idle", session, directory, rows);
        Times busy = measureBusy(engine, session, directory, rows);
        copy(directory.resolve("db"), directory.resolve("crashed"));
        print(List.of(idle, busy));
      }
      printRecovery(
          recover("after a crash", directory.resolve("crashed")),
          recover("after a clean end", directory.resolve("db")));
    } finally {
      delete(directory);
    }
  }

  /** A row for each group. */
  private void load(Session session, Path rows) {
    session
        .execute(
            "COPY (SELECT value AS k, value AS v FROM GENERATE_SERIES(1, %d) AS s (value)) TO '%s'"
                .formatted(options.groups(), rows))
        .close();
    session
        .execute(
            "CREATE TABLE input (k BIGINT, v BIGINT) WITH ('connector' = 'files', 'path' = '%s', 'format' = 'csv', 'growing' = 'true')"
                .formatted(rows))
        .close();
    session
        .execute(
            "CREATE STANDING QUERY totals OUTPUT MODE UPDATE WITH ('max_rows_per_step' = '1000000000') AS SELECT k, COUNT(*) AS n, SUM(v) AS total FROM input GROUP BY k")
        .close();
    session.step(List.of("totals"));
    progress.println(options.groups() + " groups loaded");
  }

  private Times measure(String name, Session session, Path directory, Path rows)
      throws IOException {
    double[] steps = new double[options.steps()];
    double[] syncs = new double[options.steps()];
    try (FileChannel probe =
        FileChannel.open(
            directory.resolve("probe"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int i = -WARM_UP; i < steps.length; i++) {
        Files.writeString(rows, more(), StandardOpenOption.APPEND);
        long start = System.nanoTime();
        session.step(List.of("totals"));
        long done = System.nanoTime();
        probe.write(ByteBuffer.allocate(BLOCK));
        probe.force(false);
        long synced = System.nanoTime();
        if (i >= 0) {
          steps[i] = (done - start) / 1e6;
          syncs[i] = (synced - done) / 1e6;
        }
      }
    }
    Arrays.sort(steps);
    Arrays.sort(syncs);
    progress.println(name + " measured");
    return new Times(name, steps, syncs);
  }

  private String more() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < options.rows(); i++) {
      text.append(1 + random.nextLong(options.groups())).append(',').append(i).append('\n');
    }
    return text.toString();
  }

  private Times measureBusy(Engine engine, Session session, Path directory, Path rows)
      throws IOException {
    AtomicBoolean done = new AtomicBoolean();
    Thread beside =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try (Session other = engine.session()) {
                    while (!done.get()) {
                      query(other);
                    }
                  }
                });
    try {
      return measure("beside a query", session, directory, rows);
    } finally {
      done.set(true);
      join(beside);
    }
  }

  private static void query(Session session) {
    try (Result result =
        session.execute(
            "SELECT MOD(value, 1000) AS m, SUM(value) FROM GENERATE_SERIES(1, 20000000) AS s (value) GROUP BY m")) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        batch.close();
      }
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Milliseconds until a query's result can be read again.
   *
   * @param bytes of its snapshots
   * @param steps that were taken again
   */
  private record Recovery(String name, double millis, long bytes, long steps) {}

  private Recovery recover(String name, Path database) {
    long start = System.nanoTime();
    try (Engine engine =
            Engine.builder().directory(database).threads(options.threads()).stepByHand().open();
        Session session = engine.session()) {
      double millis = (System.nanoTime() - start) / 1e6;
      try (Result result =
          session.execute("SELECT MAX(snapshot_bytes), MAX(snapshot_step) FROM \"totals$state\"")) {
        Batch batch = Objects.requireNonNull(result.next());
        try (batch) {
          // Where the first snapshot was not whole yet there is none: all steps are taken again.
          boolean isKept = !batch.column(0).isNull(0);
          long bytes = isKept ? number(batch.column(0)) : 0;
          long step = isKept ? number(batch.column(1)) : -1;
          return new Recovery(name, millis, bytes, session.progress("totals").step() - step);
        }
      }
    }
  }

  private static long number(Column column) {
    return ((Number) Objects.requireNonNull(column.value(0))).longValue();
  }

  private void printRecovery(Recovery crash, Recovery end) throws IOException {
    out.printf("%-16s %16s %16s %16s%n", "", "recovery millis", "snapshot bytes", "steps again");
    for (Recovery recovery : List.of(crash, end)) {
      out.printf(
          "%-16s %16.0f %16d %16d%n",
          recovery.name, recovery.millis, recovery.bytes, recovery.steps);
    }
    Path json = options.json();
    if (json != null) {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode root = (ObjectNode) mapper.readTree(json.toFile());
      root.put("recovery_crash_millis", crash.millis)
          .put("recovery_crash_steps", crash.steps)
          .put("recovery_clean_millis", end.millis)
          .put("snapshot_bytes", crash.bytes);
      mapper.writerWithDefaultPrettyPrinter().writeValue(json.toFile(), root);
    }
  }

  /** What a crash would leave; files that come and go meanwhile are looked for again. */
  private static void copy(Path from, Path to) throws IOException {
    while (true) {
      try (Stream<Path> found = Files.walk(from)) {
        for (Path file : found.toList()) {
          Path target = to.resolve(from.relativize(file).toString());
          if (Files.isDirectory(file)) {
            Files.createDirectories(target);
          } else {
            Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
          }
        }
        return;
      } catch (NoSuchFileException | UncheckedIOException gone) {
        delete(to);
      }
    }
  }

  private void print(List<Times> all) throws IOException {
    out.printf(
        "%-16s %10s %10s %10s %10s %16s %16s%n",
        "", "step p50", "step p99", "sync p50", "sync p99", "p50 beyond sync", "p99 beyond sync");
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    ArrayNode queries = root.putArray("queries");
    for (Times times : all) {
      double step50 = Times.at(times.steps, 0.5);
      double step99 = Times.at(times.steps, 0.99);
      double sync50 = Times.at(times.syncs, 0.5);
      double sync99 = Times.at(times.syncs, 0.99);
      out.printf(
          "%-16s %10.2f %10.2f %10.2f %10.2f %16.2f %16.2f%n",
          times.name, step50, step99, sync50, sync99, step50 - sync50, step99 - sync99);
      queries
          .addObject()
          .put("name", times.name.replace(' ', '_'))
          .put("tidemill_millis", step50)
          .put("step_p99_millis", step99)
          .put("sync_p50_millis", sync50)
          .put("sync_p99_millis", sync99);
    }
    root.put("groups", options.groups()).put("rows", options.rows()).put("steps", options.steps());
    Path json = options.json();
    if (json != null) {
      mapper.writerWithDefaultPrettyPrinter().writeValue(json.toFile(), root);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> found = Files.walk(directory)) {
      for (Path file : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /**
   * What was asked for.
   *
   * @param groups of the aggregate
   * @param rows of a step
   * @param json where the figures are written, or null
   */
  public record LatencyOptions(
      long groups, int rows, int steps, int threads, @Nullable Path json) {}
}
