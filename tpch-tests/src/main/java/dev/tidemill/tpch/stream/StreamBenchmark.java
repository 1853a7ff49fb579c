package dev.tidemill.tpch.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.streaming.QueryListener;
import dev.tidemill.streaming.StepProgress;
import dev.tidemill.tpch.Answers;
import dev.tidemill.tpch.TpchData;
import dev.tidemill.tpch.TpchQuery;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a step of each query costs beside computing it anew. The files of the steps are written
 * first; then each query stands by itself, takes the rows that are there at the beginning in one
 * step and each of the others in one, and its result is compared with that of the query over the
 * same tables. The time of a step is that of the query's operators, without reading the rows and
 * without what makes the step durable; beside it stands the median of some runs of the same query
 * over cached tables, by one thread as the step.
 */
public final class StreamBenchmark {
  private static final int WARM_UP = 3;

  /** What a step takes at most. */
  private static final long ROWS_PER_STEP = 1_000_000;

  private final StreamOptions options;
  private final PrintStream out;
  private final PrintStream progress;

  /** What was measured of a query. */
  private record Measured(
      TpchQuery query,
      double stepMillis,
      double wholeStepMillis,
      double batchMillis,
      long stateBytes,
      Map<String, Double> operators,
      @Nullable String difference) {
    double share() {
      return stepMillis / batchMillis;
    }
  }

  public StreamBenchmark(StreamOptions options, PrintStream out, PrintStream progress) {
    this.options = options;
    this.out = out;
    this.progress = progress;
  }

  /**
   * Measures, prints the table, writes the JSON file.
   *
   * @return whether all results agree
   */
  public boolean run() throws IOException {
    Path directory = Files.createTempDirectory("tpch-stream");
    try {
      List<Measured> all = new ArrayList<>();
      try (Engine engine = engine(QueryListener.NONE);
          Session session = engine.session()) {
        TpchData.useFiles(session, options.data());
        TpchData.TABLES.forEach(table -> session.execute("CACHE TABLE " + table).close());
        double[] batch = batch(session);
        progress.println("queries over cached tables measured");
        ChangeFiles files = new ChangeFiles(session, directory.resolve("all"), 1);
        files.load();
        for (int step = 0; step < options.steps(); step++) {
          files.next(options.places());
        }
        progress.println("files of all steps written");
        for (int i = 0; i < batch.length; i++) {
          all.add(standing(options.queries().get(i), batch[i], files, directory));
        }
      }
      print(all);
      Path json = options.json();
      if (json != null) {
        write(json, all);
      }
      return all.stream().allMatch(measured -> measured.difference == null);
    } finally {
      delete(directory);
    }
  }

  private Engine engine(QueryListener listener) {
    Engine.Builder builder =
        Engine.builder().threads(1).set("plan_cache", "false").stepByHand().listener(listener);
    if (options.memory() != null) {
      builder.set("memory", options.memory());
    }
    return builder.open();
  }

  private double[] batch(Session session) {
    double[] medians = new double[options.queries().size()];
    for (int i = 0; i < medians.length; i++) {
      double[] millis = new double[options.runs()];
      for (int run = -WARM_UP; run < millis.length; run++) {
        long start = System.nanoTime();
        try (Result result = session.execute(options.queries().get(i).sql())) {
          for (Batch batch = result.next(); batch != null; batch = result.next()) {
            batch.close();
          }
        }
        if (run >= 0) {
          millis[run] = (System.nanoTime() - start) / 1e6;
        }
      }
      medians[i] = median(millis);
    }
    return medians;
  }

  private Measured standing(TpchQuery query, double batchMillis, ChangeFiles files, Path directory)
      throws IOException {
    Path own = directory.resolve(query.name());
    List<StepProgress> steps = new ArrayList<>();
    QueryListener listener =
        new QueryListener() {
          @Override
          public void stepped(StepProgress step) {
            steps.add(step);
          }
        };
    link(directory.resolve("all"), own, 0);
    try (Engine engine = engine(listener);
        Session session = engine.session()) {
      files.createTables(session, own);
      session
          .execute("CREATE STANDING QUERY standing OUTPUT MODE UPDATE AS " + query.sql())
          .close();
      do {
        session.step(List.of("standing"));
      } while (steps.getLast().rowsIn() >= ROWS_PER_STEP);
      int loading = steps.size();
      for (int step = 1; step <= options.steps(); step++) {
        link(directory.resolve("all"), own, step);
        session.step(List.of("standing"));
      }
      String difference = difference(session, query);
      List<StepProgress> measured = steps.subList(loading, steps.size());
      Measured result =
          new Measured(
              query,
              median(measured.stream().mapToDouble(StreamBenchmark::operatorMillis).toArray()),
              median(measured.stream().mapToDouble(StepProgress::millis).toArray()),
              batchMillis,
              steps.getLast().stateBytes(),
              operators(measured),
              difference);
      progress.printf(
          "%s: loaded in %.0f ms, then %.2f ms a step %s%n",
          query.name(),
          steps.subList(0, loading).stream().mapToDouble(StepProgress::millis).sum(),
          result.stepMillis,
          result.operators);
      return result;
    }
  }

  private static double operatorMillis(StepProgress step) {
    return step.operatorNanos().entrySet().stream()
            .filter(entry -> !entry.getKey().startsWith("intake"))
            .mapToLong(Map.Entry::getValue)
            .sum()
        / 1e6;
  }

  /** The median milliseconds of each operator that takes some. */
  private static Map<String, Double> operators(List<StepProgress> steps) {
    Map<String, Double> medians = new TreeMap<>();
    for (String operator : steps.getLast().operatorNanos().keySet()) {
      double median =
          median(
              steps.stream()
                  .mapToDouble(step -> step.operatorNanos().getOrDefault(operator, 0L) / 1e6)
                  .toArray());
      if (median >= 0.05) {
        medians.put(operator, Math.round(median * 100) / 100.0);
      }
    }
    return medians;
  }

  /** Compares the kept result with the query over the same tables, as multisets of rows. */
  private static @Nullable String difference(Session session, TpchQuery query) {
    try (Result kept = session.execute("SELECT * FROM standing");
        Result anew = session.execute(query.sql())) {
      return StreamResults.difference(Answers.rows(anew), Answers.rows(kept));
    }
  }

  /** Links the files of a step. */
  private static void link(Path from, Path to, int step) throws IOException {
    for (String table : TpchData.TABLES) {
      String name = "%05d.parquet".formatted(step);
      Path file = from.resolve(table).resolve(name);
      if (Files.exists(file)) {
        Files.createDirectories(to.resolve(table));
        Files.createLink(to.resolve(table).resolve(name), file);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException problem)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void print(List<Measured> all) {
    out.printf(
        "%-8s %12s %14s %12s %10s %10s%n",
        "query", "step ms", "whole step ms", "batch ms", "share", "state MB");
    for (Measured measured : all) {
      out.printf(
          "%-8s %12.2f %14.2f %12.1f %9.1f%% %10.0f%s%n",
          measured.query.name(),
          measured.stepMillis,
          measured.wholeStepMillis,
          measured.batchMillis,
          measured.share() * 100,
          measured.stateBytes / 1e6,
          measured.difference == null ? "" : "  DIFFERS: " + measured.difference);
    }
    out.printf(
        "at most 2%%: %d of %d queries; above 20%%: %d%n",
        all.stream().filter(measured -> measured.share() <= 0.02).count(),
        all.size(),
        all.stream().filter(measured -> measured.share() > 0.2).count());
  }

  private void write(Path file, List<Measured> all) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    ArrayNode queries = root.putArray("queries");
    double logarithms = 0;
    for (Measured measured : all) {
      ObjectNode query = queries.addObject();
      query.put("name", "q" + measured.query.number());
      query.put("tidemill_millis", measured.stepMillis);
      query.put("whole_step_millis", measured.wholeStepMillis);
      query.put("batch_millis", measured.batchMillis);
      query.put("ratio", measured.share());
      query.put("state_bytes", measured.stateBytes);
      query.put("agrees", measured.difference == null);
      logarithms += Math.log(measured.share());
    }
    root.put("geomean_ratio", Math.exp(logarithms / all.size()));
    root.put("steps", options.steps());
    try {
      mapper.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }
}
