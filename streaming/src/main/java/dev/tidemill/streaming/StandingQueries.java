package dev.tidemill.streaming;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.streaming.pipeline.StepOutput;
import dev.tidemill.streaming.pipeline.Succession;
import dev.tidemill.streaming.result.ConsumerDelivery;
import dev.tidemill.streaming.result.ResultSteps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The standing queries of a database: creates, steps, pauses, stops and recovers them.
 *
 * <pre>
 *   statements ──▶ StandingQueries ──▶ QueryRegistry      which stand, in which groups, cut where
 *   driver ──────▶ StepTaker ────────▶ QueryGroup         what is due;  StandingQuery: a step of one
 *                      └─────────────▶ Checkpoints        what survives;  QueryRecovery: reads it
 *   readers ─────▶ PublishedQueries                       reports and versions, without waiting
 * </pre>
 *
 * One thread (the driver, after {@link #start}) steps them, group by group; {@link #step} does it
 * by hand. What changes anything waits for the step at work; what only looks does not.
 */
public final class StandingQueries implements AutoCloseable {
  /** Name of the error of a replacement that is to be confirmed. */
  public static final String UNCONFIRMED = "QUERY_REPLACEMENT_UNCONFIRMED";

  private static final long LOOK_MILLIS = 50;

  private final StreamingContext context;
  private final StepLock lock = new StepLock();
  private final PublishedQueries published = new PublishedQueries();
  private final QueryAssembler assembler;
  private final QueryRegistry registry;
  private final Checkpoints checkpoints;
  private final @Nullable QueryRecovery recovery;
  private final ReaderPlaces places;
  private final StepTaker steps;
  private final StepDriver driver;

  /**
   * Opens the standing queries of a database and recovers them: each stands again where its last
   * committed step left it. None runs yet: those that were running are SUSPENDED, those that cannot
   * be recovered FAILED.
   *
   * @throws TidemillException if the step log, which is common to all, is damaged or of another
   *     version
   */
  public StandingQueries(StreamingContext context) {
    this.context = context;
    registry = new QueryRegistry(context.catalog(), published);
    assembler = new QueryAssembler(context, registry::find);
    checkpoints = new Checkpoints(context, lock, registry);
    places = new ReaderPlaces(registry, checkpoints);
    steps = new StepTaker(context, lock, registry, published, checkpoints, places);
    StatusTables.addTo(context.catalog(), published);
    driver = new StepDriver(lock, registry, steps);
    CheckpointStore store = checkpoints.store();
    recovery = store == null ? null : new QueryRecovery(assembler, checkpoints, store, registry);
    lock.take();
    try {
      if (recovery != null) {
        recovery.recoverAll();
      }
      steps.continueBehindAll();
    } catch (Throwable t) {
      forgetAll();
      checkpoints.close();
      throw t;
    } finally {
      lock.release();
    }
  }

  private void forgetAll() {
    // Those that read results go before those whose results they read.
    List.copyOf(registry.all()).reversed().forEach(registry::remove);
  }

  /**
   * Adds a standing query, RUNNING.
   *
   * @param replacing what becomes of one of the name that is of other SQL
   * @return what was done; an unchanged one that is there already is resumed with its stored plan
   *     and state
   * @throws TidemillException QUERY_CHANGED, QUERY_REPLACEMENT_UNCONFIRMED or
   *     QUERY_REPLACEMENT_IMPOSSIBLE if one of the name is there that is of other SQL, saying what
   *     changed; QUERY_NOT_RECOVERED if one is there that cannot be recovered
   */
  public Created create(QueryDefinition definition, StandingPlan plan, Replacing replacing) {
    lock.take();
    try {
      Standing there = registry.find(definition.name());
      if (there != null) {
        List<String> differences = differences(there, definition, plan);
        if (!differences.isEmpty()) {
          return new Created(true, replace(there, definition, plan, replacing, differences));
        }
        StandingQuery query = recovered(there);
        query.setDefinition(definition);
        steps.resume(query);
        return new Created(false, List.of());
      }
      context.catalog().checkFree(definition.name());
      StoredQuery stored = stored(definition, plan);
      StandingQuery query = assembler.kept(stored, scope -> null);
      add(query);
      try {
        checkpoints.saveNew(stored);
      } catch (Throwable t) {
        registry.remove(query);
        throw t;
      }
      lock.signal();
      return new Created(true, List.of());
    } finally {
      lock.release();
    }
  }

  /**
   * What {@link #create} has done.
   *
   * @param isNew whether the query is new, or other than it was
   * @param replaced of one that was replaced what became of each operator
   */
  public record Created(boolean isNew, List<String> replaced) {
    public Created {
      replaced = List.copyOf(replaced);
    }
  }

  /**
   * What {@link #create} would do to a query of the name that is there: what is different, then
   * what becomes of each operator; nothing where none is there or all is the same.
   */
  public List<String> explainReplacement(QueryDefinition definition, StandingPlan plan) {
    lock.take();
    try {
      Standing there = registry.find(definition.name());
      List<String> lines = new ArrayList<>();
      if (there != null) {
        List<String> differences = differences(there, definition, plan);
        if (!differences.isEmpty()) {
          lines.addAll(differences);
          lines.addAll(replacement(there, definition, plan).lines());
        }
      }
      return lines;
    } finally {
      lock.release();
    }
  }

  /** Whether {@link #create} would compute nothing from the source again. */
  public boolean keepsState(QueryDefinition definition, StandingPlan plan) {
    lock.take();
    try {
      Standing there = registry.find(definition.name());
      return there == null
          || differences(there, definition, plan).isEmpty()
          || replacement(there, definition, plan).keepsState();
    } finally {
      lock.release();
    }
  }

  private static List<String> differences(
      Standing there, QueryDefinition definition, StandingPlan plan) {
    StandingPlan stored = there.storedPlan();
    return stored == null
        ? List.of()
        : PlanDifferences.of(there.definition(), stored, definition, plan);
  }

  /** Puts a query of other text in the place of the one that is there, where that is confirmed. */
  private List<String> replace(
      Standing there,
      QueryDefinition definition,
      StandingPlan plan,
      Replacing replacing,
      List<String> differences) {
    if (replacing == Replacing.NO) {
      throw StreamingErrors.changed(definition.name(), differences);
    }
    Replacement replacement = replacement(there, definition, plan);
    if (!replacement.isPossible()) {
      throw StreamingErrors.irreplaceable(definition.name(), differences, replacement.lines());
    }
    if (replacing == Replacing.ASK) {
      throw StreamingErrors.unconfirmed(definition.name(), differences, replacement.lines());
    }
    if (replacement.keepsAll() && there instanceof StandingQuery query) {
      query.replace(definition, plan);
      steps.resume(query);
    } else if (replacement.sink() != null && there instanceof StandingQuery query) {
      succeedInSink(query, definition, plan, replacement.sink());
    } else if (replacement.succession() != null && there instanceof StandingQuery query) {
      succeed(query, definition, plan, replacement.succession());
    } else {
      rebuild(there, definition, plan);
    }
    lock.signal();
    return replacement.lines();
  }

  private Replacement replacement(Standing there, QueryDefinition definition, StandingPlan plan) {
    return Replacement.of(
        there,
        there.storedPlan(),
        definition,
        plan,
        registry.readers(there),
        assembler.tables(plan));
  }

  /**
   * As {@link #rebuild}; the new one stands at the step of the other before it is kept, or at the
   * next, in which readers of the result take what is different.
   *
   * @param succession from the other's plan
   */
  private void succeed(
      StandingQuery there, QueryDefinition definition, StandingPlan plan, Succession succession) {
    List<StandingQuery> readers = registry.readers(there);
    for (StandingQuery reader : readers) {
      if (!checkpoints.settle(reader)) {
        throw StreamingErrors.isRead(there.name(), List.of(reader.name()));
      }
    }
    StandingQuery query = assembler.kept(successor(there, definition, plan, readers), s -> null);
    try {
      new Takeover(there, query, context.clock().instant()).withResult(succession);
      checkpoints.saveNew(query.stored(QueryStatus.RUNNING), query);
    } catch (Throwable t) {
      query.close();
      throw t instanceof TidemillException e ? e : StreamingErrors.internal(t);
    }
    for (StandingQuery reader : readers) {
      reader.follow(there, query, SourceText.in(reader.plan(), definition));
    }
    steps.forget(there);
    registry.replace(there, query);
    steps.continueBehind(query);
    registry.align(query.tables().keySet(), QueryRecovery::failWhereUnreadable);
    deleteReplaced(there);
    for (StandingQuery reader : readers) {
      boolean isSuspended = reader.status() == QueryStatus.SUSPENDED;
      checkpoints.save(reader, isSuspended ? QueryStatus.RUNNING : reader.status());
    }
  }

  /**
   * As {@link #rebuild}; the new one stands at the step of the other, and its first step behind
   * that brings their sink from the one result to the other. The sink of the other is closed before
   * the new one opens its own.
   */
  private void succeedInSink(
      StandingQuery there, QueryDefinition definition, StandingPlan plan, SinkSuccession how) {
    Instant now = context.clock().instant();
    StandingQuery query =
        assembler.kept(
            new StoredQuery(
                UUID.randomUUID().toString(),
                there.number(),
                definition,
                plan,
                there.id(),
                null,
                true),
            s -> null);
    try {
      if (how.kind() == SinkSuccession.Kind.DIFFERENCE) {
        StoredQuery same =
            new StoredQuery(query.id(), there.number(), there.definition(), there.plan());
        try (StandingQuery then = assembler.beside(same);
            StepOutput result = new Takeover(there, then, now).whole(how.resultBefore())) {
          new Takeover(there, query, now).inSink(how, result.change());
        }
      } else {
        new Takeover(there, query, now).inSink(how, List.of());
      }
      checkpoints.saveNew(query.stored(QueryStatus.RUNNING), query);
    } catch (Throwable t) {
      query.close();
      throw t instanceof TidemillException e ? e : StreamingErrors.internal(t);
    }
    steps.forget(there);
    registry.renew(there, query);
    registry.align(query.tables().keySet(), QueryRecovery::failWhereUnreadable);
    deleteReplaced(there);
  }

  /** It reads no more than the other did, and has its place among the queries. */
  private StoredQuery successor(
      StandingQuery there,
      QueryDefinition definition,
      StandingPlan plan,
      List<StandingQuery> readers) {
    return new StoredQuery(
        UUID.randomUUID().toString(),
        there.number(),
        definition,
        plan,
        there.id(),
        readers.isEmpty() ? null : new ResultSteps(there.state().version(), steps.nextStep()),
        false);
  }

  /**
   * The new one is kept first, saying what it stands in place of: a crash leaves the one or the
   * other. From then on it is the one that is there, as FAILED where a table cannot be read now.
   */
  private void rebuild(Standing there, QueryDefinition definition, StandingPlan plan) {
    boolean continues =
        definition.sink() != null && definition.sink().equals(there.definition().sink());
    StoredQuery stored = stored(definition, plan, there.id(), continues);
    StandingQuery query = assembler.kept(stored, scope -> null);
    try {
      checkpoints.saveNew(stored);
    } catch (Throwable t) {
      query.close();
      throw t;
    }
    steps.forget(there);
    registry.renew(there, query);
    if (!continues) {
      steps.continueBehind(query);
    }
    registry.align(query.tables().keySet(), QueryRecovery::failWhereUnreadable);
    deleteReplaced(there);
  }

  /** What is left of it where that fails is swept away when the database is opened. */
  private void deleteReplaced(Standing replaced) {
    try {
      checkpoints.delete(replaced);
    } catch (TidemillException e) {
      checkpoints.forget(replaced);
    }
  }

  private StoredQuery stored(QueryDefinition definition, StandingPlan plan) {
    return stored(definition, plan, null, false);
  }

  private StoredQuery stored(
      QueryDefinition definition, StandingPlan plan, @Nullable String replaces, boolean continues) {
    long number = 0;
    for (StandingQuery query : registry.queries()) {
      number = Math.max(number, query.number());
    }
    return new StoredQuery(
        UUID.randomUUID().toString(), number + 1, definition, plan, replaces, null, continues);
  }

  /** Adds a new query, or where it cannot read its tables does not. */
  private void add(StandingQuery query) {
    registry.add(query);
    steps.continueBehind(query);
    try {
      registry.align(
          query.tables().keySet(),
          (of, unreadable) -> {
            if (of == query) {
              throw unreadable;
            }
          });
    } catch (Throwable t) {
      registry.remove(query);
      throw t;
    }
  }

  /** The query at work; one that could not be recovered is tried again. */
  private StandingQuery recovered(Standing standing) {
    return switch (standing) {
      case StandingQuery query -> query;
      case UnrecoveredQuery lost -> {
        if (recovery == null) {
          throw StreamingErrors.notRecovered(lost.name(), lost.cause());
        }
        StandingQuery query = recovery.retry(lost);
        steps.continueBehind(query);
        yield query;
      }
    };
  }

  /**
   * Adds a query whose changes are handed to {@code consumer} until it is dropped; nothing of it is
   * kept.
   *
   * @return its name, for {@link #drop}
   */
  public String adHoc(
      QueryDefinition definition, StandingPlan plan, ConsumerDelivery.ChangeConsumer consumer) {
    lock.take();
    try {
      add(assembler.adHoc(stored(definition, plan), new ConsumerDelivery(consumer)));
      lock.signal();
      return definition.name();
    } finally {
      lock.release();
    }
  }

  /**
   * Runs the driver: from now on queries step when their triggers say so. Does nothing when it
   * runs.
   */
  public void start() {
    lock.take();
    try {
      driver.start();
    } finally {
      lock.release();
    }
  }

  /**
   * Where the queries go on that read a table, also after a crash: nothing before that is read
   * again. To be asked {@linkplain #betweenSteps between steps}, and true as long as that lasts.
   *
   * @param path of the table
   * @return null where something may be read that is older
   */
  public @Nullable List<Offset> placesIn(List<String> path) {
    return places.in(path);
  }

  /** Does something while no step is taken. */
  public <T> T betweenSteps(Supplier<T> work) {
    lock.take();
    try {
      return work.get();
    } finally {
      lock.release();
    }
  }

  /**
   * Looks once at every group and takes the steps whose triggers say so; whether there were any.
   */
  public boolean stepDue() {
    return driver.stepDue();
  }

  /**
   * Suspended queries run again, those that are neither paused nor stopped. Of those that could not
   * be recovered the listener is told.
   */
  public void resumeSuspended() {
    lock.take();
    try {
      for (Standing standing : List.copyOf(registry.all())) {
        switch (standing) {
          case StandingQuery query -> {
            if (query.status() == QueryStatus.SUSPENDED) {
              resumeStored(query);
            }
          }
          case UnrecoveredQuery lost ->
              context
                  .listener()
                  .failed(lost.name(), StreamingErrors.notRecovered(lost.name(), lost.cause()));
        }
      }
    } finally {
      lock.release();
    }
  }

  /** One that fails again is told to the listener, and holds no other up. */
  private void resumeStored(StandingQuery query) {
    try {
      steps.resume(query);
    } catch (TidemillException failedAgain) {
      if (query.status() == QueryStatus.SUSPENDED) {
        throw failedAgain;
      }
    }
  }

  /**
   * Lets a paused, stopped, suspended or failed query go on. A failed one first takes the step
   * again that it failed at; one that could not be recovered is tried again.
   *
   * @throws TidemillException QUERY_NOT_FOUND, QUERY_NOT_RECOVERED, or what the failed step fails
   *     of again
   */
  public void resume(String name) {
    lock.take();
    try {
      steps.resume(recovered(registry.get(name)));
    } finally {
      lock.release();
    }
  }

  /**
   * It keeps everything and does not step until it is resumed.
   *
   * @return how many milliseconds it waited for the step at work
   */
  public long pause(String name) {
    long waited = lock.take();
    try {
      StandingQuery query = registry.atWork(name);
      if (!query.status().isAtWork() && query.status() != QueryStatus.SUSPENDED) {
        throw StreamingErrors.wrongStatus(query.name(), query.status(), "paused");
      }
      checkpoints.snapshot(query);
      steps.changeStatus(query, QueryStatus.PAUSED);
      return waited;
    } finally {
      lock.release();
    }
  }

  /**
   * It ends where it stands; the result stays readable.
   *
   * @return as {@link #pause}
   */
  public long stop(String name) {
    long waited = lock.take();
    try {
      StandingQuery query = registry.atWork(name);
      if (query.status() != QueryStatus.ENDED) {
        checkpoints.snapshot(query);
        steps.changeStatus(query, QueryStatus.STOPPED);
      }
      return waited;
    } finally {
      lock.release();
    }
  }

  /**
   * It is gone, its state and kept result too.
   *
   * @return as {@link #pause}
   * @throws TidemillException QUERY_NOT_FOUND; QUERY_IS_READ where others read its result
   */
  public long drop(String name) {
    long waited = lock.take();
    try {
      Standing query = registry.get(name);
      List<StandingQuery> readers = registry.readers(query);
      if (!readers.isEmpty()) {
        throw StreamingErrors.isRead(
            query.name(), readers.stream().map(StandingQuery::name).toList());
      }
      checkpoints.delete(query);
      steps.forget(query);
      registry.remove(query);
      lock.signal();
      return waited;
    } finally {
      lock.release();
    }
  }

  /** Whether there is a standing query of this name. */
  public boolean exists(String name) {
    return published.exists(name);
  }

  /** Whether a standing query keeps its result under this name. */
  public boolean keepsResult(String name) {
    return published.keepsResult(name);
  }

  /** All queries, in the order they were created; waits for no step. */
  public List<QueryReport> reports() {
    return published.reports();
  }

  /**
   * How a query stands; waits for no step.
   *
   * @throws TidemillException QUERY_NOT_FOUND
   */
  public QueryReport report(String name) {
    QueryReport report = published.report(name);
    if (report == null) {
      throw StreamingErrors.notFound(name, published.namesNear(name));
    }
    return report;
  }

  /**
   * The plan that a query runs with.
   *
   * @throws TidemillException QUERY_NOT_FOUND; QUERY_NOT_RECOVERED where the plan cannot be read
   */
  public StandingPlan plan(String name) {
    StandingPlan plan = report(name).plan();
    if (plan == null) {
      lock.take();
      try {
        plan = registry.atWork(name).plan();
      } finally {
        lock.release();
      }
    }
    return plan;
  }

  /**
   * Takes one step by hand of each group that the queries belong to, whatever their triggers say
   * about time and rows.
   *
   * @return whether anything was there to take
   * @throws TidemillException what a query failed of
   */
  public boolean step(Collection<String> names) {
    lock.take();
    try {
      Set<StandingQuery> wanted = new HashSet<>();
      names.forEach(name -> wanted.add(registry.atWork(name)));
      for (StandingQuery query : wanted) {
        if (query.status() == QueryStatus.RETRYING) {
          steps.resume(query);
        }
      }
      boolean stepped = false;
      for (QueryGroup group : registry.groups()) {
        List<StandingQuery> members = group.queries().stream().filter(wanted::contains).toList();
        stepped |= !members.isEmpty() && steps.step(group, members);
      }
      for (StandingQuery query : wanted) {
        if (query.status() == QueryStatus.FAILED || query.status() == QueryStatus.RETRYING) {
          throw StreamingErrors.queryFailed(query.name(), String.valueOf(query.failure().cause()));
        }
      }
      return stepped;
    } finally {
      lock.release();
    }
  }

  /**
   * Waits until each query has ended, failed, or is paused or stopped, or, if it cannot end, has
   * taken all that was there when this was called. The driver must run.
   *
   * @param cancelled asked now and then; true ends the wait with QUERY_CANCELLED
   */
  public void awaitSettled(Collection<String> names, BooleanSupplier cancelled) {
    Settlement settlement = new Settlement(context.catalog(), registry, steps);
    try {
      while (!cancelled.getAsBoolean() && !driver.isEnding()) {
        if (lock.take(LOOK_MILLIS)) {
          try {
            if (settlement.isReached(names)) {
              return;
            }
            lock.await(LOOK_MILLIS);
          } finally {
            lock.release();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw StreamingErrors.cancelled();
  }

  /**
   * Pins one version of each named kept result, all at the same moment; waits for no step. Names
   * that are none are left out.
   */
  public PinnedResults pin(Collection<String> names) {
    return published.pin(names);
  }

  /** Ends cleanly: the running step is finished and every state is in a snapshot. */
  @Override
  public void close() {
    driver.end();
    checkpoints.endBackground();
    lock.take();
    try {
      checkpoints.finish();
    } finally {
      try {
        checkpoints.close();
      } finally {
        forgetAll();
        lock.release();
      }
    }
  }
}
