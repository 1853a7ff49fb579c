package dev.tidemill.exec;

import dev.tidemill.exec.context.ExecutionContext.Priority;
import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.pipeline.Crew;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * A run's workers on the executor's threads. The run's own thread, which holds a permit, works
 * along.
 */
final class ThreadCrew implements Crew {
  private final Scheduler scheduler;
  private final Priority priority;
  private final int size;
  private final ThreadLocal<Long> since = ThreadLocal.withInitial(System::nanoTime);

  ThreadCrew(Scheduler scheduler, Priority priority, int size) {
    this.scheduler = scheduler;
    this.priority = priority;
    this.size = size;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void work(int workers, Runnable work, Consumer<Throwable> failed) {
    CountDownLatch others = new CountDownLatch(workers - 1);
    for (int i = 1; i < workers; i++) {
      scheduler.start(
          priority,
          () -> {
            try {
              work.run();
            } catch (Throwable t) {
              failed.accept(t);
            } finally {
              since.remove();
              others.countDown();
            }
          });
    }
    try {
      work.run();
    } catch (Throwable t) {
      failed.accept(t);
      throw ExecErrors.wrap(t);
    } finally {
      since.remove();
      if (workers > 1) {
        scheduler.release();
        await(others);
        scheduler.acquire(priority);
      }
    }
  }

  private static void await(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean yield() {
    if (scheduler.yield(priority, since.get())) {
      since.set(System.nanoTime());
      return true;
    }
    return false;
  }
}
