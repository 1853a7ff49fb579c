package dev.tidemill.streaming;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.streaming.log.LogRecord;
import dev.tidemill.streaming.log.StepLog;
import dev.tidemill.streaming.result.ConsumerDelivery;
import dev.tidemill.streaming.state.MemoryState;
import dev.tidemill.streaming.state.MemoryStateVersion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the standing queries so that they survive the process: the step log, and per
 * query its definition and snapshots. Where there is no directory nothing is kept, and all of this
 * does nothing. Guarded by the {@link StepLock}.
 *
 * <pre>
 *   snapshot        log: steps behind it            now
 *   step 100 ────── 101 102 103 … 157 ──────────▶  taken again with the same offsets and times
 * </pre>
 */
final class Checkpoints implements AutoCloseable {
  private static final long COMPACTED_LOG_BYTES = 1 << 20;

  private final @Nullable CheckpointStore store;
  private final @Nullable StepLog log;

  /** Records of the step log that a recovery may need. */
  private final List<LogRecord> records = new ArrayList<>();

  /** Per query (by id) the version its last snapshot is of. */
  private final Map<String, Long> snapshots = new HashMap<>();

  /** The same of the snapshot before it, which serves where the last turns out to be damaged. */
  private final Map<String, Long> olderSnapshots = new HashMap<>();

  /**
   * Opens what is kept.
   *
   * @throws TidemillException STEP_LOG_DAMAGED, STEP_LOG_VERSION_UNKNOWN
   */
  Checkpoints(StreamingContext context) {
    String directory = context.directory();
    if (directory == null) {
      store = null;
      log = null;
    } else {
      store = new CheckpointStore(context.files(), directory);
      log = store.openLog();
      records.addAll(log.recovered());
    }
  }

  /** The store, or null where nothing is kept. */
  @Nullable CheckpointStore store() {
    return store;
  }

  /** The records of the step log that a recovery may need, in order. */
  List<LogRecord> records() {
    return records;
  }

  /** The plan record is durable on return: before anything of the step is published. */
  void write(LogRecord.Plan plan) {
    if (log != null) {
      log.appendDurably(plan);
      records.add(plan);
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
        records.add(commit);
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
      try {
        store.put(stored);
      } catch (TidemillException e) {
        try {
          store.delete(stored.id());
        } catch (TidemillException left) {
          e.addSuppressed(left);
        }
        throw e;
      }
    }
  }

  /** The state of a query's newest whole snapshot, or null where there is none. */
  @Nullable MemoryState read(String id, MemoryScope scope) {
    return store == null ? null : store.readSnapshot(id, scope);
  }

  /** Notes which snapshots a query that was read by {@link #read} has. */
  void noteSnapshots(StandingQuery query) {
    if (store != null) {
      snapshots.put(query.id(), query.state().version());
      store.snapshotSteps(query.id()).stream()
          .filter(step -> step < query.state().version())
          .findFirst()
          .ifPresent(step -> olderSnapshots.put(query.id(), step));
    }
  }

  /**
   * Makes sure that a query's last version is in a snapshot, and before it those of queries that
   * read its result: a recovery brings back its changes from the snapshot on, and none from before.
   * Where one of them has not read so far, there is no new snapshot yet.
   */
  void snapshot(StandingQuery query, Collection<Standing> all) {
    if (store == null || !isKept(query) || query.state().version() < 0) {
      return;
    }
    for (Standing standing : all) {
      if (standing instanceof StandingQuery reader
          && reader.reads(query)
          && isKept(reader)
          && reader.state().version() >= 0) {
        if (reader.isBehind(query)) {
          return;
        }
        snapshot(reader, all);
        if (snapshots.getOrDefault(reader.id(), -1L) < reader.state().version()) {
          return;
        }
      }
    }
    snapshotAtOnce(query, all);
  }

  /** The same whoever reads its result: one that is behind is not recovered after a restart. */
  void snapshotAtOnce(StandingQuery query, Collection<Standing> all) {
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
      compactLog(log, snapshots, all);
    }
  }

  /** Drops the records that no recovery needs that begins with one of these snapshots. */
  private void compactLog(StepLog steps, Map<String, Long> begin, Collection<Standing> all) {
    long needed = Long.MAX_VALUE;
    for (Standing standing : all) {
      switch (standing) {
        case UnrecoveredQuery lost -> needed = Math.min(needed, lost.oldestSnapshot() + 1);
        case StandingQuery query -> {
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
      }
    }
    if (!records.isEmpty()) {
      long first = Math.min(needed, records.getLast().step());
      records.removeIf(record -> record.step() < first);
    }
    steps.rewrite(records);
  }

  /**
   * Forgets a query.
   *
   * @throws TidemillException if its definition cannot be deleted: it is still there then
   */
  void delete(Standing query) {
    if (store != null && (!(query instanceof StandingQuery at) || isKept(at))) {
      store.delete(query.id());
    }
    snapshots.remove(query.id());
    olderSnapshots.remove(query.id());
  }

  /**
   * Ends cleanly: all states are in snapshots, and the log has what the ones before them need. What
   * cannot be written is no loss, the log has it; it is said, once everything is tried.
   */
  void finish(Collection<Standing> all) {
    TidemillException unwritten = null;
    for (Standing standing : all) {
      if (standing instanceof StandingQuery query) {
        try {
          snapshot(query, all);
        } catch (TidemillException e) {
          unwritten = unwritten == null ? e : unwritten;
        }
      }
    }
    if (unwritten != null) {
      throw unwritten;
    }
    if (log != null) {
      compactLog(log, olderSnapshots, all);
    }
  }

  @Override
  public void close() {
    if (log != null) {
      log.close();
    }
  }
}
