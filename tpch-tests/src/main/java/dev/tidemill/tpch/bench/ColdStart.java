package dev.tidemill.tpch.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.tpch.TpchData;
import dev.tidemill.tpch.TpchQuery;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What the first statement of a process costs: the command, from its start to its end, for {@code
 * SELECT 1} and for single queries, beside the same query in a process that is warm. With the AOT
 * cache, without it, and with C1 alone, round by round in turn.
 */
public final class ColdStart {
  /** How a process is started: a name and what it sets in the environment. */
  private enum Start {
    USUAL("tidemill", Map.of()),
    WITHOUT_CACHE("no_aot", Map.of("TIDEMILL_AOT", "off")),
    ONLY_C1("c1", Map.of("TIDEMILL_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1"));

    private final String member;
    private final Map<String, String> environment;

    Start(String member, Map<String, String> environment) {
      this.member = member;
      this.environment = environment;
    }
  }

  /** How many statements come before the queries. */
  private static final int QUERIES = 2;

  /** A statement, with the milliseconds of each process by start and round. */
  private record Statement(String name, String sql, double[][] millis) {
    Statement(String name, String sql, int rounds) {
      this(name, sql, new double[Start.values().length][rounds]);
    }

    double median(Start start) {
      double[] sorted = millis[start.ordinal()].clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }
  }

  private final BenchmarkOptions options;
  private final Path command;
  private final PrintStream out;
  private final PrintStream progress;

  /**
   * @param command what starts a process
   */
  public ColdStart(BenchmarkOptions options, Path command, PrintStream out, PrintStream progress) {
    this.options = options;
    this.command = command;
    this.out = out;
    this.progress = progress;
  }

  /**
   * Measures, prints the table, writes the JSON file.
   *
   * @throws BenchmarkException if a process fails
   */
  public void run() throws IOException {
    String tables = TpchData.tables(options.data());
    List<Statement> statements = new ArrayList<>();
    statements.add(new Statement("select_1", "SELECT 1", options.runs()));
    statements.add(new Statement("tables", tables + "SELECT 1", options.runs()));
    for (TpchQuery query : options.queries()) {
      statements.add(new Statement("q" + query.number(), tables + query.sql(), options.runs()));
    }
    for (int round = -1; round < options.runs(); round++) {
      for (Statement statement : statements) {
        for (Start start : Start.values()) {
          double millis = process(statement.sql(), start);
          if (round >= 0) {
            statement.millis()[start.ordinal()][round] = millis;
          }
        }
      }
      progress.println(round < 0 ? "warm-up" : "round " + (round + 1));
    }
    double[] hot = hot();
    print(statements, hot);
    Path json = options.json();
    if (json != null) {
      write(json, statements, hot);
    }
  }

  /** Milliseconds from the start of a process to its end. */
  private double process(String sql, Start start) throws IOException {
    Path log = Files.createTempFile("coldstart", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
              command.toString(), "--threads", Integer.toString(options.threads()), "-c", sql);
      builder.environment().putAll(start.environment);
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      long before = System.nanoTime();
      Process process = builder.start();
      process.getOutputStream().close();
      int code = process.waitFor();
      double millis = (System.nanoTime() - before) / 1e6;
      if (code != 0) {
        throw new BenchmarkException(
            "%s ended with exit code %d: %s".formatted(command, code, Files.readString(log)));
      }
      return millis;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted");
    } finally {
      Files.delete(log);
    }
  }

  /** By query, the median of runs in this process, after as many as make it warm. */
  private double[] hot() {
    double[] medians = new double[options.queries().size()];
    try (Tidemill warm = new Tidemill(options)) {
      for (int q = 0; q < medians.length; q++) {
        String sql = options.queries().get(q).sql();
        for (int run = 0; run < options.warmUp(); run++) {
          warm.run(sql);
        }
        double[] millis = new double[options.runs()];
        for (int run = 0; run < millis.length; run++) {
          millis[run] = warm.run(sql);
        }
        Arrays.sort(millis);
        medians[q] = millis[millis.length / 2];
      }
      return medians;
    }
  }

  private void print(List<Statement> statements, double[] hot) {
    out.printf(
        "%-9s %11s %11s %11s %11s %14s%n",
        "", "process ms", "no AOT ms", "C1 only ms", "hot ms", "first / hot");
    for (int i = 0; i < statements.size(); i++) {
      Statement statement = statements.get(i);
      out.printf(
          "%-9s %11.0f %11.0f %11.0f",
          statement.name(),
          statement.median(Start.USUAL),
          statement.median(Start.WITHOUT_CACHE),
          statement.median(Start.ONLY_C1));
      if (i >= QUERIES) {
        double warm = hot[i - QUERIES];
        out.printf(" %11.1f %14.1f", warm, first(statements, i) / warm);
      }
      out.println();
    }
    out.println(
        "first: the process less that of \"tables\", which creates the tables for SELECT 1");
  }

  /** What a query takes in a fresh process beyond its start-up and the tables. */
  private static double first(List<Statement> statements, int index) {
    return statements.get(index).median(Start.USUAL)
        - statements.get(QUERIES - 1).median(Start.USUAL);
  }

  private void write(Path file, List<Statement> statements, double[] hot) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    ArrayNode queries = root.putArray("queries");
    for (int i = 0; i < statements.size(); i++) {
      ObjectNode query = queries.addObject();
      query.put("name", statements.get(i).name());
      for (Start start : Start.values()) {
        query.put(start.member + "_millis", statements.get(i).median(start));
      }
      if (i >= QUERIES) {
        double warm = hot[i - QUERIES];
        query.put("hot_millis", warm);
        query.put("first_over_hot", first(statements, i) / warm);
      }
    }
    root.put("threads", options.threads());
    root.put("runs", options.runs());
    mapper.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
  }
}
