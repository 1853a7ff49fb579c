package dev.tidemill.streaming;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.streaming.log.LogRecord;
import dev.tidemill.streaming.result.Delivery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sets up the queries of a database directory as their last steps left them: the newest whole
 * snapshot, then the logged steps behind it again, with the same offsets and times. One that cannot
 * be set up stands as FAILED beside the others, and can be tried again.
 */
final class QueryRecovery {
  private final QueryAssembler assembler;
  private final Checkpoints checkpoints;
  private final CheckpointStore store;
  private final QueryRegistry registry;

  QueryRecovery(
      QueryAssembler assembler,
      Checkpoints checkpoints,
      CheckpointStore store,
      QueryRegistry registry) {
    this.assembler = assembler;
    this.checkpoints = checkpoints;
    this.store = store;
    this.registry = registry;
  }

  /** Sets up all queries; none runs yet: those that were running are SUSPENDED. */
  void recoverAll() {
    Map<StandingQuery, StoredQuery> opened = new LinkedHashMap<>();
    for (CheckpointStore.Found found : withoutReplaced(store.queries())) {
      Standing query = open(found);
      if (registry.find(query.name()) != null) {
        query = twice(query);
      }
      registry.add(query);
      if (query instanceof StandingQuery at && found instanceof CheckpointStore.Readable readable) {
        opened.put(at, readable.query());
      }
    }
    replay(opened).values().forEach(registry::add);
    Set<TableReference> tables = new LinkedHashSet<>();
    registry.queries().forEach(query -> tables.addAll(query.tables().keySet()));
    registry.align(tables, QueryRecovery::failWhereUnreadable);
  }

  /** A query that another stands in place of is deleted: a crash came before that. */
  private List<CheckpointStore.Found> withoutReplaced(List<CheckpointStore.Found> all) {
    Set<String> replaced = new HashSet<>();
    for (CheckpointStore.Found found : all) {
      if (found instanceof CheckpointStore.Readable readable
          && readable.query().replaces() != null) {
        replaced.add(readable.query().replaces());
      }
    }
    List<CheckpointStore.Found> left = new ArrayList<>();
    for (CheckpointStore.Found found : all) {
      if (replaced.contains(found.id())) {
        store.delete(found.id());
      } else {
        left.add(found);
      }
    }
    return left;
  }

  /** A query of which a table cannot be read stands as FAILED where it is. */
  static void failWhereUnreadable(StandingQuery query, TidemillException cause) {
    if (query.status() != QueryStatus.FAILED) {
      query.fail(String.valueOf(cause.getMessage()), query.failure().step());
    }
  }

  /**
   * Tries again to set up a query that could not be.
   *
   * @throws TidemillException what is in the way
   */
  StandingQuery retry(UnrecoveredQuery lost) {
    CheckpointStore.Found found = store.query(lost.id());
    Standing query = found == null ? lost : open(found);
    switch (query) {
      case UnrecoveredQuery still -> {
        if (still.name().equals(lost.name())) {
          registry.add(still);
        }
        throw StreamingErrors.notRecovered(lost.name(), still.cause());
      }
      case StandingQuery at -> {
        Standing namesake = registry.find(at.name());
        if (namesake != null && !namesake.id().equals(at.id())) {
          at.close();
          throw StreamingErrors.notRecovered(
              lost.name(), StreamingErrors.nameTwice(at.name(), at.id()));
        }
        Map<StandingQuery, StoredQuery> opened = new LinkedHashMap<>();
        replace(lost, at, found, opened);
        openReaders(at, opened);
        Map<StandingQuery, UnrecoveredQuery> still = replay(opened);
        still.values().forEach(registry::add);
        UnrecoveredQuery again = still.get(at);
        if (again != null) {
          throw StreamingErrors.notRecovered(lost.name(), again.cause());
        }
        for (StandingQuery recovered : opened.keySet()) {
          if (!still.containsKey(recovered)) {
            registry.align(recovered.tables().keySet(), QueryRecovery::failWhereUnreadable);
          }
        }
        return at;
      }
    }
  }

  private void replace(
      UnrecoveredQuery lost,
      StandingQuery query,
      CheckpointStore.@Nullable Found found,
      Map<StandingQuery, StoredQuery> opened) {
    registry.remove(lost);
    registry.add(query);
    if (found instanceof CheckpointStore.Readable readable) {
      opened.put(query, readable.query());
    }
  }

  /** Queries that could not be recovered because one whose result they read was not. */
  private void openReaders(StandingQuery source, Map<StandingQuery, StoredQuery> opened) {
    for (Standing standing : List.copyOf(registry.all())) {
      if (standing instanceof UnrecoveredQuery lost
          && lost.plan() instanceof StandingPlan plan
          && reads(plan.root(), source.name())) {
        CheckpointStore.Found found = store.query(lost.id());
        if (found != null && open(found) instanceof StandingQuery reader) {
          replace(lost, reader, found, opened);
          openReaders(reader, opened);
        }
      }
    }
  }

  private static boolean reads(DeltaPlan plan, String name) {
    return plan instanceof DeltaScanPlan scan
            && scan.table().path().getLast().equalsIgnoreCase(name)
        || plan.inputs().stream().anyMatch(input -> reads(input, name));
  }

  /** Of two queries of one name, which no crash leaves, the later stands under its id. */
  private UnrecoveredQuery twice(Standing query) {
    if (query instanceof StandingQuery at) {
      at.close();
    }
    return lost(
        new CheckpointStore.Unreadable(
            query.id(), null, StreamingErrors.nameTwice(query.name(), query.id())));
  }

  /** A query with the state of its last snapshot. */
  private Standing open(CheckpointStore.Found found) {
    return switch (found) {
      case CheckpointStore.Unreadable unreadable -> lost(unreadable);
      case CheckpointStore.Readable readable -> open(readable.query());
    };
  }

  private Standing open(StoredQuery stored) {
    StandingQuery query = null;
    try {
      query = assembler.kept(stored, scope -> checkpoints.read(stored.id(), scope));
      checkpoints.noteSnapshot(query);
      return query;
    } catch (TidemillException e) {
      return lost(query, stored, e);
    } catch (RuntimeException e) {
      return lost(
          query,
          stored,
          StreamingErrors.notItsState(stored.definition().name(), store.directory(stored.id()), e));
    }
  }

  private UnrecoveredQuery lost(
      @Nullable StandingQuery query, StoredQuery stored, TidemillException cause) {
    if (query != null) {
      query.close();
    }
    return lost(stored.id(), stored.definition(), stored, cause);
  }

  private UnrecoveredQuery lost(CheckpointStore.Unreadable unreadable) {
    QueryDefinition definition = unreadable.definition();
    return lost(
        unreadable.id(),
        definition == null ? UnrecoveredQuery.unknown(unreadable.id()) : definition,
        null,
        unreadable.cause());
  }

  private UnrecoveredQuery lost(
      String id,
      QueryDefinition definition,
      @Nullable StoredQuery stored,
      TidemillException cause) {
    List<Long> snapshots = snapshotSteps(id);
    return new UnrecoveredQuery(
        id,
        definition,
        stored == null ? null : stored.plan(),
        snapshots.isEmpty() ? -1 : snapshots.getFirst(),
        snapshots.isEmpty() ? -1 : snapshots.getLast(),
        cause);
  }

  private List<Long> snapshotSteps(String id) {
    try {
      return store.snapshotNames(id);
    } catch (TidemillException unreadable) {
      return List.of();
    }
  }

  /**
   * Takes again the logged steps behind the snapshots, of all queries step by step: those that read
   * results take what the others change.
   *
   * @return those that cannot be recovered, closed
   */
  private Map<StandingQuery, UnrecoveredQuery> replay(Map<StandingQuery, StoredQuery> queries) {
    List<LogRecord> records = checkpoints.records();
    Map<Long, LogRecord.Commit> commits = new HashMap<>();
    for (LogRecord record : records) {
      if (record instanceof LogRecord.Commit commit) {
        commits.put(commit.step(), commit);
      }
    }
    Map<StandingQuery, UnrecoveredQuery> lost = new LinkedHashMap<>();
    queries.forEach((query, stored) -> attempt(query, queries, lost, () -> requireWritten(query)));
    Set<StandingQuery> stopped = new HashSet<>();
    for (LogRecord record : records) {
      if (record instanceof LogRecord.Plan plan) {
        queries.forEach(
            (query, stored) -> {
              if (!lost.containsKey(query) && !stopped.contains(query)) {
                attempt(
                    query,
                    queries,
                    lost,
                    () -> {
                      if (!replay(query, stored, plan, commits.get(plan.step()))) {
                        stopped.add(query);
                      }
                    });
              }
            });
      }
    }
    for (StandingQuery query : queries.keySet()) {
      if (!lost.containsKey(query)) {
        attempt(query, queries, lost, () -> requireWhole(query));
      }
      if (!lost.containsKey(query) && wasAtWork(query, queries.get(query))) {
        boolean ended = query.failure().step() == null && query.hasTakenLastStep();
        query.setStatus(ended ? QueryStatus.ENDED : QueryStatus.SUSPENDED);
      }
    }
    return lost;
  }

  /** Whether it was running, or was being tried again. */
  private static boolean wasAtWork(StandingQuery query, @Nullable StoredQuery stored) {
    return query.status().isAtWork()
        || query.status() == QueryStatus.FAILED
            && stored != null
            && stored.status() == QueryStatus.RETRYING;
  }

  /** A query that cannot be recovered is lost, and with it those that read its result. */
  private void attempt(
      StandingQuery query,
      Map<StandingQuery, StoredQuery> queries,
      Map<StandingQuery, UnrecoveredQuery> lost,
      Runnable step) {
    try {
      step.run();
    } catch (TidemillException e) {
      lose(query, queries, lost, e);
    } catch (RuntimeException e) {
      lose(query, queries, lost, StreamingErrors.internal(e));
    }
  }

  private void lose(
      StandingQuery query,
      Map<StandingQuery, StoredQuery> queries,
      Map<StandingQuery, UnrecoveredQuery> lost,
      TidemillException cause) {
    StoredQuery stored = queries.get(query);
    if (stored == null || lost.containsKey(query)) {
      return;
    }
    for (StandingQuery reader : registry.readers(query)) {
      lose(reader, queries, lost, StreamingErrors.notRecovered(query.name(), cause));
    }
    lost.put(query, lost(query, stored, cause));
  }

  /** Takes a logged step again; whether it can go on with the next. */
  private boolean replay(
      StandingQuery query,
      StoredQuery stored,
      LogRecord.Plan plan,
      LogRecord.@Nullable Commit commit) {
    LogRecord.Share share = plan.step() <= query.state().version() ? null : query.share(plan);
    if (share == null) {
      return true;
    }
    if (!query.follows(share)) {
      throw StreamingErrors.noReplay(query.name(), store.directory(query.id()));
    }
    if (query.unsnapped().hasUnkeptPins() && plan.step() <= query.delivery().lastStep()) {
      throw StreamingErrors.pinsLost(query.name());
    }
    String error = commit == null ? null : commit.failed().get(query.id());
    if (plan.step() == stored.failedStep() || error != null) {
      String known = query.failure().cause();
      query.fail(known != null ? known : String.valueOf(error), plan);
      if (error != null) {
        query.failure().noteUntaken();
      }
      return false;
    }
    try {
      query.compute(plan, share, System.nanoTime());
      query.deliver();
      query.publish();
      return true;
    } catch (TidemillException e) {
      query.fail(String.valueOf(e.getMessage()), plan);
      return false;
    }
  }

  /** A step is in the sink before it is in a snapshot. */
  private static void requireWritten(StandingQuery query) {
    Delivery delivery = query.delivery();
    long written = delivery.lastStep();
    long taken = query.state().version();
    if (written < taken && (written >= 0 ? !delivery.owes() : delivery.keepsSteps())) {
      throw StreamingErrors.sinkLacksSteps(query.name(), written, taken);
    }
  }

  /**
   * All steps that are known to have been taken are there again: by a snapshot, or from the log.
   */
  private void requireWhole(StandingQuery query) {
    long newest = store.snapshotNames(query.id()).stream().findFirst().orElse(-1L);
    long known = Math.max(newest, query.delivery().lastStep());
    LogRecord.Plan failed = query.failure().step();
    long reached = failed == null ? query.state().version() : failed.step();
    if (reached < known) {
      throw StreamingErrors.noReplay(query.name(), store.directory(query.id()));
    }
  }
}
