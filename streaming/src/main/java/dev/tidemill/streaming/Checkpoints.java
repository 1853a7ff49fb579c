package dev.tidemill.streaming;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.streaming.log.LogRecord;
import dev.tidemill.streaming.log.StepLog;
import dev.tidemill.streaming.result.ConsumerDelivery;
import dev.tidemill.streaming.state.MemoryState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the standing queries so that they survive the process: the step log, and per
 * query its definition and snapshots. Where there is no directory nothing is kept, and all of this
 * does nothing. Guarded by the {@link StepLock}.
 *
 * <p>A snapshot is due when the steps since the last would take long to be taken again, measured by
 * what a snapshot costs; it is written in the background ({@link Snapshots}).
 *
 * <pre>
 *   snapshot        log: steps behind it            now
 *   step 100 ────── 101 102 103 … 157 ──────────▶  taken again with the same offsets and times
 * </pre>
 */
final class Checkpoints implements AutoCloseable {
  private static final long COMPACTED_LOG_BYTES = 1 << 20;

  /** Steps are taken so many times as long as the snapshot behind them. */
  private static final long WORK_PER_SNAPSHOT = 10;

  /** A recovery may take steps again for so long, and where snapshots take long, at most. */
  private static final long LEAST_REPLAY_NANOS = 1_000_000_000;

  private static final long LONGEST_REPLAY_NANOS = 60_000_000_000L;
  private static final int MOST_STEPS_REPLAYED = 1000;

  /** The rows of older steps need no longer be there to be read again. */
  private static final long LONGEST_MILLIS = 60_000;

  private final @Nullable CheckpointStore store;
  private final @Nullable StepLog log;

  private final QueryRegistry registry;
  private final @Nullable Snapshots snapshots;

  /** The log is not made shorter before it has as many bytes. */
  private long compactedFromBytes = COMPACTED_LOG_BYTES;

  /**
   * Opens what is kept.
   *
   * @throws TidemillException STEP_LOG_DAMAGED, STEP_LOG_VERSION_UNKNOWN
   */
  Checkpoints(StreamingContext context, StepLock lock, QueryRegistry registry) {
    this.registry = registry;
    String directory = context.directory();
    if (directory == null) {
      store = null;
      log = null;
      snapshots = null;
    } else {
      store = new CheckpointStore(context.files(), directory);
      log = store.openLog();
      snapshots = new Snapshots(store, lock, this::family);
    }
  }

  /**
   * Says who is told, under the lock, of a snapshot that could not be written in the background.
   */
  void tellFailures(BiConsumer<StandingQuery, TidemillException> failed) {
    if (snapshots != null) {
      snapshots.tell(failed, this::compactLog);
    }
  }

  /** The store, or null where nothing is kept. */
  @Nullable CheckpointStore store() {
    return store;
  }

  /** The records of the step log that a recovery may need, in order. */
  List<LogRecord> records() {
    return log == null ? List.of() : log.records();
  }

  /** The plan record is durable on return: before anything of the step is published. */
  void write(LogRecord.Plan plan) {
    if (log != null) {
      log.appendDurably(plan);
    }
  }

  /**
   * Adds that a step is done, durably with the next plan. One that cannot be written is not missed:
   * a recovery takes the step again, and what keeps the log from being written fails the next step.
   */
  void write(LogRecord.Commit commit) {
    if (log != null) {
      try {
        log.append(commit);
      } catch (TidemillException unwritten) {
        return;
      }
    }
  }

  private boolean isKept(StandingQuery query) {
    return store != null && !(query.delivery() instanceof ConsumerDelivery);
  }

  /** Keeps a query as it is, but for the status that it is about to have. */
  void save(StandingQuery query, QueryStatus as) {
    if (store != null && isKept(query)) {
      store.put(query.stored(as));
    }
  }

  /** Keeps a new query; where that fails it is as if it had never been. */
  void saveNew(StoredQuery stored) {
    if (store != null) {
      saveNew(stored, () -> {});
    }
  }

  /** The same of one that begins with a state, which is in a snapshot before the query is there. */
  void saveNew(StoredQuery stored, StandingQuery begun) {
    if (store != null && snapshots != null) {
      saveNew(
          stored,
          () -> {
            store.begin(stored.id());
            snapshots.takeAtOnce(begun);
            begun.unsnapped().snapped();
          });
    }
  }

  private void saveNew(StoredQuery stored, Runnable first) {
    CheckpointStore files = Objects.requireNonNull(store);
    try {
      first.run();
      files.put(stored);
    } catch (Throwable t) {
      if (snapshots != null) {
        snapshots.forget(stored.id());
      }
      try {
        files.delete(stored.id());
      } catch (TidemillException left) {
        t.addSuppressed(left);
      }
      throw t;
    }
  }

  /** The state of a query's newest whole snapshot, or null where there is none. */
  @Nullable MemoryState read(String id, MemoryScope scope) {
    CheckpointStore.Restored read = store == null ? null : store.readSnapshots(id, scope);
    if (read == null || store == null || snapshots == null) {
      return null;
    }
    long newest = read.names().stream().max(Long::compare).orElse(-1L);
    long before =
        store.snapshotNames(id).stream().filter(name -> name < newest).findFirst().orElse(-1L);
    snapshots.chain(id).recovered(read.names(), read.state().version(), before, read.bytes());
    return read.state();
  }

  /** The newest snapshot of a query is the one that {@link #read} has read. */
  void noteSnapshot(StandingQuery query) {
    if (snapshots != null) {
      SnapshotChain chain = snapshots.chain(query.id());
      query.unsnapped().written(new UnsnappedSteps.Snapshot(chain.step(), chain.bytes()));
    }
  }

  /**
   * The queries whose snapshots are to be taken with that of one, those that read results before
   * those whose results they read: a recovery brings back a query's changes from its snapshot on,
   * and none from before. Null where one of them has not read so far, and there is to be no new
   * snapshot yet, or nothing of it is kept.
   */
  private @Nullable List<StandingQuery> family(StandingQuery query) {
    List<StandingQuery> queries = new ArrayList<>();
    return !query.state().isClosed() && collect(query, queries) ? queries : null;
  }

  private boolean collect(StandingQuery query, List<StandingQuery> queries) {
    if (!isKept(query) || query.state().version() < 0) {
      return false;
    }
    for (StandingQuery reader : registry.readers(query)) {
      if (isKept(reader)
          && reader.state().version() >= 0
          && (reader.isBehind(query) || !collect(reader, queries))) {
        return false;
      }
    }
    if (!queries.contains(query)) {
      queries.add(query);
    }
    return true;
  }

  /**
   * Makes sure that a query's last version is in a snapshot, and before it those of queries that
   * read its result. Where one of them has not read so far, there is no new snapshot yet.
   */
  void snapshot(StandingQuery query) {
    List<StandingQuery> queries = snapshots == null ? null : family(query);
    if (queries != null) {
      queries.forEach(this::snapshotAtOnce);
    }
  }

  /**
   * Makes the same sure of a query whose steps no recovery is to take again, as far as anything is
   * kept of it; whether that was possible.
   */
  boolean settle(StandingQuery query) {
    if (snapshots == null || !isKept(query) || query.state().version() < 0) {
      return true;
    }
    snapshot(query);
    return snapshots.chain(query.id()).step() >= query.state().version();
  }

  /** The same whoever reads its result: one that is behind is not recovered after a restart. */
  void snapshotAtOnce(StandingQuery query) {
    if (snapshots == null || !isKept(query) || query.state().version() < 0) {
      return;
    }
    snapshots.takeAtOnce(query);
    query.unsnapped().snapped();
    compactLog();
  }

  /** Begins a snapshot in the background where taking a query's steps again would last too long. */
  void snapshotInTime(StandingQuery query) {
    if (snapshots != null && isKept(query)) {
      long most =
          Math.clamp(
              WORK_PER_SNAPSHOT * snapshots.chain(query.id()).nanos(),
              LEAST_REPLAY_NANOS,
              LONGEST_REPLAY_NANOS);
      if (query.unsnapped().nanos() >= most
          || query.unsnapped().count() >= MOST_STEPS_REPLAYED
          || query.unsnapped().millis() >= LONGEST_MILLIS) {
        snapshots.request(query);
      }
    }
  }

  /** Drops the records that no recovery needs, once there are many. */
  private void compactLog() {
    if (log != null && log.size() > compactedFromBytes) {
      compactLog(log, SnapshotChain::step);
      compactedFromBytes = Math.max(COMPACTED_LOG_BYTES, 2 * log.size());
    }
  }

  /**
   * Drops the records that no recovery needs.
   *
   * @param begin the step of the snapshot that a recovery of a query begins with
   */
  private void compactLog(StepLog steps, ToLongFunction<SnapshotChain> begin) {
    long needed = Long.MAX_VALUE;
    for (Standing standing : registry.all()) {
      switch (standing) {
        case UnrecoveredQuery lost -> needed = Math.min(needed, lost.oldestSnapshot() + 1);
        case StandingQuery query -> {
          if (snapshots != null && isKept(query)) {
            LogRecord.Plan failedStep = query.failure().step();
            if (failedStep != null) {
              needed = Math.min(needed, failedStep.step());
            }
            long snapshot = begin.applyAsLong(snapshots.chain(query.id()));
            if (snapshot < query.state().version()) {
              needed = Math.min(needed, snapshot + 1);
            }
          }
        }
      }
    }
    steps.dropBefore(Math.min(needed, steps.lastStep()));
  }

  /**
   * Forgets a query.
   *
   * @throws TidemillException if its definition cannot be deleted: it is still there then
   */
  void delete(Standing query) {
    if (snapshots != null) {
      snapshots.settle();
    }
    if (store != null && (!(query instanceof StandingQuery at) || isKept(at))) {
      store.delete(query.id());
    }
    forget(query);
  }

  /** Nothing is known any more of the snapshots of a query. */
  void forget(Standing query) {
    if (snapshots != null) {
      snapshots.forget(query.id());
    }
  }

  /** Nothing is written in the background any more. The lock is not held. */
  void endBackground() {
    if (snapshots != null) {
      snapshots.close();
    }
  }

  /**
   * Ends cleanly: all states are in snapshots, and the log has what the ones before them need. What
   * cannot be written is no loss, the log has it; it is said, once everything is tried.
   */
  void finish() {
    TidemillException unwritten = null;
    for (StandingQuery query : registry.queries()) {
      try {
        snapshot(query);
      } catch (TidemillException e) {
        unwritten = unwritten == null ? e : unwritten;
      }
    }
    if (unwritten != null) {
      throw unwritten;
    }
    if (log != null) {
      compactLog(log, SnapshotChain::olderStep);
    }
  }

  @Override
  public void close() {
    if (log != null) {
      log.close();
    }
  }
}
