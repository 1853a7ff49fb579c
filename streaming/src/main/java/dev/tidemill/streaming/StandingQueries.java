package dev.tidemill.streaming;

import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.log.LogRecord;
import dev.tidemill.streaming.log.StepLog;
import dev.tidemill.streaming.pipeline.DeltaPipeline;
import dev.tidemill.streaming.result.ConsumerDelivery;
import dev.tidemill.streaming.result.Delivery;
import dev.tidemill.streaming.result.KeptDelivery;
import dev.tidemill.streaming.result.ResultTable;
import dev.tidemill.streaming.result.SinkDelivery;
import dev.tidemill.streaming.state.MemoryState;
import dev.tidemill.streaming.state.MemoryStateVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The standing queries of a database: creates, steps, pauses, stops and recovers them.
 *
 * <p>One thread (the driver, after {@link #start}) steps them, group by group; {@link #step} does
 * it by hand. A step:
 *
 * <pre>
 *   look at the tables, is anything due?      QueryGroup
 *   plan record into the step log, synced     before anything is published
 *   each query computes its share             a query that fails is set aside, its neighbours go on
 *   each delivers; then all states are committed together, under the lock that readers pin versions by
 *   commit record                             durable with the next sync
 * </pre>
 *
 * Locks: {@code this} guards the registry and is held for a whole step; {@link #publishing} guards
 * what readers see, is held briefly, and is taken inside the other.
 */
public final class StandingQueries implements AutoCloseable {
  private static final int STEPS_PER_SNAPSHOT = 100;
  private static final long COMPACTED_LOG_BYTES = 1 << 20;

  /**
   * How long the driver waits between looks that found nothing: longer where looking itself takes
   * long.
   */
  private static final long POLL_MILLIS = 10;

  private static final long MAX_POLL_MILLIS = 200;

  private final StreamingContext context;
  private final @Nullable CheckpointStore store;
  private final @Nullable StepLog log;
  private final Object publishing = new Object();
  private final Map<String, StandingQuery> queries = new LinkedHashMap<>();
  private final Map<TableReference, Offset> cuts = new HashMap<>();

  /**
   * Those whose result is kept, by their key; guarded by {@link #publishing}, so that reading waits
   * for no step.
   */
  private final Map<String, StandingQuery> results = new HashMap<>();

  /** Records of the step log that a recovery may need. */
  private final List<LogRecord> records = new ArrayList<>();

  /** Per query (by id) the version its last snapshot is of. */
  private final Map<String, Long> snapshots = new HashMap<>();

  /** The same of the snapshot before it, which serves where the last turns out to be damaged. */
  private final Map<String, Long> olderSnapshots = new HashMap<>();

  /**
   * Per query (by id) the number of the look at its tables at which it had nothing left to take.
   */
  private final Map<String, Long> settled = new HashMap<>();

  private List<QueryGroup> groups = List.of();
  private long looks;
  private long lastStep = -1;
  private @Nullable Thread driver;
  private volatile boolean closing;

  /**
   * Opens the standing queries of a database and recovers them: each stands again where its last
   * committed step left it. None runs yet: those that were running are SUSPENDED.
   *
   * @throws TidemillException if a checkpoint is damaged or of another version
   */
  public StandingQueries(StreamingContext context) {
    this.context = context;
    if (context.directory() == null) {
      store = null;
      log = null;
    } else {
      store = new CheckpointStore(context.files(), context.directory());
      log = store.openLog();
      try {
        recover(store, log);
      } catch (Throwable t) {
        queries.values().forEach(this::forget);
        log.close();
        throw t;
      }
    }
  }

  /** Gives back what a query holds in memory; what is kept of it stays. */
  private void forget(StandingQuery query) {
    if (query.delivery() instanceof KeptDelivery) {
      context.catalog().unregister(query.name());
      synchronized (publishing) {
        results.remove(key(query.name()));
      }
    }
    query.close();
  }

  private synchronized void recover(CheckpointStore from, StepLog steps) {
    records.addAll(steps.recovered());
    Map<Long, LogRecord.Commit> commits = new HashMap<>();
    for (LogRecord record : records) {
      lastStep = Math.max(lastStep, record.step());
      if (record instanceof LogRecord.Commit commit) {
        commits.put(commit.step(), commit);
      }
    }
    for (StoredQuery stored : from.queries()) {
      StandingQuery query = assemble(stored, scope -> from.readSnapshot(stored.id(), scope), null);
      try {
        snapshots.put(stored.id(), query.state().version());
        from.snapshotSteps(stored.id()).stream()
            .filter(step -> step < query.state().version())
            .findFirst()
            .ifPresent(step -> olderSnapshots.put(stored.id(), step));
        replay(query, stored, commits, from);
        requireWhole(query, from);
        if (query.status() == QueryStatus.RUNNING) {
          query.setStatus(QueryStatus.SUSPENDED);
        }
      } catch (Throwable t) {
        query.close();
        throw t;
      }
      lastStep = Math.max(lastStep, Math.max(query.state().version(), query.delivery().lastStep()));
      add(query);
    }
    queries.values().forEach(this::takeOverFailedCut);
    for (StandingQuery query : queries.values()) {
      try {
        countPending(query);
      } catch (TidemillException e) {
        query.fail(e, query.failedStep());
      }
    }
    regroup();
  }

  /**
   * All steps that are known to have been taken are there again: by a snapshot, or from the log.
   */
  private static void requireWhole(StandingQuery query, CheckpointStore from) {
    long newest = from.snapshotSteps(query.id()).stream().findFirst().orElse(-1L);
    long known = Math.max(newest, query.delivery().lastStep());
    LogRecord.Plan failed = query.failedStep();
    long reached = failed == null ? query.state().version() : failed.step();
    if (reached < known) {
      throw StreamingErrors.noReplay(query.name(), from.directory(query.id()));
    }
  }

  /**
   * The cut of a step that a query failed at is a cut of its tables, though nothing of it is
   * committed.
   */
  private void takeOverFailedCut(StandingQuery query) {
    LogRecord.Plan failed = query.failedStep();
    LogRecord.Share share = failed == null ? null : query.share(failed);
    if (failed != null && share != null) {
      for (LogRecord.TableRange range : share.ranges()) {
        TableReference table = new TableReference(range.table());
        if (query.tables().containsKey(table) && failed.step() > lastCutStep(table)) {
          cuts.put(table, range.to());
        }
      }
    }
  }

  /** A query that stands behind the last cut of a table has rows waiting for it. */
  private void countPending(StandingQuery query) {
    query
        .tables()
        .forEach(
            (reference, table) -> {
              Offset cut = cuts.get(reference);
              StandingQuery.Taken taken = query.offset(reference);
              Offset from = query.failedCut(reference);
              if (from == null) {
                from = taken == null ? table.start() : taken.offset();
              }
              if (cut != null && !cut.equals(from)) {
                long behindOwn = table.advance(from, Long.MAX_VALUE).rows();
                query.setPendingRows(
                    reference, behindOwn - table.advance(cut, Long.MAX_VALUE).rows());
              }
            });
  }

  /** Takes again the logged steps behind the snapshot. */
  private void replay(
      StandingQuery query,
      StoredQuery stored,
      Map<Long, LogRecord.Commit> commits,
      CheckpointStore from) {
    for (LogRecord record : records) {
      if (!(record instanceof LogRecord.Plan plan) || plan.step() <= query.state().version()) {
        continue;
      }
      LogRecord.Share share = query.share(plan);
      if (share == null) {
        continue;
      }
      if (!query.follows(share)) {
        throw StreamingErrors.noReplay(query.name(), from.directory(query.id()));
      }
      LogRecord.Commit commit = commits.get(plan.step());
      String error = commit == null ? null : commit.failed().get(query.id());
      if (plan.step() == stored.failedStep() || error != null) {
        query.setStatus(QueryStatus.FAILED);
        query.setFailedStep(plan);
        return;
      }
      try {
        query.compute(plan, share, System.nanoTime());
        query.deliver();
        query.publish();
      } catch (TidemillException e) {
        query.fail(e, plan);
        return;
      }
    }
  }

  /**
   * Adds a standing query, RUNNING.
   *
   * @return whether it is new; an unchanged one that is there already is resumed with its stored
   *     plan and state
   * @throws TidemillException QUERY_CHANGED if one of the name is there that is of other SQL,
   *     saying what changed
   */
  public synchronized boolean create(QueryDefinition definition, StandingPlan plan) {
    StandingQuery there = queries.get(key(definition.name()));
    if (there != null) {
      List<String> differences = PlanDifferences.of(there, definition, plan);
      if (!differences.isEmpty()) {
        throw StreamingErrors.changed(definition.name(), differences);
      }
      there.setDefinition(definition);
      resume(there);
      return false;
    }
    context.catalog().checkFree(definition.name());
    StoredQuery stored =
        new StoredQuery(
            StoredQuery.VERSION,
            UUID.randomUUID().toString(),
            definition,
            plan,
            QueryStatus.RUNNING,
            null,
            -1);
    StandingQuery query = assemble(stored, scope -> null, null);
    try {
      countPending(query);
      if (store != null) {
        store.put(stored);
      }
      add(query);
    } catch (Throwable t) {
      queries.remove(key(definition.name()));
      query.close();
      throw t;
    }
    regroup();
    notifyAll();
    return true;
  }

  /**
   * Adds a query whose changes are handed to {@code consumer} until it is dropped; nothing of it is
   * kept.
   *
   * @return its name, for {@link #drop}
   */
  public synchronized String adHoc(
      QueryDefinition definition, StandingPlan plan, ConsumerDelivery.ChangeConsumer consumer) {
    StoredQuery stored =
        new StoredQuery(
            StoredQuery.VERSION,
            UUID.randomUUID().toString(),
            definition,
            plan,
            QueryStatus.RUNNING,
            null,
            -1);
    StandingQuery query = assemble(stored, scope -> null, new ConsumerDelivery(consumer));
    try {
      countPending(query);
    } catch (Throwable t) {
      query.close();
      throw t;
    }
    add(query);
    regroup();
    notifyAll();
    return definition.name();
  }

  /** Gives a query's state as it was kept, or null where it is to begin anew. */
  private interface StateReader {
    @Nullable MemoryState read(MemoryScope scope);
  }

  private StandingQuery assemble(StoredQuery stored, StateReader kept, @Nullable Delivery adHoc) {
    MemoryScope scope = context.memory().child(stored.definition().name());
    MemoryState state = null;
    Delivery delivery = adHoc;
    try {
      Map<TableReference, Table> tables = tables(stored, adHoc == null);
      state = kept.read(scope);
      if (state == null) {
        state = new MemoryState(scope);
      }
      if (delivery == null) {
        delivery = delivery(stored, scope, state);
      }
      DeltaPipeline pipeline =
          context.pipelines().compile(stored.plan(), stored.definition().mode(), state, scope);
      return new StandingQuery(
          stored, new StandingQuery.Parts(tables, scope, state, pipeline, delivery));
    } catch (Throwable t) {
      if (delivery != null) {
        delivery.close();
      }
      if (state != null) {
        state.close();
      }
      scope.close();
      throw t;
    }
  }

  /** The tables that a query grows with. */
  private Map<TableReference, Table> tables(StoredQuery stored, boolean kept) {
    QueryDefinition definition = stored.definition();
    Map<TableReference, Table> tables = new LinkedHashMap<>();
    collectTables(stored.plan().root(), tables);
    if (store != null && kept) {
      tables.forEach(
          (reference, table) -> {
            if (!table.replayable()) {
              throw StreamingErrors.notReplayable(definition.name(), reference.toString());
            }
          });
    }
    return tables;
  }

  private Delivery delivery(StoredQuery stored, MemoryScope scope, MemoryState state) {
    QueryDefinition definition = stored.definition();
    TableReference sink = definition.sink();
    if (sink == null) {
      return new KeptDelivery(stored.plan(), definition.mode(), state);
    }
    Table table = context.catalog().table(sink.path()).table();
    return new SinkDelivery(
        table.sink(stored.id()), table.schema(), definition.mode(), stored.plan(), state, scope);
  }

  private void collectTables(DeltaPlan plan, Map<TableReference, Table> tables) {
    if (plan instanceof DeltaScanPlan scan) {
      tables.computeIfAbsent(
          scan.table(), reference -> context.catalog().table(reference.path()).table());
    }
    plan.inputs().forEach(input -> collectTables(input, tables));
  }

  private void add(StandingQuery query) {
    queries.put(key(query.name()), query);
    for (TableReference table : query.tables().keySet()) {
      StandingQuery.Taken taken = query.offset(table);
      if (taken != null && taken.step() >= lastCutStep(table)) {
        cuts.put(table, taken.offset());
      }
    }
    if (query.delivery() instanceof KeptDelivery) {
      ResultTable table = new ResultTable(query.plan(), query.state()::read);
      context.catalog().register(resultDefinition(query), table);
      synchronized (publishing) {
        results.put(key(query.name()), query);
      }
    }
  }

  /** The last step at which a query that is here took rows of the table, or -1. */
  private long lastCutStep(TableReference table) {
    long last = -1;
    for (StandingQuery query : queries.values()) {
      StandingQuery.Taken taken = query.tables().containsKey(table) ? query.offset(table) : null;
      last = taken == null ? last : Math.max(last, taken.step());
    }
    return last;
  }

  private static TableDefinition resultDefinition(StandingQuery query) {
    return new TableDefinition(
        query.name(), List.of(), null, List.of(), false, Map.of(), query.definition().sql());
  }

  /** Whether {@code path} is the kept result of a standing query. */
  public synchronized boolean isResult(List<String> path) {
    StandingQuery query = queries.get(key(path.get(path.size() - 1)));
    return query != null
        && query.delivery() instanceof KeptDelivery
        && context.catalog().table(path).table() instanceof ResultTable;
  }

  /** Connected components of queries by the tables they read. */
  private void regroup() {
    List<Set<TableReference>> tables = new ArrayList<>();
    List<List<StandingQuery>> members = new ArrayList<>();
    for (StandingQuery query : queries.values()) {
      Set<TableReference> merged = new HashSet<>(query.tables().keySet());
      List<StandingQuery> together = new ArrayList<>();
      for (int i = tables.size() - 1; i >= 0; i--) {
        if (tables.get(i).stream().anyMatch(merged::contains)) {
          merged.addAll(tables.remove(i));
          together.addAll(0, members.remove(i));
        }
      }
      together.add(query);
      tables.add(merged);
      members.add(together);
    }
    groups = members.stream().map(group -> new QueryGroup(group, cuts)).toList();
  }

  /**
   * Runs the driver: from now on queries step when their triggers say so. Does nothing when it
   * runs.
   */
  public synchronized void start() {
    if (driver == null && !closing) {
      Thread thread = new Thread(this::drive, "tidemill-steps");
      thread.setDaemon(true);
      driver = thread;
      thread.start();
    }
  }

  private void drive() {
    while (!closing) {
      long begun = System.nanoTime();
      boolean worked = stepDue();
      if (!worked) {
        long lookMillis = (System.nanoTime() - begun) / 1_000_000;
        pause(Math.clamp(lookMillis * 4, POLL_MILLIS, MAX_POLL_MILLIS));
      }
    }
  }

  /**
   * Looks once at every group and takes the steps whose triggers say so; whether there were any.
   */
  public boolean stepDue() {
    boolean worked = false;
    for (QueryGroup group : currentGroups()) {
      worked |= turn(group);
    }
    return worked;
  }

  private synchronized List<QueryGroup> currentGroups() {
    return groups;
  }

  private synchronized void pause(long millis) {
    try {
      if (!closing) {
        boolean idle = queries.values().stream().noneMatch(q -> q.status() == QueryStatus.RUNNING);
        wait(idle ? 0 : millis);
      }
    } catch (InterruptedException e) {
      closing = true;
    }
  }

  /** Looks at a group and takes a step if one is due; whether it did. */
  private synchronized boolean turn(QueryGroup group) {
    if (closing || !groups.contains(group)) {
      return false;
    }
    try {
      QueryGroup.Outlook outlook = look(group, null);
      QueryGroup.Cut cut = outlook.cut();
      if (cut != null) {
        take(group, cut);
      }
      return cut != null;
    } catch (TidemillException e) {
      failUnreadable(group, e);
      return false;
    } catch (RuntimeException | Error e) {
      failAll(group.queries(), StreamingErrors.internal(e));
      return false;
    }
  }

  /**
   * Something of a group cannot be read or written: those of its queries fail that it is about, or
   * all.
   */
  private void failUnreadable(QueryGroup group, TidemillException cause) {
    List<StandingQuery> unreadable =
        group.queries().stream().filter(query -> !isReadable(query)).toList();
    failAll(unreadable.isEmpty() ? group.queries() : unreadable, cause);
  }

  private boolean isReadable(StandingQuery query) {
    try {
      query
          .tables()
          .forEach((table, of) -> of.advance(cuts.getOrDefault(table, of.start()), Long.MAX_VALUE));
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private QueryGroup.Outlook look(QueryGroup group, @Nullable List<StandingQuery> byHand) {
    long number = ++looks;
    QueryGroup.Outlook outlook = group.look(context.clock().millis(), byHand);
    for (StandingQuery query : outlook.settled()) {
      settled.put(query.id(), number);
    }
    for (StandingQuery query : group.queries()) {
      boolean due = outlook.cut() != null && outlook.cut().due().contains(query);
      if (query.status() == QueryStatus.RUNNING
          && !due
          && query.state().version() >= 0
          && !(query.definition().trigger() instanceof Trigger.Once)
          && QueryGroup.isDone(query)) {
        end(query);
      }
    }
    if (!outlook.settled().isEmpty()) {
      notifyAll();
    }
    return outlook;
  }

  /** The running ones fail where they stand. */
  private void failAll(List<StandingQuery> of, TidemillException cause) {
    for (StandingQuery query : of) {
      if (query.status() == QueryStatus.RUNNING) {
        failed(query, cause, null);
      }
    }
  }

  private void take(QueryGroup group, QueryGroup.Cut cut) {
    long start = System.nanoTime();
    Instant now = context.clock().instant();
    long micros = now.getEpochSecond() * 1_000_000L + now.getNano() / 1000;
    List<LogRecord.Share> shares =
        cut.due().stream().map(query -> group.share(query, cut)).toList();
    LogRecord.Plan plan = new LogRecord.Plan(lastStep + 1, micros, shares);
    write(plan);
    lastStep = plan.step();
    group.move(cut);
    cut.due().forEach(query -> query.begun(now.toEpochMilli()));
    Map<String, String> failures = new TreeMap<>();
    List<StandingQuery> computed = new ArrayList<>();
    for (int i = 0; i < cut.due().size(); i++) {
      StandingQuery query = cut.due().get(i);
      try {
        query.compute(plan, shares.get(i), start);
        query.deliver();
        computed.add(query);
      } catch (TidemillException e) {
        failures.put(query.id(), String.valueOf(e.getMessage()));
        failed(query, e, plan);
      }
    }
    List<StepProgress> progress = new ArrayList<>();
    synchronized (publishing) {
      computed.forEach(query -> progress.add(query.publish()));
    }
    record(new LogRecord.Commit(plan.step(), failures));
    progress.forEach(context.listener()::stepped);
    for (StandingQuery query : computed) {
      if (QueryGroup.isDone(query)) {
        end(query);
      } else if (query.stepsSinceSnapshot() >= STEPS_PER_SNAPSHOT) {
        snapshotOrFail(query);
      }
    }
    notifyAll();
  }

  private void snapshotOrFail(StandingQuery query) {
    try {
      snapshot(query);
    } catch (TidemillException e) {
      failed(query, e, null);
    }
  }

  /** The plan record is durable before anything is published. */
  private void write(LogRecord.Plan plan) {
    if (log != null) {
      log.appendDurably(plan);
      records.add(plan);
    }
  }

  private void record(LogRecord record) {
    if (log != null) {
      log.append(record);
      records.add(record);
    }
  }

  /**
   * @param step the step it failed at, or null where it failed between steps
   */
  private void failed(StandingQuery query, TidemillException cause, LogRecord.@Nullable Plan step) {
    query.fail(cause, step);
    try {
      save(query);
    } catch (TidemillException unsaved) {
      cause.addSuppressed(unsaved);
    }
    context.listener().failed(query.name(), cause);
    context.listener().statusChanged(query.name(), QueryStatus.FAILED);
    notifyAll();
  }

  private void end(StandingQuery query) {
    boolean inputsEnded =
        !(query.definition().trigger() instanceof Trigger.Once)
            && !(query.definition().trigger() instanceof Trigger.AvailableNow);
    try {
      snapshot(query);
      if (inputsEnded) {
        query.end();
      }
      changeStatus(query, QueryStatus.ENDED);
    } catch (TidemillException e) {
      failed(query, e, null);
    }
  }

  private void changeStatus(StandingQuery query, QueryStatus status) {
    query.setStatus(status);
    save(query);
    context.listener().statusChanged(query.name(), status);
    notifyAll();
  }

  private boolean isKept(StandingQuery query) {
    return store != null && !(query.delivery() instanceof ConsumerDelivery);
  }

  private void save(StandingQuery query) {
    if (store != null && isKept(query)) {
      store.put(query.stored());
    }
  }

  private void snapshot(StandingQuery query) {
    if (store == null || !isKept(query) || query.state().version() < 0) {
      return;
    }
    if (snapshots.getOrDefault(query.id(), -1L) < query.state().version()) {
      try (MemoryStateVersion version = query.state().read()) {
        store.writeSnapshot(query.id(), version);
      }
      Long older = snapshots.put(query.id(), query.state().version());
      olderSnapshots.put(query.id(), older == null ? -1 : older);
    }
    query.snapshotTaken();
    if (log != null && log.size() > COMPACTED_LOG_BYTES) {
      compactLog(log, snapshots);
    }
  }

  /** Drops the records that no recovery needs that begins with one of these snapshots. */
  private void compactLog(StepLog steps, Map<String, Long> begin) {
    long needed = Long.MAX_VALUE;
    for (StandingQuery query : queries.values()) {
      if (isKept(query)) {
        LogRecord.Plan failedStep = query.failedStep();
        if (failedStep != null) {
          needed = Math.min(needed, failedStep.step());
        }
        long snapshot = begin.getOrDefault(query.id(), -1L);
        if (snapshot < query.state().version()) {
          needed = Math.min(needed, snapshot + 1);
        }
      }
    }
    long first = needed;
    records.removeIf(record -> record.step() < first && record.step() < lastStep);
    steps.rewrite(records);
  }

  /** Suspended queries run again, those that are neither paused nor stopped. */
  public synchronized void resumeSuspended() {
    for (StandingQuery query : queries.values()) {
      if (query.status() == QueryStatus.SUSPENDED) {
        resume(query);
      }
    }
  }

  /**
   * Lets a paused, stopped, suspended or failed query go on. A failed one first takes the step
   * again that it failed at.
   *
   * @throws TidemillException QUERY_NOT_FOUND, or what the failed step fails of again
   */
  public synchronized void resume(String name) {
    resume(query(name));
  }

  private void resume(StandingQuery query) {
    LogRecord.Plan failedStep = query.failedStep();
    if (query.status() == QueryStatus.FAILED && failedStep != null) {
      retry(query, failedStep);
    }
    boolean oneShot =
        query.definition().trigger() instanceof Trigger.Once
            || query.definition().trigger() instanceof Trigger.AvailableNow;
    if (query.status() == QueryStatus.ENDED && (!oneShot || query.hasEnded())) {
      save(query);
      return;
    }
    query.clearError();
    query.setRemaining(null);
    if (query.status() != QueryStatus.RUNNING) {
      changeStatus(query, QueryStatus.RUNNING);
    } else {
      save(query);
    }
  }

  /**
   * Takes the step again. A snapshot follows at once: the log says of this step that it failed, and
   * a recovery that came by it would stop there.
   */
  private void retry(StandingQuery query, LogRecord.Plan step) {
    LogRecord.Share share = query.share(step);
    if (share == null) {
      return;
    }
    try {
      query.compute(step, share, System.nanoTime());
      query.deliver();
    } catch (TidemillException e) {
      failed(query, e, step);
      throw e;
    }
    StepProgress progress;
    synchronized (publishing) {
      progress = query.publish();
    }
    context.listener().stepped(progress);
    snapshot(query);
  }

  /** It keeps everything and does not step until it is resumed. */
  public synchronized void pause(String name) {
    StandingQuery query = query(name);
    if (query.status() != QueryStatus.RUNNING && query.status() != QueryStatus.SUSPENDED) {
      throw StreamingErrors.wrongStatus(query.name(), query.status(), "paused");
    }
    snapshot(query);
    changeStatus(query, QueryStatus.PAUSED);
  }

  /** It ends where it stands; the result stays readable. */
  public synchronized void stop(String name) {
    StandingQuery query = query(name);
    if (query.status() == QueryStatus.ENDED) {
      return;
    }
    snapshot(query);
    changeStatus(query, QueryStatus.STOPPED);
  }

  /** It is gone, its state and kept result too. */
  public synchronized void drop(String name) {
    StandingQuery query = query(name);
    if (store != null && isKept(query)) {
      store.delete(query.id());
    }
    queries.remove(key(query.name()));
    snapshots.remove(query.id());
    olderSnapshots.remove(query.id());
    settled.remove(query.id());
    forget(query);
    forgetCuts();
    regroup();
    notifyAll();
  }

  /**
   * Cuts of tables that nobody reads any more are forgotten: the next query begins at the start.
   */
  private void forgetCuts() {
    cuts.keySet()
        .removeIf(table -> queries.values().stream().noneMatch(q -> q.tables().containsKey(table)));
  }

  /** Whether there is a standing query of this name. */
  public synchronized boolean exists(String name) {
    return queries.containsKey(key(name));
  }

  /** All queries, in the order they were created. */
  public synchronized List<QueryReport> reports() {
    synchronized (publishing) {
      return queries.values().stream().map(StandingQuery::report).toList();
    }
  }

  /**
   * @throws TidemillException QUERY_NOT_FOUND
   */
  public synchronized QueryReport report(String name) {
    synchronized (publishing) {
      return query(name).report();
    }
  }

  /** The standing queries that read the table. */
  public synchronized List<String> readersOf(List<String> path) {
    TableReference reference = new TableReference(path);
    List<String> readers = new ArrayList<>();
    for (StandingQuery query : queries.values()) {
      if (query.tables().containsKey(reference) || reference.equals(query.definition().sink())) {
        readers.add(query.name());
      }
    }
    return readers;
  }

  /**
   * Takes one step by hand of each group that the queries belong to, whatever their triggers say
   * about time and rows.
   *
   * @return whether anything was there to take
   * @throws TidemillException what a query failed of
   */
  public synchronized boolean step(Collection<String> names) {
    Set<StandingQuery> wanted = new HashSet<>();
    names.forEach(name -> wanted.add(query(name)));
    boolean stepped = false;
    for (QueryGroup group : groups) {
      List<StandingQuery> members = group.queries().stream().filter(wanted::contains).toList();
      if (!members.isEmpty()) {
        QueryGroup.Cut cut;
        do {
          cut = look(group, members).cut();
          if (cut != null) {
            take(group, cut);
            stepped = true;
          }
        } while (cut != null && cut.catchesUp());
      }
    }
    for (StandingQuery query : wanted) {
      if (query.status() == QueryStatus.FAILED) {
        throw StreamingErrors.queryFailed(query.name(), String.valueOf(query.error()));
      }
    }
    return stepped;
  }

  /**
   * Waits until each query has ended, failed, or is paused or stopped, or, if it cannot end, has
   * taken all that was there when this was called. The driver must run.
   *
   * @param cancelled asked now and then; true ends the wait with QUERY_CANCELLED
   */
  public void awaitSettled(Collection<String> names, BooleanSupplier cancelled) {
    Map<String, Long> since = new HashMap<>();
    synchronized (this) {
      while (true) {
        boolean allSettled = true;
        for (String name : names) {
          StandingQuery query = queries.get(key(name));
          allSettled &= query == null || isSettled(query, since, new HashSet<>());
        }
        if (allSettled) {
          return;
        }
        if (cancelled.getAsBoolean() || closing) {
          throw StreamingErrors.cancelled();
        }
        try {
          wait(50);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw StreamingErrors.cancelled();
        }
      }
    }
  }

  /**
   * A query that may end is waited for; any other is settled once a look that began after the wait
   * found nothing.
   */
  private boolean isSettled(StandingQuery query, Map<String, Long> since, Set<String> seen) {
    if (query.status() != QueryStatus.RUNNING || !seen.add(query.id())) {
      return true;
    }
    if (canEnd(query, new HashSet<>())) {
      since.remove(query.id());
      return false;
    }
    boolean waitsForAnother = false;
    for (StandingQuery other : queries.values()) {
      if (other != query && feeds(other, query) && !isSettled(other, since, seen)) {
        waitsForAnother = true;
      }
    }
    if (waitsForAnother) {
      since.remove(query.id());
      return false;
    }
    Long begun = since.putIfAbsent(query.id(), looks);
    return begun != null && settled.getOrDefault(query.id(), -1L) > begun;
  }

  private boolean feeds(StandingQuery writer, StandingQuery reader) {
    TableReference sink = writer.definition().sink();
    return sink != null
        && reader.tables().keySet().stream().anyMatch(table -> isSamePlace(table, sink));
  }

  private boolean canEnd(StandingQuery query, Set<String> seen) {
    if (query.status() == QueryStatus.ENDED) {
      return true;
    }
    if (query.status() != QueryStatus.RUNNING || !seen.add(query.id())) {
      return false;
    }
    return switch (query.definition().trigger()) {
      case Trigger.Once t -> true;
      case Trigger.AvailableNow t -> true;
      case Trigger.AsFastAsPossible t -> inputsCanEnd(query, seen);
      case Trigger.EveryInterval t -> inputsCanEnd(query, seen);
      case Trigger.EveryRows t -> inputsCanEnd(query, seen);
      case Trigger.EveryRowsOrInterval t -> inputsCanEnd(query, seen);
    };
  }

  private boolean inputsCanEnd(StandingQuery query, Set<String> seen) {
    for (Map.Entry<TableReference, Table> table : query.tables().entrySet()) {
      if (table.getValue().inputKind() == InputKind.GROWING && !query.hasEnded(table.getKey())) {
        boolean writerEnds = false;
        for (StandingQuery writer : queries.values()) {
          TableReference sink = writer.definition().sink();
          boolean writes = sink != null && isSamePlace(table.getKey(), sink);
          boolean oneShot =
              writer.definition().trigger() instanceof Trigger.Once
                  || writer.definition().trigger() instanceof Trigger.AvailableNow;
          writerEnds |= writes && !oneShot && canEnd(writer, seen);
        }
        if (!writerEnds) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether two tables are one, or stand on the same files. */
  private boolean isSamePlace(TableReference a, TableReference b) {
    return a.equals(b) || place(a).equals(place(b));
  }

  private String place(TableReference table) {
    Map<String, String> options = context.catalog().table(table.path()).definition().options();
    String path = options.get("path");
    return path == null ? table.toString() : path.replaceAll("/+$", "");
  }

  /**
   * Pins one version of each named kept result, all at the same moment. Names that are none are
   * left out.
   */
  public PinnedResults pin(Collection<String> names) {
    List<PinnedResults.Pinned> pinned = new ArrayList<>();
    Map<Long, String> steps = new TreeMap<>();
    List<StandingQuery> read = new ArrayList<>();
    synchronized (publishing) {
      for (String name : names) {
        StandingQuery query = results.get(key(name));
        if (query != null) {
          read.add(query);
        }
      }
      for (StandingQuery query : read) {
        MemoryStateVersion version = query.state().read();
        ResultTable table = new ResultTable(query.plan(), query.state()::read).pin(version);
        pinned.add(new PinnedResults.Pinned(query.name(), table, version));
        steps.merge(version.step(), query.name(), (a, b) -> a + ", " + b);
      }
    }
    List<String> warnings = new ArrayList<>();
    if (steps.size() > 1) {
      StringBuilder text = new StringBuilder("the results are not of one cut:");
      steps.forEach(
          (step, of) -> text.append(' ').append(of).append(" at step ").append(step).append(';'));
      warnings.add(text.substring(0, text.length() - 1));
    }
    return new PinnedResults(pinned, warnings);
  }

  private StandingQuery query(String name) {
    StandingQuery query = queries.get(key(name));
    if (query == null) {
      List<String> known = queries.values().stream().map(StandingQuery::name).toList();
      throw StreamingErrors.notFound(name, NearMisses.of(name, known));
    }
    return query;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Ends cleanly: the running step is finished and every state is in a snapshot. */
  @Override
  public void close() {
    closing = true;
    Thread running;
    synchronized (this) {
      running = driver;
      notifyAll();
    }
    if (running != null) {
      joinUninterruptibly(running);
    }
    synchronized (this) {
      try {
        queries.values().forEach(this::snapshot);
        if (log != null) {
          compactLog(log, olderSnapshots);
        }
      } finally {
        if (log != null) {
          log.close();
        }
        queries.values().forEach(this::forget);
        queries.clear();
        groups = List.of();
      }
    }
  }

  private static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
