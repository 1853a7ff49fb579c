package dev.tidemill.benchmarks.changes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidemill.benchmarks.Sinks;
import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same standing queries over two tables to which the same rows come: of one, rows are only
 * added, and of the other, which has had the same, rows may be updated and deleted. The plans of
 * the first are those for rows that only come; what the others cost more is what generality costs.
 * In memory, in turn, row by row the same work.
 */
public final class ChangesBenchmark {
  private static final int WARM_UP = 10;

  private static final List<Query> QUERIES =
      List.of(
          new Query("group", "SELECT k, COUNT(*) AS n, SUM(v) AS total FROM %s GROUP BY k"),
          new Query("extremes", "SELECT k, MIN(v) AS least, MAX(v) AS most FROM %s GROUP BY k"),
          new Query("distinct", "SELECT DISTINCT k FROM %s"),
          new Query(
              "join",
              "SELECT e.k, e.v, n.name FROM %s AS e JOIN names AS n ON n.id = MOD(e.k, 1000)"),
          new Query(
              "first_rows",
              "SELECT k, v FROM (SELECT k, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS place FROM %s) WHERE place <= 2"));

  private final ChangesOptions options;
  private final PrintStream out;

  /** A query's text, with a place for the table's name. */
  private record Query(String name, String sql) {}

  /**
   * A standing query over one of the tables.
   *
   * @param millis of each step
   */
  private record Standing(String name, double[] millis) {
    double median() {
      double[] sorted = millis.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }
  }

  /** A query over the table to which rows are added, and over the one whose rows change. */
  private record Pair(Query query, Standing added, Standing changing) {}

  /**
   * What was measured.
   *
   * @param addedMillis median of a step over rows that are only added
   * @param changingMillis median of a step over the same rows of a table whose rows may change
   * @param addedBytes of state
   * @param changingBytes of state
   */
  public record Figures(
      String query,
      double addedMillis,
      double changingMillis,
      long addedBytes,
      long changingBytes) {}

  public ChangesBenchmark(ChangesOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Measures, prints the table, writes the JSON file. */
  public List<Figures> run() throws IOException {
    try (Engine engine = Engine.builder().threads(options.threads()).stepByHand().open();
        Session session = engine.session()) {
      execute(session, "CREATE TABLE names (id BIGINT, name VARCHAR)");
      execute(
          session,
          "INSERT INTO names SELECT s.value, 'name ' || s.value FROM GENERATE_SERIES(0, 999) AS s (value)");
      execute(session, "CREATE TABLE added (k BIGINT, v BIGINT) WITH ('append_only' = 'true')");
      execute(session, "CREATE TABLE changing (k BIGINT, v BIGINT) WITH ('append_only' = 'false')");
      List<Pair> pairs = new ArrayList<>();
      for (Query query : QUERIES) {
        pairs.add(
            new Pair(query, create(session, query, "added"), create(session, query, "changing")));
      }
      for (int step = -WARM_UP; step < options.steps(); step++) {
        insert(session, step + WARM_UP);
        for (Pair pair : pairs) {
          boolean addedFirst = step % 2 == 0;
          step(session, addedFirst ? pair.added : pair.changing, step);
          step(session, addedFirst ? pair.changing : pair.added, step);
        }
      }
      List<Figures> figures = pairs.stream().map(pair -> figures(session, pair)).toList();
      print(figures);
      return figures;
    }
  }

  private Standing create(Session session, Query query, String table) {
    String name = query.name + "_" + table;
    String sql = query.sql.formatted(table);
    Sinks.forgetting(session, name + "_sink", sql);
    execute(
        session,
        "CREATE STANDING QUERY %s INTO %s_sink OUTPUT MODE UPDATE WITH ('max_rows_per_step' = '1000000000') AS %s"
            .formatted(name, name, sql));
    return new Standing(name, new double[options.steps()]);
  }

  /** As many rows, the same, into both tables; keys and values are spread as if at random. */
  private void insert(Session session, int number) {
    long first = (long) number * options.rows();
    for (String table : List.of("added", "changing")) {
      execute(
          session,
          "INSERT INTO %s SELECT MOD(s.value * 2654435761, %d), MOD(s.value * 40503, 1000003) FROM GENERATE_SERIES(%d, %d) AS s (value)"
              .formatted(table, options.groups(), first, first + options.rows() - 1));
    }
  }

  private static void step(Session session, Standing query, int step) {
    long start = System.nanoTime();
    session.step(List.of(query.name));
    if (step >= 0) {
      query.millis[step] = (System.nanoTime() - start) / 1e6;
    }
  }

  private static Figures figures(Session session, Pair pair) {
    return new Figures(
        pair.query.name,
        pair.added.median(),
        pair.changing.median(),
        session.progress(pair.added.name).stateBytes(),
        session.progress(pair.changing.name).stateBytes());
  }

  private void print(List<Figures> all) throws IOException {
    out.printf(
        "%-12s %14s %14s %14s %14s%n",
        "", "added ms", "changing ms", "added bytes", "changing bytes");
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    ArrayNode queries = root.putArray("queries");
    for (Figures figures : all) {
      out.printf(
          "%-12s %14.2f %14.2f %14d %14d%n",
          figures.query,
          figures.addedMillis,
          figures.changingMillis,
          figures.addedBytes,
          figures.changingBytes);
      queries
          .addObject()
          .put("name", figures.query)
          .put("added_millis", figures.addedMillis)
          .put("changing_millis", figures.changingMillis)
          .put("added_state_bytes", figures.addedBytes)
          .put("changing_state_bytes", figures.changingBytes);
    }
    root.put("groups", options.groups()).put("rows", options.rows()).put("steps", options.steps());
    Path json = options.json();
    if (json != null) {
      mapper.writerWithDefaultPrettyPrinter().writeValue(json.toFile(), root);
    }
  }

  private static void execute(Session session, String sql) {
    session.execute(sql).close();
  }

  /**
   * What was asked for.
   *
   * @param groups keys of the rows
   * @param rows of a step
   * @param json where the figures are written, or null
   */
  public record ChangesOptions(
      long groups, int rows, int steps, int threads, @Nullable Path json) {}
}
