package dev.tidemill.benchmarks.sustained;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.benchmarks.BenchmarkException;
import dev.tidemill.benchmarks.Sinks;
import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import dev.tidemill.streaming.StepProgress;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Standing queries over NEXMark's events as fast as they can, whose state the watermark bounds:
 * windows, sessions, a join of windows, and a keyed aggregate of so many keys. Every few seconds
 * what the process and its database directory take is printed.
 */
public final class SustainedBenchmark implements QueryListener {
  private static final int EVENTS_PER_STEP = 50_000;
  private static final double MEGABYTE = 1e6;

  private static final Map<String, String> QUERIES =
      Map.of(
          "windows",
          "SELECT window_start, auction, COUNT(*) AS n, MAX(price) AS most FROM HOP(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '2' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, auction",
          "sessions",
          "SELECT bidder, window_end, COUNT(*) AS n FROM SESSION(TABLE bid PARTITION BY bidder, DESCRIPTOR(dateTime), INTERVAL '10' SECOND) GROUP BY bidder, window_start, window_end",
          "joined",
          "SELECT a.id, COUNT(*) AS n, MAX(b.price) AS most FROM TUMBLE(TABLE auction, DESCRIPTOR(dateTime), INTERVAL '10' SECOND) a JOIN TUMBLE(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '10' SECOND) b ON a.id = b.auction AND a.window_start = b.window_start GROUP BY a.window_start, a.id",
          "totals",
          "SELECT MOD(bidder, 100000) AS k, COUNT(*) AS n, SUM(price) AS total FROM bid GROUP BY MOD(bidder, 100000)");

  private final SustainedOptions options;
  private final PrintStream out;
  private final List<Point> curve = new ArrayList<>();
  private final AtomicLong rows = new AtomicLong();
  private final Map<String, StepProgress> last = new ConcurrentHashMap<>();
  private volatile @Nullable String failure;

  /**
   * What to run.
   *
   * @param seconds for how long
   * @param every how many seconds a line is printed
   * @param memory the budget, or null for the engine's own
   * @param json where the figures go, or null
   */
  public record SustainedOptions(
      long seconds, long every, int threads, @Nullable String memory, @Nullable Path json) {}

  /**
   * What was seen at a moment.
   *
   * @param seconds since the start
   * @param rowsPerSecond that the queries together took since the point before
   * @param residentBytes of the process; -1 where the system does not tell
   * @param heapBytes in use
   * @param states bytes of state by query
   * @param checkpointBytes of their step log and snapshots
   */
  private record Point(
      double seconds,
      double rowsPerSecond,
      long residentBytes,
      long heapBytes,
      SortedMap<String, Long> states,
      long checkpointBytes) {
    long stateBytes() {
      return states.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  public SustainedBenchmark(SustainedOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Runs, prints the curve and how the end compares with the middle; writes the JSON file. */
  public void run() throws IOException {
    Path directory = Files.createTempDirectory("sustained");
    Engine.Builder builder =
        Engine.builder().directory(directory).threads(options.threads()).listener(this);
    if (options.memory() != null) {
      builder.set("memory", options.memory());
    }
    try (Engine engine = builder.open();
        Session session = engine.session()) {
      create(session);
      watch(directory);
    } finally {
      delete(directory);
    }
    print();
    if (options.json() != null) {
      write(options.json());
    }
  }

  private static void create(Session session) {
    for (String table : List.of("auction", "bid")) {
      session
          .execute(
              "CREATE TABLE %s (%s, dateTime TIMESTAMP(3), WATERMARK FOR dateTime AS dateTime - INTERVAL '4' SECOND)"
                      .formatted(
                          table,
                          table.equals("bid")
                              ? "auction BIGINT, bidder BIGINT, price BIGINT"
                              : "id BIGINT, seller BIGINT, category BIGINT")
                  + " WITH ('connector' = 'nexmark', 'table' = '%s', 'events' = '1000000000000', 'events_per_step' = '%d')"
                      .formatted(table, EVENTS_PER_STEP))
          .close();
    }
    QUERIES.forEach(
        (name, sql) -> {
          boolean isTotals = name.equals("totals");
          if (!isTotals) {
            Sinks.forgetting(session, name + "_sink", sql);
          }
          session
              .execute(
                  "CREATE STANDING QUERY %s%s OUTPUT MODE %s AS %s"
                      .formatted(
                          name,
                          isTotals ? "" : " INTO " + name + "_sink",
                          isTotals ? "UPDATE" : "APPEND",
                          sql))
              .close();
        });
  }

  private void watch(Path directory) throws IOException {
    out.printf(
        "%8s %12s %12s %9s %9s %14s%n",
        "seconds", "rows/s", "resident MB", "heap MB", "state MB", "checkpoints MB");
    long start = System.nanoTime();
    long until = start + TimeUnit.SECONDS.toNanos(options.seconds());
    long then = start;
    long rowsThen = 0;
    while (System.nanoTime() < until) {
      pause(Math.min(options.every() * 1000, (until - System.nanoTime()) / 1_000_000 + 1));
      if (failure != null) {
        throw new BenchmarkException(String.valueOf(failure));
      }
      long now = System.nanoTime();
      long rowsNow = rows.get();
      Point point =
          new Point(
              (now - start) / 1e9,
              (rowsNow - rowsThen) / ((now - then) / 1e9),
              resident(),
              ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
              states(),
              size(directory));
      then = now;
      rowsThen = rowsNow;
      curve.add(point);
      out.printf(
          "%8.0f %,12.0f %12.1f %9.1f %9.1f %14.1f%n",
          point.seconds,
          point.rowsPerSecond,
          point.residentBytes / MEGABYTE,
          point.heapBytes / MEGABYTE,
          point.stateBytes() / MEGABYTE,
          point.checkpointBytes / MEGABYTE);
    }
  }

  private SortedMap<String, Long> states() {
    SortedMap<String, Long> states = new TreeMap<>();
    last.forEach((query, progress) -> states.put(query, progress.stateBytes()));
    return states;
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(Math.max(1, millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted");
    }
  }

  /** As Linux tells it. */
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return -1;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return -1;
  }

  /** Bytes of the files below a directory, in which files come and go. */
  private static long size(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.mapToLong(SustainedBenchmark::sizeOfFile).sum();
    } catch (UncheckedIOException gone) {
      if (gone.getCause() instanceof NoSuchFileException) {
        return size(directory);
      }
      throw gone.getCause();
    }
  }

  private static long sizeOfFile(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (NoSuchFileException gone) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void print() {
    out.printf("of the last quarter beside the second:%n");
    out.printf("  rows/s            %.2f%n", growth(point -> (long) point.rowsPerSecond));
    out.printf("  resident memory   %.2f%n", growth(Point::residentBytes));
    out.printf("  state             %.2f%n", growth(Point::stateBytes));
    out.printf("  checkpoints       %.2f%n", growth(Point::checkpointBytes));
    for (String query : QUERIES.keySet()) {
      out.printf(
          "  state of %-8s %.2f%n", query, growth(point -> point.states.getOrDefault(query, 0L)));
    }
  }

  /** The median of the last quarter over that of the second; NaN of too few points. */
  private double growth(ToLongFunction<Point> figure) {
    int quarter = curve.size() / 4;
    return quarter == 0
        ? Double.NaN
        : (double) median(curve.subList(curve.size() - quarter, curve.size()), figure)
            / median(curve.subList(quarter, 2 * quarter), figure);
  }

  private static long median(List<Point> points, ToLongFunction<Point> figure) {
    long[] sorted = points.stream().mapToLong(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private void write(Path json) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode all = mapper.createObjectNode();
    ArrayNode points = all.putArray("points");
    for (Point point : curve) {
      ObjectNode written = points.addObject();
      written
          .put("seconds", point.seconds)
          .put("rows_per_second", point.rowsPerSecond)
          .put("resident_bytes", point.residentBytes)
          .put("heap_bytes", point.heapBytes)
          .put("state_bytes", point.stateBytes())
          .put("checkpoint_bytes", point.checkpointBytes);
      ObjectNode states = written.putObject("states");
      point.states.forEach(states::put);
    }
    all.put("rows_growth", growth(point -> (long) point.rowsPerSecond));
    all.put("resident_growth", growth(Point::residentBytes));
    all.put("state_growth", growth(Point::stateBytes));
    all.put("checkpoint_growth", growth(Point::checkpointBytes));
    mapper.writerWithDefaultPrettyPrinter().writeValue(json.toFile(), all);
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
    rows.addAndGet(progress.rowsIn());
    last.put(progress.query(), progress);
  }

  @Override
  public void failed(String query, TidemillException error) {
    failure = query + ": " + error.getMessage();
  }
}
