package dev.tidemill.streaming.pipeline;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads that help those that take steps: they read rows, and compute what depends on nothing but
 * a batch, ahead of the operators that keep something. All queries share them. They are daemons,
 * made when there is work, and end when there is none.
 *
 * <pre>
 *   crew      read 1 │ read 2 │ linear 1 │ read 3 │ linear 2 │ …
 *   step            │ aggregate … of what is there, in its order; does itself what nobody has begun
 * </pre>
 */
public final class StepCrew {
  /** A batch of fewer rows is not worth handing over. */
  private static final int ROWS = 1024;

  /** Threads without work end. */
  private static final long IDLE_SECONDS = 10;

  /** Nobody helps. */
  public static final StepCrew NONE = new StepCrew(1, Integer.MAX_VALUE);

  private final int helpers;
  private final int rows;
  private final Executor threads;

  private StepCrew(int threads, int rows) {
    this.helpers = threads - 1;
    this.rows = rows;
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            Math.max(1, helpers),
            Math.max(1, helpers),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "tidemill-step-helper-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    this.threads = pool;
  }

  /** As many helpers as are one less than {@code threads}. */
  public static StepCrew of(int threads) {
    return threads <= 1 ? NONE : new StepCrew(threads, ROWS);
  }

  /** One that hands over batches of any size, for tests. */
  static StepCrew ofAnyRows(int threads) {
    return new StepCrew(threads, 1);
  }

  /** Whether work on a batch of so many rows is worth handing over. */
  boolean helps(int batchRows) {
    return helpers > 0 && batchRows >= rows;
  }

  /** Begins work, some time. */
  <T extends @Nullable Object> StepTask<T> submit(Supplier<T> work) {
    StepTask<T> task = new StepTask<>(work);
    threads.execute(task);
    return task;
  }
}
