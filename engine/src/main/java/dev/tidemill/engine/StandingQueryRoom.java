package dev.tidemill.engine;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.DiskMemory;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.PinnedResults;
import dev.tidemill.streaming.QueryDefinition;
import dev.tidemill.streaming.QueryListener;
import dev.tidemill.streaming.QueryReport;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.Replacing;
import dev.tidemill.streaming.StandingQueries;
import dev.tidemill.streaming.StepProgress;
import dev.tidemill.streaming.StreamingContext;
import dev.tidemill.streaming.pipeline.DeltaPipelines;
import dev.tidemill.streaming.pipeline.StepCrew;
import dev.tidemill.streaming.result.ConsumerDelivery;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The standing queries of an engine. They are opened with it where the directory has some, else
 * when the first one is made, so that an engine that only answers queries does not pay for them.
 */
final class StandingQueryRoom implements AutoCloseable {
  /** Begins the names of queries that stand for an EMIT; no name in SQL begins so. */
  private static final String AD_HOC = "$emit";

  private static final long LOOK_MILLIS = 100;

  private final Engine engine;
  private final boolean stepByHand;

  /** Whether queries wait with their first step until somebody waits for them. */
  private volatile boolean held;

  private final Listener listener;
  private final AtomicLong adHocs = new AtomicLong();
  private @Nullable StandingQueries queries;

  StandingQueryRoom(Engine engine, QueryListener listener, boolean stepByHand, boolean held) {
    this.engine = engine;
    this.stepByHand = stepByHand;
    this.held = held;
    this.listener = new Listener(listener);
    String directory = directory();
    if (directory != null && engine.connectors().files().stat(directory) != null) {
      open();
    }
  }

  private @Nullable String directory() {
    Path database = engine.directory();
    return database == null ? null : database.toAbsolutePath().normalize() + "/standing";
  }

  private synchronized StandingQueries open() {
    StandingQueries open = queries;
    if (open == null) {
      if (directory() != null) {
        DiskMemory.deleteLeft(stateFiles());
      }
      open =
          new StandingQueries(
              new StreamingContext(
                  engine.catalog(),
                  new DeltaPipelines(
                      reference -> engine.catalog().table(reference.path()).table(),
                      StepCrew.of(engine.executor().threads())),
                  engine.connectors().files(),
                  directory(),
                  engine.memory().child("standing queries"),
                  stateFiles(),
                  engine.clock(),
                  listener));
      queries = open;
    }
    return open;
  }

  /** Of the database, or where queries without one put what does not fit. */
  private Path stateFiles() {
    String directory = directory();
    return directory == null
        ? Path.of("")
            .toAbsolutePath()
            .resolve(engine.settings().get(EngineSettings.SPILL_DIRECTORY))
        : Path.of(directory, "state");
  }

  private synchronized @Nullable StandingQueries opened() {
    return queries;
  }

  private void drive(StandingQueries open) {
    if (!stepByHand && !held) {
      open.start();
    }
  }

  /** Queries that were held take their first step, together. */
  private void release() {
    held = false;
    StandingQueries open = opened();
    if (open != null) {
      drive(open);
    }
  }

  /** Makes it or, unchanged, resumes it; or replaces it. */
  StandingQueries.Created create(
      QueryDefinition definition, StandingPlan plan, Replacing replacing) {
    StandingQueries open = open();
    StandingQueries.Created created;
    try {
      created = open.create(definition, plan, replacing);
    } catch (TidemillException e) {
      TableReference sink = definition.sink();
      throw sink == null ? e : notWritten(sink.path(), e);
    }
    drive(open);
    return created;
  }

  /** As {@link StandingQueries#keepsState}. */
  boolean keepsState(QueryDefinition definition, StandingPlan plan) {
    StandingQueries open = opened();
    return open == null || open.keepsState(definition, plan);
  }

  /**
   * What creating a query would do to the one of the name, in lines; none where it does nothing.
   */
  List<String> explainReplacement(QueryDefinition definition, StandingPlan plan) {
    StandingQueries open = opened();
    return open == null ? List.of() : open.explainReplacement(definition, plan);
  }

  /**
   * Runs a query whose changes {@code consumer} takes, until it is {@link #drop}ped by the name
   * that this returns.
   */
  String adHoc(
      QueryDefinition definition,
      StandingPlan plan,
      ConsumerDelivery.ChangeConsumer consumer,
      Consumer<TidemillException> failure) {
    StandingQueries open = open();
    String name = AD_HOC + adHocs.incrementAndGet();
    listener.adHoc.put(name, failure);
    open.adHoc(definition.named(name), plan, consumer);
    release();
    return name;
  }

  void resume(String name) {
    StandingQueries open = open();
    open.resume(name);
    drive(open);
  }

  /** How many milliseconds it waited for the step at work. */
  long pause(String name) {
    return open().pause(name);
  }

  /** As {@link #pause}. */
  long stop(String name) {
    return open().stop(name);
  }

  /** As {@link #pause}. */
  long drop(String name) {
    long waited = open().drop(name);
    listener.adHoc.remove(name);
    return waited;
  }

  void resumeStored() {
    StandingQueries open = opened();
    if (open != null) {
      open.resumeSuspended();
      drive(open);
    }
  }

  boolean exists(String name) {
    StandingQueries open = opened();
    return open != null && open.exists(name);
  }

  /** All but those of EMIT. */
  List<QueryReport> reports() {
    StandingQueries open = opened();
    return open == null
        ? List.of()
        : open.reports().stream()
            .filter(report -> !report.definition().name().startsWith(AD_HOC))
            .toList();
  }

  QueryReport report(String name) {
    return open().report(name);
  }

  /** The plan that a query runs with. */
  StandingPlan plan(String name) {
    return open().plan(name);
  }

  void step(Collection<String> names) {
    open().step(names);
  }

  /** Takes the steps whose triggers say so now; whether there were any. */
  boolean stepDue() {
    return open().stepDue();
  }

  /** Whether the name is that of a kept result. */
  boolean keepsResult(String name) {
    StandingQueries open = opened();
    return open != null && open.keepsResult(name);
  }

  /** The standing queries whose plan has no place for rows of a table that go. */
  List<String> appendReaders(List<String> path) {
    Set<String> readers = new TreeSet<>();
    for (QueryReport report : reports()) {
      StandingPlan plan = report.plan();
      if (plan != null && readsAppended(plan.root(), definitionKey(path))) {
        readers.add(report.definition().name());
      }
    }
    return List.copyOf(readers);
  }

  private static boolean readsAppended(DeltaPlan plan, String table) {
    return plan instanceof DeltaScanPlan scan
            && !scan.changing()
            && definitionKey(scan.table().path()).equals(table)
        || plan.inputs().stream().anyMatch(input -> readsAppended(input, table));
  }

  /** The standing queries, also those of EMIT, that read a table or a snapshot of it, or may. */
  List<String> readersOf(List<String> path) {
    StandingQueries open = opened();
    Set<String> readers = new TreeSet<>();
    String key = definitionKey(path);
    for (QueryReport report : open == null ? List.<QueryReport>of() : open.reports()) {
      StandingPlan plan = report.plan();
      if (plan == null
          || plan.definitions().keySet().stream()
              .anyMatch(read -> read.equals(key) || read.startsWith(key + "$"))) {
        readers.add(report.definition().name());
      }
    }
    return List.copyOf(readers);
  }

  /** Does something with a table while no standing query reads or writes it in a step. */
  <T> T betweenSteps(List<String> path, Supplier<T> work) {
    StandingQueries open = opened();
    return open == null || usersOf(path).isEmpty() ? work.get() : open.betweenSteps(work);
  }

  /** As {@link StandingQueries#placesIn}. */
  @Nullable List<Offset> placesIn(List<String> path) {
    StandingQueries open = opened();
    return open == null ? List.of() : open.placesIn(path);
  }

  private static boolean writes(QueryReport report, List<String> path) {
    TableReference sink = report.definition().sink();
    return sink != null && definitionKey(sink.path()).equals(definitionKey(path));
  }

  /** What writing to a table failed of, which names the standing query that writes it. */
  TidemillException notWritten(List<String> path, TidemillException cause) {
    if (cause.code().name().equals(FileSystem.LOCKED)) {
      for (QueryReport report : reports()) {
        if (writes(report, path)) {
          return EngineErrors.writtenByQuery(path.getLast(), report.definition().name());
        }
      }
    }
    return cause;
  }

  /** Names of the standing queries that read or write a table, or were made from a view. */
  List<String> usersOf(List<String> path) {
    Set<String> users = new TreeSet<>();
    for (QueryReport report : reports()) {
      StandingPlan plan = report.plan();
      if (writes(report, path)
          || plan != null && plan.definitions().containsKey(definitionKey(path))) {
        users.add(report.definition().name());
      }
    }
    return List.copyOf(users);
  }

  /** What a table or view is called in {@link StandingPlan#definitions()}. */
  static String definitionKey(List<String> path) {
    return String.join(".", path).toLowerCase(Locale.ROOT);
  }

  /** Waits until the queries have taken what is there; see {@link SessionOptions#readsWait}. */
  void awaitSettled(Cancellation cancellation) {
    release();
    StandingQueries open = opened();
    if (open != null && !stepByHand) {
      open.awaitSettled(
          reports().stream().map(report -> report.definition().name()).toList(),
          cancellation::isCancelled);
    }
  }

  /** Waits until no query is running. */
  void awaitEnd(BooleanSupplier cancelled) {
    release();
    while (!cancelled.getAsBoolean()
        && reports().stream().anyMatch(report -> report.status().isAtWork())) {
      listener.awaitChange(LOOK_MILLIS);
    }
  }

  /** The same, and the result of a query. */
  Pinned pin(BatchPlan plan, String query) {
    Set<String> names = new TreeSet<>();
    names.add(query);
    collectOwn(plan, names);
    return new Pinned(open().pin(names));
  }

  /** Pins what a plan reads of kept results. */
  Pinned pin(BatchPlan plan) {
    StandingQueries open = opened();
    if (open == null) {
      return new Pinned(null);
    }
    Set<String> names = new TreeSet<>();
    collectOwn(plan, names);
    return new Pinned(open.pin(names));
  }

  private static void collectOwn(BatchPlan plan, Set<String> names) {
    if (plan instanceof ScanPlan scan && isOwn(scan.table())) {
      names.add(scan.table().path().getLast());
    }
    plan.inputs().forEach(input -> collectOwn(input, names));
  }

  private static boolean isOwn(TableReference table) {
    return table.path().size() == 3
        && table.path().get(0).equals(Catalog.DATABASE)
        && table.path().get(1).equals(Catalog.MAIN);
  }

  /** Kept results that one statement reads, all of one moment. */
  record Pinned(@Nullable PinnedResults results) implements AutoCloseable {
    List<String> warnings() {
      return results == null ? List.of() : results.warnings();
    }

    @Nullable Table table(String query) {
      return results == null ? null : results.table(query);
    }

    /** The result that a table is, if it is one. */
    @Nullable Table table(TableReference reference) {
      return isOwn(reference) ? table(reference.path().getLast()) : null;
    }

    /** The step that a result is pinned at. */
    long step(String query) {
      return results == null ? -1 : results.step(query);
    }

    /** A pinned result where there is one, else what the catalog has. */
    Function<TableReference, Table> orElse(Catalog catalog) {
      return reference -> {
        Table table =
            results == null || !isOwn(reference) ? null : results.table(reference.path().getLast());
        return table != null ? table : catalog.table(reference.path()).table();
      };
    }

    @Override
    public void close() {
      if (results != null) {
        results.close();
      }
    }
  }

  /** Takes the running step to its end and keeps everything. */
  @Override
  public void close() {
    StandingQueries open = opened();
    if (open != null) {
      open.close();
    }
  }

  /** Passes on what happens, but for what concerns an EMIT, and wakes who waits for an end. */
  private static final class Listener implements QueryListener {
    private final QueryListener outside;
    private final Map<String, Consumer<TidemillException>> adHoc = new ConcurrentHashMap<>();

    Listener(QueryListener outside) {
      this.outside = outside;
    }

    synchronized void awaitChange(long millis) {
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw EngineErrors.cancelled();
      }
    }

    private synchronized void changed() {
      notifyAll();
    }

    @Override
    public void stepped(StepProgress progress) {
      if (!adHoc.containsKey(progress.query())) {
        outside.stepped(progress);
      }
    }

    @Override
    public void statusChanged(String query, QueryStatus status) {
      if (!adHoc.containsKey(query)) {
        outside.statusChanged(query, status);
      }
      changed();
    }

    @Override
    public void retrying(String query, TidemillException error, long attempt, long delayMillis) {
      if (!adHoc.containsKey(query)) {
        outside.retrying(query, error, attempt, delayMillis);
      }
      changed();
    }

    @Override
    public void failed(String query, TidemillException error) {
      Consumer<TidemillException> reader = adHoc.get(query);
      if (reader != null) {
        reader.accept(error);
      } else {
        outside.failed(query, error);
      }
      changed();
    }
  }
}
