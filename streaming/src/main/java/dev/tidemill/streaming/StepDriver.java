package dev.tidemill.streaming;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The thread that looks at the groups, one after the other, and takes the steps that are due. */
final class StepDriver {
  /** How long it waits between looks that found nothing: longer where looking itself takes long. */
  private static final long POLL_MILLIS = 10;

  private static final long MAX_POLL_MILLIS = 200;

  private final StepLock lock;
  private final QueryRegistry registry;
  private final StepTaker steps;
  private volatile boolean ending;
  private @Nullable Thread thread;

  StepDriver(StepLock lock, QueryRegistry registry, StepTaker steps) {
    this.lock = lock;
    this.registry = registry;
    this.steps = steps;
  }

  /** Runs it from now on; does nothing when it runs. The lock is held. */
  void start() {
    if (thread == null && !ending) {
      Thread started = new Thread(this::run, "tidemill-steps");
      started.setDaemon(true);
      thread = started;
      started.start();
    }
  }

  private void run() {
    while (!ending) {
      long begun = System.nanoTime();
      boolean worked = stepDue();
      if (!worked) {
        long lookMillis = (System.nanoTime() - begun) / 1_000_000;
        rest(Math.clamp(lookMillis * 4, POLL_MILLIS, MAX_POLL_MILLIS));
      }
    }
  }

  /**
   * Looks once at every group and takes the steps whose triggers say so; whether there were any.
   */
  boolean stepDue() {
    boolean worked = retryDue();
    for (QueryGroup group : groups()) {
      lock.take();
      try {
        // a statement may have made other groups of the queries in between
        if (!ending && registry.groups().contains(group)) {
          worked |= steps.turn(group);
        }
      } finally {
        lock.release();
      }
    }
    return worked;
  }

  private boolean retryDue() {
    lock.take();
    try {
      return !ending && steps.retryDue();
    } finally {
      lock.release();
    }
  }

  private List<QueryGroup> groups() {
    lock.take();
    try {
      return registry.groups();
    } finally {
      lock.release();
    }
  }

  private void rest(long millis) {
    lock.take();
    try {
      boolean idle = registry.queries().stream().noneMatch(q -> q.status().isAtWork());
      if (ending) {
        return;
      }
      if (idle) {
        lock.await();
      } else {
        lock.await(millis);
      }
    } catch (InterruptedException e) {
      ending = true;
    } finally {
      lock.release();
    }
  }

  boolean isEnding() {
    return ending;
  }

  /** Ends it when the step at work is taken. The lock is not held. */
  void end() {
    ending = true;
    Thread running;
    lock.take();
    try {
      running = thread;
      lock.signal();
    } finally {
      lock.release();
    }
    boolean interrupted = false;
    while (running != null && running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
