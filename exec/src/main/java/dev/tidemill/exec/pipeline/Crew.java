package dev.tidemill.exec.pipeline;

import java.util.function.Consumer;

/** Who does a run's work: the caller alone, or an executor's threads. */
public interface Crew {
  /** The most workers a pipeline may have. */
  int size();

  /**
   * Calls {@code work} {@code workers} times, side by side where there are threads, and returns
   * when all calls have. The first failure is thrown when all have ended; {@code failed} is told of
   * each at once.
   */
  void work(int workers, Runnable work, Consumer<Throwable> failed);

  /** Lets more urgent work go first; says whether time has been spent waiting. */
  boolean yield();

  /** The caller alone. */
  Crew ALONE =
      new Crew() {
        @Override
        public int size() {
          return 1;
        }

        @Override
        public void work(int workers, Runnable work, Consumer<Throwable> failed) {
          work.run();
        }

        @Override
        public boolean yield() {
          return false;
        }
      };
}
