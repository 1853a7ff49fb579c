package dev.tidemill.testing.random;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.testing.DuckDbRows;
import dev.tidemill.testing.ScriptRows;
import dev.tidemill.testing.ScriptRunner;
import dev.tidemill.testing.random.Outcome.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs queries over the same tables in every way, and says where the answers differ. */
final class Trial implements AutoCloseable {
  private static final long MOST_SECONDS = 20;
  private static final int MOST_STEPS = 1_000;

  private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();

  /** Each query as a batch query of Tidemill, beside DuckDB. */
  List<Outcome> batch(
      List<Tree> filled,
      List<List<Tree>> steps,
      List<Tree> views,
      List<RandomQuery> queries,
      Map<String, String> settings)
      throws SQLException {
    List<Outcome> outcomes = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement duck = connection.createStatement();
        Engine engine = builder(settings).open();
        Session session = engine.session()) {
      duck.execute("SET threads = 1");
      for (String create : Tables.CREATE) {
        duck.execute(create);
        run(session, create);
      }
      List<Tree> statements = new ArrayList<>(filled);
      steps.forEach(statements::addAll);
      for (Tree statement : statements) {
        duck.execute(statement.theirs());
        run(session, statement.ours());
      }
      // What the planner knows of values decides where it aggregates.
      for (String table : Tables.NAMES) {
        run(session, "ANALYZE TABLE " + table);
      }
      Outcome refused = views(session, duck, views);
      if (refused != null) {
        return Collections.nCopies(queries.size(), refused);
      }
      for (RandomQuery query : queries) {
        outcomes.add(batch(session, connection, query));
      }
    }
    return outcomes;
  }

  /** Why there are no such views, or null. */
  private static @Nullable Outcome views(Session session, Statement duck, List<Tree> views) {
    for (int i = 0; i < views.size(); i++) {
      try {
        run(session, "CREATE VIEW v" + i + " AS " + views.get(i).ours());
        duck.execute("CREATE VIEW v" + i + " AS " + views.get(i).theirs());
      } catch (TidemillException e) {
        return error(e);
      } catch (SQLException e) {
        return new Outcome(Verdict.REFUSED_BY_DUCKDB, "both: a view, " + e.getMessage());
      }
    }
    return null;
  }

  /** The example's query by itself, as a batch query. */
  Outcome batchAlone(Example example) {
    try {
      return batch(
              example.filled(),
              example.steps(),
              example.views(),
              List.of(example.query()),
              example.settings())
          .getFirst();
    } catch (SQLException e) {
      return new Outcome(Verdict.REFUSED_BY_DUCKDB, String.valueOf(e.getMessage()));
    } catch (TidemillException e) {
      return new Outcome(Verdict.UNSUPPORTED, String.valueOf(e.getMessage()));
    }
  }

  /** The example's query by itself, standing. */
  Outcome standingAlone(Example example) {
    try {
      return standing(example, List.of(example.query())).getFirst();
    } catch (TidemillException e) {
      return new Outcome(Verdict.UNSUPPORTED, String.valueOf(e.getMessage()));
    }
  }

  private Outcome batch(Session session, Connection connection, RandomQuery query) {
    List<String> found;
    try {
      found = rows(session, query.tree().ours());
    } catch (TidemillException e) {
      Outcome error = error(e);
      if (error.verdict() == Verdict.REFUSED && theirs(connection, query) == null) {
        return new Outcome(Verdict.REFUSED_BY_DUCKDB, "both: " + error.detail());
      }
      return error;
    }
    if (!query.comparable()) {
      return Outcome.AGREED;
    }
    try (Statement duck = connection.createStatement();
        ResultSet rows = watched(duck, query.tree().theirs())) {
      String difference =
          difference(query, DuckDbRows.plain(DuckDbRows.of(rows)), DuckDbRows.plain(found));
      return difference == null
          ? Outcome.AGREED
          : new Outcome(Verdict.DIFFERS_FROM_DUCKDB, difference);
    } catch (SQLException e) {
      return new Outcome(Verdict.REFUSED_BY_DUCKDB, String.valueOf(e.getMessage()));
    }
  }

  /** A smaller query may have fewer columns; then all compare as numbers where they are. */
  static @Nullable String difference(RandomQuery query, List<String> wanted, List<String> found) {
    int columns =
        Stream.concat(wanted.stream(), found.stream())
            .mapToInt(row -> row.split("\t", -1).length)
            .findFirst()
            .orElse(0);
    String letters = columns == query.letters().length() ? query.letters() : "R".repeat(columns);
    return ScriptRows.difference(letters, !query.ordered(), wanted, found);
  }

  private @Nullable List<String> theirs(Connection connection, RandomQuery query) {
    try (Statement duck = connection.createStatement();
        ResultSet rows = watched(duck, query.tree().theirs())) {
      return DuckDbRows.of(rows);
    } catch (SQLException e) {
      return null;
    }
  }

  private ResultSet watched(Statement duck, String sql) throws SQLException {
    ScheduledFuture<?> end =
        watch.schedule(
            () -> {
              try {
                duck.cancel();
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            },
            MOST_SECONDS,
            TimeUnit.SECONDS);
    try {
      return duck.executeQuery(sql);
    } finally {
      end.cancel(false);
    }
  }

  /**
   * Each query as a standing one, after every step beside the batch query over what has come until
   * then.
   */
  List<Outcome> standing(Example example, List<RandomQuery> queries) {
    Path directory = directory();
    try (Standing standing = new Standing(example, queries, directory)) {
      standing.run();
      return standing.outcomes();
    } finally {
      delete(directory);
    }
  }

  /** Queries that stand over a database, which is opened anew now and then. */
  private final class Standing implements AutoCloseable {
    private final Example example;
    private final List<RandomQuery> queries;
    private final Path directory;
    private final Map<Integer, Outcome> outcomes = new HashMap<>();

    /** Queries that others read, by name. */
    private final Map<String, RandomQuery> views = new LinkedHashMap<>();

    /** Queries that stand, by name, with their numbers. */
    private final Map<String, Integer> names = new LinkedHashMap<>();

    private final Map<String, TidemillException> failures = new HashMap<>();

    /** What the last step that failed threw. */
    private @Nullable TidemillException lastError;

    private Engine engine;
    private Session session;
    private int steps;

    Standing(Example example, List<RandomQuery> queries, Path directory) {
      this.example = example;
      this.queries = queries;
      this.directory = directory;
      this.engine = open();
      this.session = engine.session();
    }

    private Engine open() {
      Map<String, String> settings = new HashMap<>(example.settings());
      settings.remove("memory");
      return builder(settings)
          .directory(directory.resolve("db"))
          .workingDirectory(directory)
          .listener(
              new QueryListener() {
                @Override
                public void failed(String query, TidemillException error) {
                  failures.put(query, error);
                }
              })
          .open();
    }

    List<Outcome> outcomes() {
      List<Outcome> all = new ArrayList<>();
      for (int i = 0; i < queries.size(); i++) {
        all.add(outcomes.getOrDefault(i, Outcome.AGREED));
      }
      return all;
    }

    void run() {
      String options = example.removes() ? " WITH ('append_only' = 'false')" : "";
      Tables.CREATE.forEach(create -> Trial.run(session, create + options));
      example.filled().forEach(statement -> Trial.run(session, statement.ours()));
      for (int i = 0; i < example.views().size(); i++) {
        createView("v" + i, example.views().get(i));
      }
      for (int i = 0; i < queries.size(); i++) {
        create(i);
      }
      step();
      for (List<Tree> step : example.steps()) {
        step.forEach(statement -> Trial.run(session, statement.ours()));
        step();
        steps++;
        if (example.restartEvery() > 0 && steps % example.restartEvery() == 0) {
          session.close();
          engine.close();
          engine = Standing.this.open();
          session = engine.session();
          engine.resumeStored();
          all().forEach(this::compare);
        }
      }
    }

    private void createView(String name, Tree view) {
      try {
        Trial.run(session, create(name, view));
        views.put(name, new RandomQuery(view, "", false, true));
      } catch (TidemillException e) {
        if (!e.code().name().equals("NO_GROWING_INPUT")) {
          throw e;
        }
        Trial.run(session, "CREATE VIEW " + name + " AS " + view.ours());
      }
    }

    private void create(int number) {
      String name = "q" + number;
      try {
        Trial.run(session, create(name, queries.get(number).tree()));
        names.put(name, number);
      } catch (TidemillException e) {
        if (!e.code().name().equals("NO_GROWING_INPUT")) {
          outcomes.put(number, error(e));
        }
      }
    }

    private String create(String name, Tree query) {
      return "CREATE STANDING QUERY %s OUTPUT MODE %s WITH ('max_rows_per_step' = '%d') AS %s"
          .formatted(name, example.mode(), example.rowsPerStep(), query.ours());
    }

    private Set<String> all() {
      Set<String> all = new LinkedHashSet<>(views.keySet());
      all.addAll(names.keySet());
      return all;
    }

    /** Takes steps until all is taken, and compares. */
    private void step() {
      Map<String, Long> last = new HashMap<>();
      for (int i = 0; i < MOST_STEPS && !names.isEmpty(); i++) {
        try {
          session.step(all());
        } catch (TidemillException e) {
          lastError = e;
        }
        failed();
        boolean more = false;
        for (String name : all()) {
          long now = session.progress(name).step();
          more |= !Long.valueOf(now).equals(last.put(name, now));
        }
        if (!more) {
          all().forEach(this::compare);
          return;
        }
        if (i > 0 && i % 3 == 1) {
          verify();
        }
      }
    }

    private void failed() {
      for (String name : all()) {
        if (session.progress(name).status() == QueryStatus.FAILED) {
          TidemillException error = failures.getOrDefault(name, lastError);
          drop(
              name,
              error == null
                  ? new Outcome(
                      Verdict.STANDS_DIFFERENTLY, "FAILED: " + session.progress(name).error())
                  : failure(name, error(error)));
        }
      }
    }

    /** Where all rows are taken at once, a batch query over them fails, too. */
    private Outcome failure(String name, Outcome outcome) {
      if (outcome.verdict() != Verdict.DATA_ERROR
          || example.rowsPerStep() < 1_000
          || !names.containsKey(name)) {
        return outcome;
      }
      try {
        rows(session, queries.get(names.get(name)).tree().ours());
        return new Outcome(Verdict.STANDS_DIFFERENTLY, "standing only, " + outcome.detail());
      } catch (TidemillException e) {
        return outcome;
      }
    }

    /** Without a view nothing can be said of what reads it. */
    private void drop(String name, Outcome outcome) {
      if (views.containsKey(name)) {
        outcomes.put(0, outcome);
        names.clear();
        views.clear();
      } else if (names.containsKey(name)) {
        outcomes.put(names.remove(name), outcome);
        Trial.run(session, "DROP QUERY " + name);
      }
    }

    /** In the middle of what there is to take: what stands is the answer over what was taken. */
    private void verify() {
      String name = List.copyOf(names.keySet()).get(steps % names.size());
      try {
        Trial.run(session, "VERIFY " + name);
      } catch (TidemillException e) {
        Outcome outcome = error(e);
        if (outcome.verdict() == Verdict.REFUSED) {
          drop(name, new Outcome(Verdict.STANDS_DIFFERENTLY, "VERIFY: " + outcome.detail()));
        } else if (outcome.verdict() == Verdict.INTERNAL_ERROR) {
          drop(name, outcome);
        }
      }
    }

    private void compare(String name) {
      RandomQuery query = views.get(name);
      if (query == null) {
        if (!names.containsKey(name)) {
          return;
        }
        query = queries.get(names.get(name));
      }
      List<String> wanted;
      try {
        wanted = rows(session, query.tree().ours());
      } catch (TidemillException e) {
        Outcome outcome = error(e);
        if (outcome.verdict() != Verdict.RESOURCE) {
          drop(name, outcome);
        }
        return;
      }
      try {
        List<String> found = rows(session, "SELECT * FROM " + name);
        String difference = difference(query, wanted, found);
        if (difference != null) {
          drop(name, new Outcome(Verdict.STANDS_DIFFERENTLY, "step " + steps + ": " + difference));
        }
      } catch (TidemillException e) {
        drop(name, error(e));
      }
    }

    @Override
    public void close() {
      session.close();
      engine.close();
    }
  }

  private static Engine.Builder builder(Map<String, String> settings) {
    Engine.Builder builder =
        Engine.builder()
            .stepByHand()
            .out(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    settings.forEach(builder::set);
    return builder;
  }

  private static void run(Session session, String sql) {
    ScriptRunner.rows(session, sql);
  }

  private List<String> rows(Session session, String sql) {
    ScheduledFuture<?> end = watch.schedule(session::cancel, MOST_SECONDS, TimeUnit.SECONDS);
    try {
      return ScriptRunner.rows(session, sql);
    } finally {
      end.cancel(false);
    }
  }

  /** What an error of Tidemill means. */
  private static Outcome error(TidemillException e) {
    String state = e.code().sqlState();
    Verdict verdict =
        e.kind() == ErrorKind.INTERNAL
            ? Verdict.INTERNAL_ERROR
            : e.kind() == ErrorKind.RESOURCE || e.code().name().equals("QUERY_CANCELLED")
                ? Verdict.RESOURCE
                : state.startsWith("0A")
                    ? Verdict.UNSUPPORTED
                    : state.startsWith("22") || state.startsWith("21")
                        ? Verdict.DATA_ERROR
                        : Verdict.REFUSED;
    StringBuilder detail = new StringBuilder(e.code().name() + ": " + e.getMessage());
    if (verdict == Verdict.INTERNAL_ERROR && e.getCause() != null) {
      detail.append("\n").append(e.getCause());
      Stream.of(e.getCause().getStackTrace())
          .limit(12)
          .forEach(frame -> detail.append("\n  at ").append(frame));
    }
    return new Outcome(verdict, detail.toString());
  }

  private static Path directory() {
    try {
      return Files.createTempDirectory("tidemill-random");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
