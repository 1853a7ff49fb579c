package dev.tidemill.exec.pipeline;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Who shares the pieces of one work: all threads of a run, from a step of it, or the caller alone.
 * A piece begins only while the run is wanted.
 */
public final class Team {
  private final Run run;
  private final int size;

  private Team(Run run, int size) {
    this.run = run;
    this.size = size;
  }

  /** All threads. For the run's own thread, while no worker is at work: in a step on one thread. */
  public static Team of(Run run) {
    return new Team(run, run.threads());
  }

  /** The caller. */
  public static Team alone(Run run) {
    return new Team(run, 1);
  }

  public int size() {
    return size;
  }

  /** Throws if the run has been cancelled or a worker has failed. */
  public void check() {
    run.check();
  }

  /** How many pieces to make of {@code count} things, of which a piece has {@code least}. */
  public int pieces(int count, int least) {
    return size == 1 ? 1 : Math.clamp(count / least, 1, size * 4);
  }

  /** Does pieces 0 to {@code pieces - 1}, in any order, and returns when all are done. */
  public void each(int pieces, IntConsumer piece) {
    int workers = Math.min(size, pieces);
    if (workers <= 1) {
      for (int i = 0; i < pieces; i++) {
        run.check();
        piece.accept(i);
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    run.together(
        workers,
        () -> {
          for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
            run.check();
            piece.accept(i);
          }
        });
    run.check();
  }
}
