package dev.tidemill.jdbc;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The query timeout of one execution: what the database may spend on it, execution and pages
 * together. Time between the calls, which is the application's, does not count. One thread at a
 * time.
 */
final class TimeLimit {
  /** No limit. */
  static final TimeLimit NONE = new TimeLimit(0);

  /** One daemon thread, while there is something to watch. */
  private static final class Timer {
    static final ScheduledThreadPoolExecutor THREAD = thread();

    private static ScheduledThreadPoolExecutor thread() {
      ScheduledThreadPoolExecutor thread =
          new ScheduledThreadPoolExecutor(
              1,
              work -> {
                Thread made = new Thread(work, "tidemill-jdbc-timeout");
                made.setDaemon(true);
                return made;
              });
      thread.setRemoveOnCancelPolicy(true);
      thread.setKeepAliveTime(10, TimeUnit.SECONDS);
      thread.allowCoreThreadTimeOut(true);
      return thread;
    }
  }

  /** One call to the database under watch; closed when the call returns. */
  final class Watch implements AutoCloseable {
    private final long startNanos = System.nanoTime();
    private final @Nullable ScheduledFuture<?> alarm;

    private Watch(Runnable cancel) {
      alarm =
          seconds == 0
              ? null
              : Timer.THREAD.schedule(
                  () -> {
                    exceeded = true;
                    cancel.run();
                  },
                  Math.max(0, leftNanos),
                  TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
      if (alarm != null) {
        alarm.cancel(false);
        leftNanos -= System.nanoTime() - startNanos;
      }
    }
  }

  private final int seconds;
  private long leftNanos;
  private volatile boolean exceeded;

  private TimeLimit(int seconds) {
    this.seconds = seconds;
    this.leftNanos = TimeUnit.SECONDS.toNanos(seconds);
  }

  /**
   * @param seconds 0 for none
   */
  static TimeLimit of(int seconds) {
    return seconds == 0 ? NONE : new TimeLimit(seconds);
  }

  /** Starts to watch a call; {@code cancel} stops it when time is up. */
  Watch watch(Runnable cancel) {
    return new Watch(cancel);
  }

  boolean exceeded() {
    return exceeded;
  }

  int seconds() {
    return seconds;
  }
}
