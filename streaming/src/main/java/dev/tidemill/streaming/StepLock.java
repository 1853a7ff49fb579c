package dev.tidemill.streaming;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is held for a whole step, and by whoever changes which queries stand and how. It is fair: a
 * statement that waits gets its turn before the next step. Who only looks at what is published
 * ({@link PublishedQueries}) does not take it.
 */
final class StepLock {
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition changed = lock.newCondition();

  /** Takes the lock; how many milliseconds that had to wait for a step at work. */
  long take() {
    long begun = System.nanoTime();
    lock.lock();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  /** Takes the lock unless that takes longer; whether it did. */
  boolean take(long millis) throws InterruptedException {
    return lock.tryLock(millis, TimeUnit.MILLISECONDS);
  }

  void release() {
    lock.unlock();
  }

  /** Wakes who waits for a change; the lock is held. */
  void signal() {
    changed.signalAll();
  }

  /** Lets go of the lock until something changes. */
  void await() throws InterruptedException {
    changed.await();
  }

  /** Lets go of the lock until something changes or the time has passed; whether it changed. */
  boolean await(long millis) throws InterruptedException {
    return changed.await(millis, TimeUnit.MILLISECONDS);
  }
}
