package dev.tidemill.exec;

import dev.tidemill.foundation.batch.Batch;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The batches between a run's workers and whoever reads the result: at most {@value #CAPACITY}. */
final class ResultQueue {
  static final int CAPACITY = 16;

  private final Deque<Batch> batches = new ArrayDeque<>();
  private boolean ended;
  private boolean closed;
  private @Nullable Throwable failure;

  /**
   * Adds a batch if there is room; takes it over then, or closes it where nobody reads any more.
   */
  synchronized boolean offer(Batch batch) {
    if (closed) {
      batch.close();
      return true;
    }
    if (batches.size() >= CAPACITY) {
      return false;
    }
    batches.add(batch);
    notifyAll();
    return true;
  }

  /** As {@link #offer}, but waits for room. */
  synchronized void put(Batch batch) {
    boolean interrupted = false;
    while (!offer(batch)) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nothing will come any more. */
  synchronized void end(@Nullable Throwable thrown) {
    ended = true;
    failure = thrown;
    notifyAll();
  }

  /**
   * The next batch, handed over, or null at the end; waits for it.
   *
   * @throws Throwable what {@link #end} was told
   */
  synchronized @Nullable Batch take() throws Throwable {
    while (true) {
      if (failure != null) {
        throw failure;
      }
      Batch batch = batches.poll();
      if (batch != null) {
        notifyAll();
        return batch;
      }
      if (ended || closed) {
        return null;
      }
      wait();
    }
  }

  /** Nobody reads any more; waiting workers go on. */
  synchronized void close() {
    closed = true;
    batches.forEach(Batch::close);
    batches.clear();
    notifyAll();
  }

  /** Waits until {@link #end}. */
  synchronized void awaitEnd() {
    boolean interrupted = false;
    while (!ended) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
