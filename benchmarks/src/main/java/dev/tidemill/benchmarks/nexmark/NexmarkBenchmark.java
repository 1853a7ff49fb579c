package dev.tidemill.benchmarks.nexmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tidemill.benchmarks.BenchmarkException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs the queries one after the other, by us and by a peer, and prints and writes the figures. */
public final class NexmarkBenchmark {
  private final NexmarkOptions options;
  private final PrintStream out;
  private final PrintStream progress;
  private final List<Map<String, Object>> figures = new ArrayList<>();
  private final List<Double> ratios = new ArrayList<>();
  private boolean failed;

  public NexmarkBenchmark(NexmarkOptions options, PrintStream out, PrintStream progress) {
    this.options = options;
    this.out = out;
    this.progress = progress;
  }

  /** Runs all; whether every query of ours ran. */
  public boolean run() throws IOException {
    String peerName = options.peer();
    try (PeerProcess peer = peerName == null ? null : new PeerProcess(peerName, options)) {
      out.printf(
          "%-5s %12s %8s %9s %8s %8s %12s%s%n",
          "query",
          "events/s",
          "CPU s",
          "state MB",
          "p50 ms",
          "p99 ms",
          "rows out",
          peerName == null ? "" : " %12s %8s %7s".formatted(peerName + " ev/s", "CPU s", "ratio"));
      for (NexmarkQuery query : options.queries()) {
        measure(query, peer);
      }
    }
    double mean = Math.exp(ratios.stream().mapToDouble(Math::log).average().orElse(Double.NaN));
    if (!ratios.isEmpty()) {
      out.printf("geometric mean of the ratios of time, ours over %s's: %.3f%n", peerName, mean);
    }
    Path json = options.json();
    if (json != null) {
      write(json, mean);
    }
    return !failed;
  }

  private void measure(NexmarkQuery query, @Nullable PeerProcess peer) throws IOException {
    Map<String, Object> figure = new LinkedHashMap<>();
    figure.put("name", query.name());
    figures.add(figure);
    StringBuilder line = new StringBuilder();
    Measurement ours = null;
    try {
      ours = ours(query);
      figure.put("tidemill_millis", ours.millis());
      figure.put("tidemill_events_per_second", ours.perSecond(options.events()));
      figure.put("tidemill_cpu_seconds", ours.cpuSeconds());
      figure.put("state_bytes", ours.stateBytes());
      figure.put("step_p50_millis", ours.p50Millis());
      figure.put("step_p99_millis", ours.p99Millis());
      figure.put("rows_out", ours.rowsOut());
      line.append(
          "%-5s %,12.0f %8.1f %9.1f %8.1f %8.1f %,12d"
              .formatted(
                  query.name(),
                  ours.perSecond(options.events()),
                  ours.cpuSeconds(),
                  ours.stateBytes() / 1e6,
                  ours.p50Millis(),
                  ours.p99Millis(),
                  ours.rowsOut()));
    } catch (BenchmarkException e) {
      failed = true;
      figure.put("tidemill_error", String.valueOf(e.getMessage()));
      line.append("%-5s failed: %s".formatted(query.name(), e.getMessage()));
    }
    if (peer != null) {
      measure(query, peer, ours, figure, line);
    }
    out.println(line);
  }

  private Measurement ours(NexmarkQuery query) throws IOException {
    if (options.warmUp() > 0) {
      progress.println(query.name() + ": warming up");
      new NexmarkRun(options).of(query, options.warmUp());
    }
    progress.println(query.name() + ": measuring");
    return new NexmarkRun(options).of(query, options.events());
  }

  private void measure(
      NexmarkQuery query,
      PeerProcess peer,
      @Nullable Measurement ours,
      Map<String, Object> figure,
      StringBuilder line) {
    try {
      progress.println(query.name() + ": " + options.peer());
      Measurement theirs = peer.run(query);
      figure.put(options.peer() + "_millis", theirs.millis());
      figure.put(options.peer() + "_events_per_second", theirs.perSecond(options.events()));
      figure.put(options.peer() + "_cpu_seconds", theirs.cpuSeconds());
      line.append(
          " %,12.0f %8.1f".formatted(theirs.perSecond(options.events()), theirs.cpuSeconds()));
      if (ours != null) {
        double ratio = ours.millis() / theirs.millis();
        figure.put("ratio", ratio);
        ratios.add(ratio);
        line.append(" %7.3f".formatted(ratio));
      }
    } catch (BenchmarkException e) {
      figure.put(options.peer() + "_error", String.valueOf(e.getMessage()));
      line.append(" ").append(options.peer()).append(" cannot: ").append(e.getMessage());
    }
  }

  private void write(Path json, double mean) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("queries", figures);
    if (!ratios.isEmpty()) {
      all.put("geomean_ratio", mean);
    }
    all.put("events", options.events());
    all.put("threads", options.threads());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), all);
  }
}
