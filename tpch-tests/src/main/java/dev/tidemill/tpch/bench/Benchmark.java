package dev.tidemill.tpch.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.tpch.Answers;
import dev.tidemill.tpch.TpchQuery;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The queries run round by round, each query by us and at once by the peer: first one round whose
 * results are compared, then those that warm both up, then those that count. What disturbs the
 * machine for a while disturbs both.
 */
public final class Benchmark {
  private final BenchmarkOptions options;
  private final PrintStream out;
  private final PrintStream progress;

  public Benchmark(BenchmarkOptions options, PrintStream out, PrintStream progress) {
    this.options = options;
    this.out = out;
    this.progress = progress;
  }

  /**
   * Measures, prints the table, writes the JSON file.
   *
   * @return whether all results agree
   * @throws BenchmarkException if the peer cannot be run
   */
  public boolean run() throws IOException {
    try (Tidemill ours = new Tidemill(options);
        PeerProcess theirs =
            options.peer() == null ? null : new PeerProcess(options.peer(), options)) {
      List<Measurement> measurements = measure(ours, theirs);
      print(measurements, ours, theirs);
      Path json = options.json();
      if (json != null) {
        write(json, measurements, ours, theirs);
      }
      return measurements.stream().allMatch(measurement -> measurement.difference() == null);
    }
  }

  private List<Measurement> measure(Tidemill ours, @Nullable PeerProcess theirs) {
    List<TpchQuery> queries = options.queries();
    List<Measurement> measurements = new ArrayList<>();
    for (TpchQuery query : queries) {
      String difference = null;
      if (theirs != null) {
        difference = Answers.difference(theirs.rows(query.sql()), ours.rows(query.sql()));
      }
      measurements.add(
          new Measurement(
              "q" + query.number(),
              new double[options.runs()],
              new double[theirs == null ? 0 : options.runs()],
              difference));
    }
    progress.println("results compared");
    for (int round = -options.warmUp(); round < options.runs(); round++) {
      double ourSum = 0;
      double theirSum = 0;
      for (int q = 0; q < queries.size(); q++) {
        String sql = queries.get(q).sql();
        double our = ours.run(sql);
        double their = theirs == null ? 0 : theirs.run(sql);
        ourSum += our;
        theirSum += their;
        if (round >= 0) {
          measurements.get(q).ours()[round] = our;
          if (theirs != null) {
            measurements.get(q).theirs()[round] = their;
          }
        }
      }
      String peer = theirs == null ? "" : ", %s %.0f ms".formatted(theirs.name(), theirSum);
      progress.printf(
          "%s: tidemill %.0f ms%s%n", round < 0 ? "warm-up" : "round " + (round + 1), ourSum, peer);
    }
    return measurements;
  }

  private void print(List<Measurement> measurements, Contestant ours, @Nullable Contestant theirs) {
    String peer = theirs == null ? "" : theirs.name();
    out.printf("%-8s %12s", "query", "tidemill ms");
    if (theirs != null) {
      out.printf(" %12s %8s", peer + " ms", "ratio");
    }
    out.println();
    for (Measurement measurement : measurements) {
      out.printf("%-8s %12.1f", measurement.query(), measurement.ourMedian());
      if (theirs != null) {
        out.printf(" %12.1f %8.2f", measurement.theirMedian(), measurement.ratio().orElseThrow());
      }
      out.println(measurement.difference() == null ? "" : "  DIFFERS: " + measurement.difference());
    }
    out.printf(
        "%-8s %12.1f", "sum", measurements.stream().mapToDouble(Measurement::ourMedian).sum());
    if (theirs != null) {
      out.printf(" %12.1f", measurements.stream().mapToDouble(Measurement::theirMedian).sum());
    }
    out.println();
    out.printf(
        "peak memory: tidemill %s%s%n",
        megabytes(ours.peakBytes()),
        theirs == null ? "" : ", " + peer + " " + megabytes(theirs.peakBytes()));
    out.printf("%-8s %12.1f", "geomean", geometricMean(ours(measurements)));
    if (theirs != null) {
      out.printf(
          " %12.1f %8.3f",
          geometricMean(theirs(measurements)), geometricMean(ratios(measurements)));
    }
    out.println();
  }

  private void write(
      Path file, List<Measurement> measurements, Contestant ours, @Nullable Contestant theirs)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    ArrayNode queries = root.putArray("queries");
    for (Measurement measurement : measurements) {
      ObjectNode query = queries.addObject();
      query.put("name", measurement.query());
      query.put("tidemill_millis", measurement.ourMedian());
      if (theirs != null) {
        query.put(theirs.name() + "_millis", measurement.theirMedian());
        query.put("ratio", measurement.ratio().orElseThrow());
        query.put("agrees", measurement.difference() == null);
      }
    }
    if (theirs != null) {
      root.put("geomean_ratio", geometricMean(ratios(measurements)));
      root.put(theirs.name() + "_peak_bytes", theirs.peakBytes());
    }
    root.put("tidemill_peak_bytes", ours.peakBytes());
    root.put("threads", options.threads());
    root.put("runs", options.runs());
    root.put("cached", options.cached());
    mapper.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
  }

  private static double[] ours(List<Measurement> measurements) {
    return measurements.stream().mapToDouble(Measurement::ourMedian).toArray();
  }

  private static double[] theirs(List<Measurement> measurements) {
    return measurements.stream().mapToDouble(Measurement::theirMedian).toArray();
  }

  private static double[] ratios(List<Measurement> measurements) {
    return measurements.stream().mapToDouble(m -> m.ratio().orElseThrow()).toArray();
  }

  private static double geometricMean(double[] values) {
    double logarithms = 0;
    for (double value : values) {
      logarithms += Math.log(value);
    }
    return Math.exp(logarithms / values.length);
  }

  private static String megabytes(long bytes) {
    return bytes < 0 ? "unknown" : bytes / (1 << 20) + " MB";
  }
}
