package dev.tidemill.streaming.pipeline;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Work that a {@link StepCrew} does, or whoever needs its result first. */
final class StepTask<T extends @Nullable Object> implements Runnable {
  private final Supplier<T> work;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch done = new CountDownLatch(1);
  private @Nullable T result;
  private @Nullable Throwable failure;

  /** CPU time of a helper that did it. */
  private long helpedNanos;

  StepTask(Supplier<T> work) {
    this.work = work;
  }

  /** A helper's turn: nothing where the work has begun elsewhere. */
  @Override
  public void run() {
    if (begun.compareAndSet(false, true)) {
      long before = OperatorTimes.now();
      perform();
      helpedNanos = OperatorTimes.now() - before;
      done.countDown();
    }
  }

  private void perform() {
    try {
      result = work.get();
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  /** The result; the time it took is {@code operator}'s. What the work threw is thrown. */
  @SuppressWarnings("NullAway") // the result is there, and is as nullable as T
  T join(String operator, Step step) {
    if (begun.compareAndSet(false, true)) {
      String before = step.times().enter(operator);
      perform();
      done.countDown();
      step.times().enter(before);
    } else {
      await();
      step.times().add(operator, helpedNanos);
    }
    Throwable thrown = failure;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw (RuntimeException) thrown;
    }
    return result;
  }

  /** Gives back a result that nobody wants any more; work that has not begun never will. */
  void discard(Consumer<T> giveBack) {
    if (!begun.compareAndSet(false, true)) {
      await();
      if (failure == null && result != null) {
        giveBack.accept(Objects.requireNonNull(result));
      }
    }
  }

  /** Not to be interrupted: what the work uses must not be given back before it ends. */
  private void await() {
    boolean interrupted = false;
    while (true) {
      try {
        done.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
