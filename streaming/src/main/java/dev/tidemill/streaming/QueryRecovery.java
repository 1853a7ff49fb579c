package dev.tidemill.streaming;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.streaming.log.LogRecord;
import java.util.HashMap;
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
    Set<TableReference> tables = new LinkedHashSet<>();
    for (CheckpointStore.Found found : store.queries()) {
      Standing query = recover(found);
      if (registry.find(query.name()) != null) {
        query = twice(query);
      }
      registry.add(query);
      if (query instanceof StandingQuery at) {
        tables.addAll(at.tables().keySet());
      }
    }
    registry.align(tables, QueryRecovery::failWhereUnreadable);
  }

  private static void failWhereUnreadable(StandingQuery query, TidemillException cause) {
    if (query.status() != QueryStatus.FAILED) {
      query.fail(String.valueOf(cause.getMessage()), query.failedStep());
    }
  }

  /**
   * Tries again to set up a query that could not be.
   *
   * @throws TidemillException what is in the way
   */
  StandingQuery retry(UnrecoveredQuery lost) {
    CheckpointStore.Found found = store.query(lost.id());
    Standing query =
        found == null
            ? lost
            : switch (found) {
              case CheckpointStore.Readable readable -> recover(readable);
              case CheckpointStore.Unreadable unreadable -> lost(unreadable);
            };
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
        registry.remove(lost);
        registry.add(at);
        registry.align(at.tables().keySet(), QueryRecovery::failWhereUnreadable);
        return at;
      }
    }
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

  private Standing recover(CheckpointStore.Found found) {
    return switch (found) {
      case CheckpointStore.Unreadable unreadable -> lost(unreadable);
      case CheckpointStore.Readable readable -> recover(readable.query());
    };
  }

  private Standing recover(StoredQuery stored) {
    StandingQuery query = null;
    try {
      query = assembler.kept(stored, scope -> checkpoints.read(stored.id(), scope));
      checkpoints.noteSnapshots(query);
      replay(query, stored);
      requireWhole(query);
    } catch (TidemillException e) {
      return lost(query, stored, e);
    } catch (RuntimeException e) {
      return lost(query, stored, StreamingErrors.internal(e));
    }
    if (query.status() == QueryStatus.RUNNING) {
      query.setStatus(query.hasTakenLastStep() ? QueryStatus.ENDED : QueryStatus.SUSPENDED);
    }
    return query;
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
      return store.snapshotSteps(id);
    } catch (TidemillException unreadable) {
      return List.of();
    }
  }

  /** Takes again the logged steps behind the snapshot, up to one that failed. */
  private void replay(StandingQuery query, StoredQuery stored) {
    Map<Long, LogRecord.Commit> commits = new HashMap<>();
    for (LogRecord record : checkpoints.records()) {
      if (record instanceof LogRecord.Commit commit) {
        commits.put(commit.step(), commit);
      }
    }
    for (LogRecord record : checkpoints.records()) {
      if (!(record instanceof LogRecord.Plan plan) || plan.step() <= query.state().version()) {
        continue;
      }
      LogRecord.Share share = query.share(plan);
      if (share == null) {
        continue;
      }
      if (!query.follows(share)) {
        throw StreamingErrors.noReplay(query.name(), store.directory(query.id()));
      }
      LogRecord.Commit commit = commits.get(plan.step());
      String error = commit == null ? null : commit.failed().get(query.id());
      if (plan.step() == stored.failedStep() || error != null) {
        String known = query.error();
        query.fail(known != null ? known : String.valueOf(error), plan);
        if (error != null) {
          query.noteUntaken();
        }
        return;
      }
      try {
        query.compute(plan, share, System.nanoTime());
        query.deliver();
        query.publish();
      } catch (TidemillException e) {
        query.fail(String.valueOf(e.getMessage()), plan);
        return;
      }
    }
  }

  /**
   * All steps that are known to have been taken are there again: by a snapshot, or from the log.
   */
  private void requireWhole(StandingQuery query) {
    long newest = store.snapshotSteps(query.id()).stream().findFirst().orElse(-1L);
    long known = Math.max(newest, query.delivery().lastStep());
    LogRecord.Plan failed = query.failedStep();
    long reached = failed == null ? query.state().version() : failed.step();
    if (reached < known) {
      throw StreamingErrors.noReplay(query.name(), store.directory(query.id()));
    }
  }
}
