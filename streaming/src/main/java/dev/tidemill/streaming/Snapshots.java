package dev.tidemill.streaming;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.streaming.state.StateImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes snapshots: at once, while whoever asks holds the {@link StepLock}, or in the background,
 * where a thread takes the lock for a slice at a time ({@link StateImage}) and writes to files
 * without it. A snapshot of a query takes those of the queries that read its result with it, all
 * read by one last slice, and written before it.
 *
 * <p>One at a time is written in the background. What is done at once, or away with, under the lock
 * ends it first: {@link #settle}. Guarded by the {@link StepLock}, which is taken before a job's
 * own monitor, never within it.
 */
final class Snapshots {
  private static final long LEAST_SLICE_NANOS = 500_000;
  private static final long LONGEST_SLICE_NANOS = 20_000_000;

  /**
   * So much is written at a time before it is brought to the disk: the step log syncs meanwhile.
   */
  private static final int SYNC_BYTES = 1 << 20;

  private final CheckpointStore store;
  private final StepLock lock;

  /**
   * The queries whose snapshots are to be taken with that of one, in order; null if none can be.
   */
  private final Function<StandingQuery, @Nullable List<StandingQuery>> family;

  private final Map<String, SnapshotChain> chains = new HashMap<>();
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private BiConsumer<StandingQuery, TidemillException> failed = (query, cause) -> {};
  private Runnable written = () -> {};
  private @Nullable Thread thread;
  private volatile boolean isEnding;

  /** What is written in the background. */
  private @Nullable Job running;

  /**
   * What is wanted of the thread.
   *
   * @param query whose snapshot it is to take, or null for its end
   */
  private record Request(@Nullable StandingQuery query) {}

  Snapshots(
      CheckpointStore store,
      StepLock lock,
      Function<StandingQuery, @Nullable List<StandingQuery>> family) {
    this.store = store;
    this.lock = lock;
    this.family = family;
  }

  /** Says who is told, under the lock, of what fails in the background and of what was written. */
  void tell(BiConsumer<StandingQuery, TidemillException> ofFailure, Runnable ofWritten) {
    failed = ofFailure;
    written = ofWritten;
  }

  SnapshotChain chain(String id) {
    return chains.computeIfAbsent(id, of -> new SnapshotChain());
  }

  void forget(String id) {
    chains.remove(id);
  }

  /** A snapshot of one query, being written. */
  private final class Member {
    private final StandingQuery query;
    private final StateImage image;
    private final SnapshotChain chain;
    private final int level;
    private final long name;
    private final FileOutput output;
    private long step = -1;
    private long nanos;
    private long unsynced;
    private boolean isCommitted;

    Member(StandingQuery query) {
      this.query = query;
      this.chain = chain(query.id());
      this.level = chain.nextLevel();
      this.name = query.state().version();
      this.output = store.createSnapshot(query.id(), name);
      this.image = new StateImage(query.state(), level);
    }

    boolean advance(long sliceNanos) {
      long start = System.nanoTime();
      boolean more = image.advance(sliceNanos);
      nanos += System.nanoTime() - start;
      return more;
    }

    void finish() {
      image.finish(chain.base(level));
      step = query.state().version();
      query.unsnapped().snapped();
    }

    /** Writes what was read; without the lock. */
    void write() {
      long start = System.nanoTime();
      byte[] bytes = image.take();
      for (int from = 0; from < bytes.length; from += SYNC_BYTES) {
        int count = Math.min(SYNC_BYTES, bytes.length - from);
        output.write(bytes, from, count);
        unsynced += count;
        if (unsynced >= SYNC_BYTES) {
          output.sync();
          unsynced = 0;
        }
      }
      nanos += System.nanoTime() - start;
    }

    void commit() {
      output.commit();
      isCommitted = true;
    }

    /** It counts, or what it has read is to be read again. */
    void settle() {
      if (isCommitted) {
        chain.add(new SnapshotChain.Snapshot(name, step, level, output.position(), nanos));
        query.unsnapped().written(new UnsnappedSteps.Snapshot(step, chain.bytes()));
        deleteOthers();
      } else if (!query.state().isClosed()) {
        image.abandon();
      }
    }

    /** What cannot be deleted now is deleted with the next snapshot. */
    private void deleteOthers() {
      try {
        store.keepSnapshots(query.id(), chain.needed());
      } catch (TidemillException later) {
        return;
      }
    }
  }

  /** Writes a snapshot of a query's last version, and no other's. */
  void takeAtOnce(StandingQuery query) {
    settle();
    if (chain(query.id()).step() >= query.state().version()) {
      return;
    }
    Member member = new Member(query);
    try (FileOutput output = member.output) {
      while (member.advance(LONGEST_SLICE_NANOS)) {
        member.write();
      }
      member.finish();
      member.write();
      member.commit();
    } finally {
      member.settle();
    }
  }

  /** Has a snapshot of a query written in the background. */
  void request(StandingQuery query) {
    if (isEnding) {
      return;
    }
    if (thread == null) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .name("tidemill-snapshots")
              .priority(Thread.MIN_PRIORITY)
              .start(this::run);
    }
    Request request = new Request(query);
    if (!requests.contains(request)) {
      requests.add(request);
    }
  }

  private void run() {
    try {
      for (StandingQuery of = requests.take().query; of != null; of = requests.take().query) {
        take(of);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Snapshots of some queries, which count together. */
  private final class Job {
    private final StandingQuery query;
    private final List<Member> members = new ArrayList<>();
    private boolean isSettled;
    private boolean isCancelled;
    private @Nullable Throwable failure;

    Job(StandingQuery query) {
      this.query = query;
    }

    void begin(List<StandingQuery> queries) {
      for (StandingQuery of : queries) {
        if (chain(of.id()).step() < of.state().version()) {
          members.add(new Member(of));
        }
      }
    }

    synchronized boolean isCancelled() {
      return isCancelled;
    }

    /** Reads the rest of all; whether that was possible. The lock is held. */
    boolean finish() {
      List<StandingQuery> queries = family.apply(query);
      if (isCancelled() || queries == null) {
        return false;
      }
      for (StandingQuery of : queries) {
        if (members.stream().noneMatch(member -> member.query == of)
            && chain(of.id()).step() < of.state().version()) {
          return false;
        }
      }
      members.forEach(Member::finish);
      return true;
    }

    synchronized void commit() {
      for (Member member : members) {
        if (!isCancelled) {
          member.commit();
        }
      }
    }

    /** Ends it, whether its thread is done with it or not. The lock is held. */
    void settle() {
      if (isSettled) {
        return;
      }
      isSettled = true;
      synchronized (this) {
        isCancelled = true;
      }
      running = null;
      members.forEach(Member::settle);
    }
  }

  /** Ends what is written in the background: it counts, or is as if it had not been begun. */
  void settle() {
    Job job = running;
    if (job != null) {
      job.settle();
    }
  }

  private interface Slice {
    boolean read();
  }

  /** Reads a slice under the lock; false where there is nothing to follow. */
  private boolean slice(Slice slice) {
    lock.take();
    try {
      return slice.read();
    } finally {
      lock.release();
    }
  }

  private void take(StandingQuery query) {
    Job job = new Job(query);
    try {
      if (slice(() -> begin(job)) && read(job) && slice(job::finish)) {
        job.members.forEach(Member::write);
        job.commit();
      }
    } catch (RuntimeException | Error e) {
      job.failure = e;
    }
    for (Member member : job.members) {
      member.output.close();
    }
    slice(() -> end(job));
  }

  private boolean begin(Job job) {
    List<StandingQuery> queries = family.apply(job.query);
    if (isEnding || queries == null) {
      return false;
    }
    running = job;
    job.begin(queries);
    return !job.members.isEmpty();
  }

  private boolean read(Job job) {
    for (Member member : job.members) {
      boolean more = true;
      while (more) {
        more = slice(() -> !job.isCancelled() && member.advance(sliceNanos(member.query)));
        if (job.isCancelled()) {
          return false;
        }
        member.write();
      }
    }
    return true;
  }

  /** A slice is short beside a step. */
  private static long sliceNanos(StandingQuery query) {
    return Math.clamp(query.unsnapped().lastNanos() / 20, LEAST_SLICE_NANOS, LONGEST_SLICE_NANOS);
  }

  private boolean end(Job job) {
    if (job.isSettled) {
      return false;
    }
    job.settle();
    Throwable cause = job.failure;
    if (cause != null) {
      failed.accept(
          job.query, cause instanceof TidemillException e ? e : StreamingErrors.internal(cause));
    } else {
      written.run();
    }
    return false;
  }

  /** Ends the thread, with what it writes; the lock is not held. */
  void close() {
    isEnding = true;
    Thread ending;
    lock.take();
    try {
      settle();
      ending = thread;
      thread = null;
      requests.clear();
      requests.add(new Request(null));
    } finally {
      lock.release();
    }
    if (ending != null) {
      boolean interrupted = false;
      while (ending.isAlive()) {
        try {
          ending.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
