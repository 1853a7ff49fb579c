package dev.tidemill.tpch;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.TidemillException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The command {@code tpch-tests/tpch}. */
public final class Main {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private static final String HELP =
      """
      TPC-H: data, the 22 queries, and their answers.

        tpch generate --scale S --to DIR     writes DIR/TABLE.parquet for the eight tables at scale factor S (0.01, 1, 10)
        tpch verify --scale S [--data DIR]   runs the 22 queries over the files in DIR, or over tables generated while
                                             they are read, and compares with the answers (S is 0.01 or 1)

      Both take --threads N and --memory SIZE (512MB, 2GB). Exit code 0; 1 if a query gives no or another answer; 2 usage.
      """;

  private static final Map<String, Set<String>> OPTIONS =
      Map.of(
          "generate", Set.of("--scale", "--to", "--threads", "--memory"),
          "verify", Set.of("--scale", "--data", "--threads", "--memory"));

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
      if (arguments.isEmpty()) {
        return usage(option + " needs a value");
      }
      options.put(option, arguments.poll());
    }
    String scale = options.get("--scale");
    if (scale == null || !scale.matches("[0-9]+(\\.[0-9]+)?")) {
      return usage("--scale must be a number like 0.01, 1 or 10");
    }
    try {
      return command.equals("generate") ? generate(scale, options) : verify(scale, options);
    } catch (TidemillException e) {
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
