package dev.tidemill.tpch;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.tpch.bench.Benchmark;
import dev.tidemill.tpch.bench.BenchmarkException;
import dev.tidemill.tpch.bench.BenchmarkOptions;
import dev.tidemill.tpch.bench.ColdStart;
import dev.tidemill.tpch.stream.StreamBenchmark;
import dev.tidemill.tpch.stream.StreamOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** The command {@code tpch-tests/tpch}. */
public final class Main {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  /** The option without a value. */
  private static final String CACHED = "--cached";

  /** With those that go and change, the new rows of a step make a thousandth of all. */
  private static final int PLACES_A_STEP = 50;

  private static final String ALL_QUERIES = "all";
  private static final String COLD_QUERIES = "q1,q6,q9,q18";

  private static final String HELP =
      """
      TPC-H: data, the 22 queries, and their answers.

        tpch generate --scale S --to DIR     writes DIR/TABLE.parquet for the eight tables at scale factor S (0.01, 1, 10)
        tpch verify --scale S [--data DIR]   runs the 22 queries over the files in DIR, or over tables generated while
                                             they are read, and compares with the answers (S is 0.01 or 1)

        tpch bench --data DIR                runs the 22 queries over the files in DIR, by us and by a peer in a process of its
                                             own, in alternation; compares the results and prints medians and ratios
          --against duckdb|spark             the peer; ./mvnw -Ppeers fetches it (default: none, only we are measured)
          --runs N                           measured runs of each query (default 5)
          --warm-up N                        runs before those, not measured (default 3)
          --queries q1,q6                    only these
          --cached                           over tables in memory: CACHE TABLE here, tables of its own in the peer
          --json FILE                        writes the figures to FILE

        tpch coldstart --data DIR            starts a process of its own for SELECT 1 and for each query, in turn with and
                                             without the AOT cache and with C1 alone, and compares with a warm process;
                                             takes --runs, --warm-up (default 20), --queries (default q1,q6,q9,q18), --json

        tpch stream --data DIR               lets each query stand while rows come, go and change: takes nine tenths of the
                                             files in DIR at once, then --steps N (default 100) steps, each of a thousandth
                                             of the rows; prints the time of a step beside that of the query over cached
                                             tables, both by one thread, and compares the results at the end
          --queries q1,q6  --runs N          only these; runs of the query over cached tables (default 5)
          --json FILE                        writes the figures to FILE

      All take --threads N and --memory SIZE (512MB, 2GB). Exit code 0; 1 if a query gives no or another answer; 2 usage.

      The file of --json is {"queries": [{"name": "q1", "tidemill_millis": M, "duckdb_millis": M, "ratio": R, "agrees": true}, ...],
      "geomean_ratio": R, "tidemill_peak_bytes": B, "duckdb_peak_bytes": B, "threads": N, "runs": N, "cached": false}. Times are medians, from the text
      of the query to its last row; a ratio is ours over theirs, below 1 is faster; against Spark the names begin with spark_. Of coldstart: {"queries": [{"name": "q1",
      "tidemill_millis": M, "no_aot_millis": M, "c1_millis": M, "hot_millis": M, "first_over_hot": R}, ...], "threads": N, "runs": N}, whole
      processes; select_1 and tables (which creates the tables for SELECT 1) have no last two. Of stream: {"queries": [{"name": "q1", "tidemill_millis": M (a step's
      operators), "whole_step_millis": M, "batch_millis": M, "ratio": R (step over batch), "state_bytes": B, "agrees": true}, ...], "geomean_ratio": R, "steps": N}.
      """;

  private static final Map<String, Set<String>> OPTIONS =
      Map.of(
          "generate", Set.of("--scale", "--to", "--threads", "--memory"),
          "verify", Set.of("--scale", "--data", "--threads", "--memory"),
          "bench",
              Set.of(
                  "--data",
                  "--against",
                  "--runs",
                  "--warm-up",
                  "--queries",
                  CACHED,
                  "--json",
                  "--threads",
                  "--memory"),
          "coldstart", Set.of("--data", "--runs", "--warm-up", "--queries", "--json", "--threads"),
          "stream", Set.of("--data", "--steps", "--runs", "--queries", "--json", "--memory"));

  private final PrintStream out;
  private final PrintStream err;

  private Main(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  /** Runs a command line; its exit code. */
  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    return new Main(out, err).run(new ArrayDeque<>(arguments));
  }

  private int run(Deque<String> arguments) {
    String command = arguments.isEmpty() ? "--help" : arguments.poll();
    if (command.equals("--help") || command.equals("-h") || command.equals("help")) {
      out.print(HELP);
      return OK;
    }
    Set<String> known = OPTIONS.get(command);
    if (known == null) {
      return usage("there is no command " + command);
    }
    Map<String, String> options = new HashMap<>();
    while (!arguments.isEmpty()) {
      String option = arguments.poll();
      if (!known.contains(option)) {
        return usage(command + " has no option " + option);
      }
      if (!option.equals(CACHED) && arguments.isEmpty()) {
        return usage(option + " needs a value");
      }
      options.put(option, option.equals(CACHED) ? "" : arguments.poll());
    }
    try {
      if (command.equals("bench") || command.equals("coldstart")) {
        return bench(command.equals("coldstart"), options);
      }
      if (command.equals("stream")) {
        return stream(options);
      }
      String scale = options.get("--scale");
      if (scale == null || !scale.matches("[0-9]+(\\.[0-9]+)?")) {
        return usage("--scale must be a number like 0.01, 1 or 10");
      }
      return command.equals("generate") ? generate(scale, options) : verify(scale, options);
    } catch (TidemillException | BenchmarkException e) {
      err.println("error: " + e.getMessage());
      return FAILED;
    } catch (IOException e) {
      err.println("error: " + e);
      return FAILED;
    }
  }

  private int generate(String scale, Map<String, String> options) throws IOException {
    String to = options.get("--to");
    if (to == null) {
      return usage("generate needs --to DIR");
    }
    try (Engine engine = open(options);
        Session session = engine.session()) {
      for (String table : TpchData.TABLES) {
        long start = System.nanoTime();
        long rows = TpchData.generate(session, scale, table, Path.of(to).toAbsolutePath());
        out.printf("%-9s %11d rows  %8.1f s%n", table, rows, (System.nanoTime() - start) / 1e9);
      }
    }
    return OK;
  }

  private int verify(String scale, Map<String, String> options) {
    if (!Set.of("0.01", "1").contains(scale)) {
      return usage("there are answers at scale 0.01 and 1");
    }
    int wrong = 0;
    try (Engine engine = open(options);
        Session session = engine.session()) {
      String data = options.get("--data");
      if (data == null) {
        TpchData.useCatalog(session, scale);
      } else {
        TpchData.useFiles(session, Path.of(data).toAbsolutePath());
      }
      for (TpchQuery query : TpchQuery.all()) {
        Verification verification = Verification.of(query, session, scale);
        String problem = verification.problem();
        out.printf(
            "%s  %6d rows  %9.1f ms  %s%n",
            query.name(),
            verification.rows(),
            verification.millis(),
            problem == null ? "ok" : "WRONG " + problem);
        wrong += problem == null ? 0 : 1;
      }
    }
    out.printf("%d of %d queries give the answer%n", TpchQuery.COUNT - wrong, TpchQuery.COUNT);
    return wrong == 0 ? OK : FAILED;
  }

  private int bench(boolean cold, Map<String, String> options) throws IOException {
    String data = options.get("--data");
    if (data == null) {
      return usage((cold ? "coldstart" : "bench") + " needs --data DIR, which tpch generate fills");
    }
    String peer = options.get("--against");
    if (peer != null && !Set.of("duckdb", "spark").contains(peer)) {
      return usage("--against must be duckdb or spark");
    }
    List<TpchQuery> queries =
        queries(options.getOrDefault("--queries", cold ? COLD_QUERIES : ALL_QUERIES));
    OptionalInt runs = count(options, "--runs", 5);
    OptionalInt warmUp = count(options, "--warm-up", cold ? 20 : 3);
    OptionalInt threads = count(options, "--threads", Runtime.getRuntime().availableProcessors());
    if (queries.isEmpty()) {
      return usage("--queries must be names of queries, q1 to q22, separated by commas");
    }
    if (runs.isEmpty() || warmUp.isEmpty() || threads.isEmpty() || runs.getAsInt() == 0) {
      return usage("--runs, --warm-up and --threads must be whole numbers");
    }
    String home = System.getProperty("tidemill.home", ".");
    String json = options.get("--json");
    BenchmarkOptions bench =
        new BenchmarkOptions(
            Path.of(data).toAbsolutePath(),
            queries,
            runs.getAsInt(),
            warmUp.getAsInt(),
            threads.getAsInt(),
            options.containsKey(CACHED),
            options.get("--memory"),
            peer,
            Path.of(home, "target", "peers"),
            Path.of(home, "tpch-tests", "src", "peers"),
            json == null ? null : Path.of(json));
    if (cold) {
      new ColdStart(bench, Path.of(home, "tidemill"), out, err).run();
      return OK;
    }
    return new Benchmark(bench, out, err).run() ? OK : FAILED;
  }

  private int stream(Map<String, String> options) throws IOException {
    String data = options.get("--data");
    if (data == null) {
      return usage("stream needs --data DIR, which tpch generate fills");
    }
    List<TpchQuery> queries = queries(options.getOrDefault("--queries", ALL_QUERIES));
    OptionalInt steps = count(options, "--steps", 100);
    OptionalInt runs = count(options, "--runs", 5);
    if (queries.isEmpty()) {
      return usage("--queries must be names of queries, q1 to q22, separated by commas");
    }
    if (steps.isEmpty() || runs.isEmpty() || steps.getAsInt() == 0 || runs.getAsInt() == 0) {
      return usage("--steps and --runs must be whole numbers");
    }
    String json = options.get("--json");
    StreamOptions stream =
        new StreamOptions(
            Path.of(data).toAbsolutePath(),
            queries,
            steps.getAsInt(),
            PLACES_A_STEP,
            runs.getAsInt(),
            options.get("--memory"),
            json == null ? null : Path.of(json));
    return new StreamBenchmark(stream, out, err).run() ? OK : FAILED;
  }

  /** The queries of a list of names, or all; empty if one of them is none. */
  private static List<TpchQuery> queries(String names) {
    if (names.equals(ALL_QUERIES)) {
      return TpchQuery.all();
    }
    List<TpchQuery> queries = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      int number = name.matches("q[0-9]{1,2}") ? Integer.parseInt(name.substring(1)) : 0;
      if (number < 1 || number > TpchQuery.COUNT) {
        return List.of();
      }
      queries.add(new TpchQuery(number));
    }
    return queries;
  }

  private static OptionalInt count(Map<String, String> options, String name, int otherwise) {
    String value = options.get(name);
    if (value == null) {
      return OptionalInt.of(otherwise);
    }
    return value.matches("[0-9]{1,6}")
        ? OptionalInt.of(Integer.parseInt(value))
        : OptionalInt.empty();
  }

  private static Engine open(Map<String, String> options) {
    Engine.Builder builder = Engine.builder();
    for (String setting : Arrays.asList("threads", "memory")) {
      String value = options.get("--" + setting);
      if (value != null) {
        builder.set(setting, value);
      }
    }
    return builder.open();
  }

  private int usage(String problem) {
    err.println("error: " + problem);
    err.println("tpch --help says how to use it");
    return USAGE;
  }
}
