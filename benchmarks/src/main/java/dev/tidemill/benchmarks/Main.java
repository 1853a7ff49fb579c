package dev.tidemill.benchmarks;

import dev.tidemill.benchmarks.changes.ChangesBenchmark;
import dev.tidemill.benchmarks.changes.ChangesBenchmark.ChangesOptions;
import dev.tidemill.benchmarks.killtest.KillOptions;
import dev.tidemill.benchmarks.killtest.KillTest;
import dev.tidemill.benchmarks.latency.LatencyBenchmark;
import dev.tidemill.benchmarks.latency.LatencyBenchmark.LatencyOptions;
import dev.tidemill.benchmarks.nexmark.NexmarkBenchmark;
import dev.tidemill.benchmarks.nexmark.NexmarkOptions;
import dev.tidemill.benchmarks.nexmark.NexmarkQuery;
import dev.tidemill.benchmarks.sustained.SustainedBenchmark;
import dev.tidemill.benchmarks.sustained.SustainedBenchmark.SustainedOptions;
import dev.tidemill.foundation.error.TidemillException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The commands {@code benchmarks/…}; the first argument is the benchmark's name. */
public final class Main {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private static final String HELP =
      """
      NEXMark: q0 to q22 as standing queries over generated people, auctions and bids.

        nexmark [--events N]      runs each query over N events (default 10000000) as fast as it can, in steps of 50,000, into a sink
                                  that forgets, with a database directory: each step is logged and synced
          --queries q1,q5         only these
          --against flink|spark   the same queries over the same events on Flink or Spark, in a process of its own; ./mvnw -Ppeers
                                  fetches them
          --warm-up N             events before that, not measured (default: a tenth)
          --threads N             worker threads, and slots of the peer (default: the processors)
          --memory SIZE           such as 4GB
          --json FILE             writes the figures to FILE

      Prints per query: events a second, CPU seconds of the process, bytes of state at the end, median and 99th percentile of the
      milliseconds of a step, rows out, and of a peer its events a second and the ratio. Exit code 0; 1 a query failed; 2 usage.

      The file of --json is {"queries": [{"name": "q1", "tidemill_millis": M, "tidemill_events_per_second": E, "tidemill_cpu_seconds": C,
      "state_bytes": B, "step_p50_millis": M, "step_p99_millis": M, "flink_millis": M, "flink_events_per_second": E, "flink_cpu_seconds": C,
      "ratio": R}, ...], "geomean_ratio": R, "events": N, "threads": N}; a ratio is our time over theirs, below 1 is faster. What a peer
      cannot run has "flink_error". Of Spark the names begin with "spark".
      """;

  private static final String LATENCY_HELP =
      """
      Latency: steps of few rows of an aggregate with many groups, from the rows being there to the step being durable.

        latency [--groups N]      groups of the aggregate (default 1000000)
          --rows N                rows of a step (default 100)
          --steps N               steps that are measured (default 500)
          --threads N             worker threads (default: the processors)
          --json FILE             writes the figures to FILE

      Prints median and 99th percentile of the milliseconds of a step and, measured in turn, of appending a block to a file and syncing it,
      on an idle engine and with a batch query running beside; then how long a recovery takes, after a crash and after a clean end.
      Exit code 0; 1 it failed; 2 usage.

      The file of --json is {"queries": [{"name": "idle", "tidemill_millis": M (the median), "step_p99_millis": M, "sync_p50_millis": M,
      "sync_p99_millis": M}, {"name": "beside_a_query", ...}], "groups": N, "rows": N, "steps": N,
      "recovery_crash_millis": M, "recovery_crash_steps": N, "recovery_clean_millis": M, "snapshot_bytes": N}.
      """;

  private static final String CHANGES_HELP =
      """
      Changes: the same standing queries over a table to which rows are only added and over one with the same rows that may change.

        changes [--groups N]      keys of the rows (default 100000)
          --rows N                rows of a step (default 100000)
          --steps N               steps that are measured (default 30)
          --threads N             worker threads (default: the processors)
          --json FILE             writes the figures to FILE

      Prints per query the median milliseconds of a step, in turn, and the bytes of state in the end. Exit code 0; 1 it failed; 2 usage.

      The file of --json is {"queries": [{"name": "group", "added_millis": M, "changing_millis": M, "added_state_bytes": B,
      "changing_state_bytes": B}, ...], "groups": N, "rows": N, "steps": N}.
      """;

  private static final String KILLTEST_HELP =
      """
      Kill test: standing queries in a process of their own, which is killed (SIGKILL) and started again while rows keep coming.

        killtest [--kills N]      so many times (default 200)
          --seed N                of the input and of the moments (default: the clock)
          --jdbc OPTIONS          a database that is delivered to as well: what stands in WITH of its tables but for connector and
                                  table, such as "'url' = 'jdbc:postgresql://localhost/test', 'user' = 'me'"
          --kafka HOST:PORT       brokers, through whose topics rows go as well: files to Kafka to Kafka, to the database, to a result
      (tables and topics are called killtest_SEED_orders, _totals, _through; take a seed that was not used there before, and make the
      topics where brokers do not make them by themselves)
          --json FILE             writes the figures to FILE

      Half of the kills are at a call of the file system: before or after a sync or a rename, half-way through an append. In the end
      each output is compared with the batch answer over all that came: kept results, files in all modes, standing queries over
      others, over a table with UPDATE and DELETE. Prints where the kills hit, the steps, the rows that were lost and those that are
      there twice. Exit code 0; 1 something was lost, is there twice, or failed; 2 usage.

      The file of --json is {"kills": N, "seed": N, "rows": N, "statements": N, "steps": N, "recovery_p50_millis": M, "lost": 0,
      "twice": 0, "places": {"before sync of the step log": N, ...}, "failures": []}.
      """;

  private static final String SUSTAINED_HELP =
      """
      Sustained: standing queries over NEXMark's events as fast as they can, for minutes: windows, sessions and a join of windows that
      the watermark ends, and totals of 100,000 keys.

        sustained [--minutes N]   how long (default 10)
          --seconds N             the same in seconds
          --every N               seconds from line to line (default 10)
          --threads N             worker threads (default: the processors)
          --memory SIZE           such as 1GB
          --json FILE             writes the figures to FILE

      Prints every few seconds the rows that the queries took a second, memory of the process and heap in use, bytes of state, and of
      the database directory: step log and snapshots. In the end what the last quarter of the time took beside the second, medians:
      1.00 is flat; of the state by query, too. Exit code 0; 1 a query failed; 2 usage.

      The file of --json is {"points": [{"seconds": S, "rows_per_second": R, "resident_bytes": B, "heap_bytes": B, "state_bytes": B,
      "checkpoint_bytes": B, "states": {"NAME": B of the query, ...}}, ...], "rows_growth": R, "resident_growth": R, "state_growth": R, "checkpoint_growth": R}.
      """;

  private static final Set<String> SUSTAINED_OPTIONS =
      Set.of("--minutes", "--seconds", "--every", "--threads", "--memory", "--json");

  private static final Set<String> KILLTEST_OPTIONS =
      Set.of("--kills", "--seed", "--jdbc", "--kafka", "--json");

  private static final Set<String> LATENCY_OPTIONS =
      Set.of("--groups", "--rows", "--steps", "--threads", "--json");

  private static final Set<String> OPTIONS =
      Set.of("--events", "--queries", "--against", "--warm-up", "--threads", "--memory", "--json");

  private final PrintStream out;
  private final PrintStream err;

  private Main(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] arguments) {
    System.exit(new Main(System.out, System.err).run(new ArrayDeque<>(Arrays.asList(arguments))));
  }

  private int run(Deque<String> arguments) {
    String command = arguments.isEmpty() ? "" : arguments.poll();
    String help =
        switch (command) {
          case "nexmark" -> HELP;
          case "latency" -> LATENCY_HELP;
          case "changes" -> CHANGES_HELP;
          case "killtest" -> KILLTEST_HELP;
          case "sustained" -> SUSTAINED_HELP;
          default -> null;
        };
    if (help == null) {
      err.println(
          "error: there is no benchmark '"
              + command
              + "'; there are nexmark, latency, changes, killtest, sustained");
      return USAGE;
    }
    Set<String> known =
        switch (command) {
          case "latency", "changes" -> LATENCY_OPTIONS;
          case "killtest" -> KILLTEST_OPTIONS;
          case "sustained" -> SUSTAINED_OPTIONS;
          default -> OPTIONS;
        };
    Map<String, String> options = new HashMap<>();
    while (!arguments.isEmpty()) {
      String option = arguments.poll();
      if (option.equals("--help") || option.equals("-h")) {
        out.print(help);
        return OK;
      }
      if (!known.contains(option)) {
        return usage(command, command + " has no option " + option);
      }
      if (arguments.isEmpty()) {
        return usage(command, option + " needs a value");
      }
      options.put(option, arguments.poll());
    }
    try {
      return switch (command) {
        case "latency" -> {
          new LatencyBenchmark(readLatency(options), out, err).run();
          yield OK;
        }
        case "changes" -> {
          new ChangesBenchmark(readChanges(options), out).run();
          yield OK;
        }
        case "sustained" -> {
          new SustainedBenchmark(readSustained(options), out).run();
          yield OK;
        }
        case "killtest" ->
            new KillTest(readKillTest(options), out, err).run().isGood() ? OK : FAILED;
        default -> new NexmarkBenchmark(read(options), out, err).run() ? OK : FAILED;
      };
    } catch (IllegalArgumentException e) {
      return usage(command, String.valueOf(e.getMessage()));
    } catch (TidemillException | BenchmarkException e) {
      err.println("error: " + e.getMessage());
      return FAILED;
    } catch (IOException e) {
      err.println("error: " + e);
      return FAILED;
    }
  }

  private static KillOptions readKillTest(Map<String, String> options) {
    String json = options.get("--json");
    return new KillOptions(
        (int) number(options, "--kills", 200),
        number(options, "--seed", System.currentTimeMillis()),
        options.get("--jdbc"),
        options.get("--kafka"),
        json == null ? null : Path.of(json));
  }

  private static SustainedOptions readSustained(Map<String, String> options) {
    String json = options.get("--json");
    SustainedOptions sustained =
        new SustainedOptions(
            number(options, "--seconds", 60 * number(options, "--minutes", 10)),
            number(options, "--every", 10),
            (int) number(options, "--threads", Runtime.getRuntime().availableProcessors()),
            options.get("--memory"),
            json == null ? null : Path.of(json));
    if (sustained.seconds() < 1 || sustained.every() < 1 || sustained.threads() < 1) {
      throw new IllegalArgumentException("--minutes, --every and --threads are 1 at least");
    }
    return sustained;
  }

  private static LatencyOptions readLatency(Map<String, String> options) {
    String json = options.get("--json");
    LatencyOptions latency =
        new LatencyOptions(
            number(options, "--groups", 1_000_000),
            (int) number(options, "--rows", 100),
            (int) number(options, "--steps", 500),
            (int) number(options, "--threads", Runtime.getRuntime().availableProcessors()),
            json == null ? null : Path.of(json));
    if (latency.groups() < 1
        || latency.rows() < 1
        || latency.steps() < 1
        || latency.threads() < 1) {
      throw new IllegalArgumentException("--groups, --rows, --steps and --threads are 1 at least");
    }
    return latency;
  }

  private static ChangesOptions readChanges(Map<String, String> options) {
    String json = options.get("--json");
    ChangesOptions changes =
        new ChangesOptions(
            number(options, "--groups", 100_000),
            (int) number(options, "--rows", 100_000),
            (int) number(options, "--steps", 30),
            (int) number(options, "--threads", Runtime.getRuntime().availableProcessors()),
            json == null ? null : Path.of(json));
    if (changes.groups() < 1
        || changes.rows() < 1
        || changes.steps() < 1
        || changes.threads() < 1) {
      throw new IllegalArgumentException("--groups, --rows, --steps and --threads are 1 at least");
    }
    return changes;
  }

  private static NexmarkOptions read(Map<String, String> options) throws IOException {
    Path home = Path.of(System.getProperty("tidemill.home", "")).toAbsolutePath();
    long events = number(options, "--events", 10_000_000);
    String peer = options.get("--against");
    if (peer != null && !peer.equals("flink") && !peer.equals("spark")) {
      throw new IllegalArgumentException("--against is flink or spark but is " + peer);
    }
    String json = options.get("--json");
    return new NexmarkOptions(
        NexmarkQuery.read(home.resolve("benchmarks/queries/nexmark"), options.get("--queries")),
        events,
        number(options, "--warm-up", events / 10),
        (int) number(options, "--threads", Runtime.getRuntime().availableProcessors()),
        options.get("--memory"),
        peer,
        home,
        json == null ? null : Path.of(json));
  }

  private static long number(Map<String, String> options, String name, long otherwise) {
    @Nullable String text = options.get(name);
    if (text == null) {
      return otherwise;
    }
    String digits = text.replace("_", "");
    if (!digits.matches("[0-9]{1,15}")) {
      throw new IllegalArgumentException(name + " must be a whole number but is " + text);
    }
    return Long.parseLong(digits);
  }

  private int usage(String command, String problem) {
    err.println("error: " + problem + "; " + command + " --help lists what there is");
    return USAGE;
  }
}
