package dev.tidemill.benchmarks.nexmark;

import com.sun.management.OperatingSystemMXBean;
import dev.tidemill.benchmarks.BenchmarkException;
import dev.tidemill.benchmarks.Sinks;
import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import dev.tidemill.streaming.StepProgress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of one query by us: a new engine and a new database directory, deleted at the end. */
final class NexmarkRun implements QueryListener {
  private static final int EVENTS_PER_STEP = 50_000;

  private final NexmarkOptions options;
  private final List<StepProgress> steps = Collections.synchronizedList(new ArrayList<>());
  private volatile @Nullable String failure;

  NexmarkRun(NexmarkOptions options) {
    this.options = options;
  }

  /**
   * Runs a query to its end.
   *
   * @throws BenchmarkException if it fails
   */
  Measurement of(NexmarkQuery query, long events) throws IOException {
    Path directory = Files.createTempDirectory("nexmark");
    Engine.Builder builder =
        Engine.builder().directory(directory).threads(options.threads()).listener(this);
    String memory = options.memory();
    if (memory != null) {
      builder.set("memory", memory);
    }
    try (Engine engine = builder.open();
        Session session = engine.session()) {
      createTables(session, events);
      Sinks.forgetting(session, "sink", query.query());
      long cpu = cpuNanos();
      long start = System.nanoTime();
      session
          .execute(
              "CREATE STANDING QUERY %s INTO sink WITH ('max_rows_per_step' = '%d') AS %s"
                  .formatted(query.name(), 2 * EVENTS_PER_STEP, query.query()))
          .close();
      engine.awaitStandingQueries(() -> failure != null);
      double millis = (System.nanoTime() - start) / 1e6;
      double cpuSeconds = (cpuNanos() - cpu) / 1e9;
      if (failure != null) {
        throw new BenchmarkException(query.name() + ": " + failure);
      }
      return measured(millis, cpuSeconds);
    } finally {
      delete(directory);
    }
  }

  /** The tables, whose definitions are those of {@code queries/nexmark/tables.sql}. */
  private void createTables(Session session, long events) throws IOException {
    String tables =
        Files.readString(options.home().resolve("benchmarks/queries/nexmark/tables.sql"))
            .replaceAll("'events' = '\\d+'", "'events' = '" + events + "'")
            .replaceAll(
                "'events_per_step' = '\\d+'", "'events_per_step' = '" + EVENTS_PER_STEP + "'")
            .replaceAll("(?m)^--.*$", "");
    for (String statement : tables.split(";")) {
      if (!statement.isBlank()) {
        session.execute(statement).close();
      }
    }
  }

  private Measurement measured(double millis, double cpuSeconds) {
    double[] times = steps.stream().mapToDouble(StepProgress::millis).toArray();
    Arrays.sort(times);
    long rows = steps.stream().mapToLong(StepProgress::rowsOut).sum();
    return new Measurement(
        millis,
        cpuSeconds,
        steps.isEmpty() ? 0 : steps.getLast().stateBytes(),
        percentile(times, 0.5),
        percentile(times, 0.99),
        rows);
  }

  private static double percentile(double[] sorted, double share) {
    return sorted.length == 0
        ? -1
        : sorted[(int) Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void stepped(StepProgress progress) {
    steps.add(progress);
  }

  @Override
  public void failed(String query, TidemillException error) {
    failure = error.getMessage();
  }
}
