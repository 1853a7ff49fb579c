package dev.tidemill.exec;

import dev.tidemill.exec.context.ExecutionContext.Priority;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets at most as many threads work as there are permits, the most urgent first, those that came
 * first among equals. Threads are daemons, made as needed and used again; one that waits for its
 * consumer gives its permit back, so that a slow reader of one query stops no other.
 */
final class Scheduler {
  /** How long work of equal urgency may go on while others of it wait. */
  private static final long SLICE_NANOS = 20_000_000;

  private final ExecutorService threads;
  private final int permits;
  private int free;
  private long arrivals;
  private final PriorityQueue<Waiter> waiting =
      new PriorityQueue<>(
          Comparator.comparing(Waiter::priority).thenComparingLong(Waiter::arrival));
  private volatile @Nullable Priority mostUrgentWaiting;

  Scheduler(int permits) {
    this.permits = permits;
    this.free = permits;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "tidemill-worker-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  int permits() {
    return permits;
  }

  /** Does {@code work} on a thread of its own, once there is a permit. */
  void start(Priority priority, Runnable work) {
    threads.execute(
        () -> {
          acquire(priority);
          try {
            work.run();
          } finally {
            release();
          }
        });
  }

  /** Waits for a permit; not to be interrupted. */
  void acquire(Priority priority) {
    Waiter waiter;
    synchronized (this) {
      if (free > 0) {
        free--;
        return;
      }
      waiter = new Waiter(priority, arrivals++, Thread.currentThread());
      waiting.add(waiter);
      mostUrgentWaiting = waiting.element().priority;
    }
    boolean interrupted = false;
    while (!waiter.granted) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  synchronized void release() {
    Waiter next = waiting.poll();
    if (next == null) {
      free++;
    } else {
      next.granted = true;
      LockSupport.unpark(next.thread);
    }
    Waiter first = waiting.peek();
    mostUrgentWaiting = first == null ? null : first.priority;
  }

  /**
   * Gives the permit to more urgent work that waits, or to equally urgent work where {@code since}
   * is a slice ago, and waits for another; says whether it did.
   */
  boolean yield(Priority priority, long since) {
    Priority urgent = mostUrgentWaiting;
    if (urgent == null || urgent.compareTo(priority) > 0) {
      return false;
    }
    if (urgent == priority && System.nanoTime() - since < SLICE_NANOS) {
      return false;
    }
    release();
    acquire(priority);
    return true;
  }

  private static final class Waiter {
    private final Priority priority;
    private final long arrival;
    private final Thread thread;
    private volatile boolean granted;

    Waiter(Priority priority, long arrival, Thread thread) {
      this.priority = priority;
      this.arrival = arrival;
      this.thread = thread;
    }

    Priority priority() {
      return priority;
    }

    long arrival() {
      return arrival;
    }
  }
}
