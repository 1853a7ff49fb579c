package dev.tidemill.shell.progress;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.StepProgress;
import java.util.concurrent.atomic.AtomicBoolean;

/** Hears of steps for {@code run}, and remembers whether a query has failed. */
public final class Progress implements QueryListener, AutoCloseable {
  private final View view;
  private final AtomicBoolean failed = new AtomicBoolean();

  /** How steps are told. Called by several threads. */
  public sealed interface View extends AutoCloseable
      permits JsonProgress, LiveProgress, SilentProgress, TextProgress {
    void stepped(StepProgress step);

    void statusChanged(String query, QueryStatus status);

    void retrying(String query, TidemillException error, long attempt, long delayMillis);

    void failed(String query, TidemillException error);

    /** All is told; a terminal is left as it was found. */
    @Override
    void close();
  }

  public Progress(View view) {
    this.view = view;
  }

  /** Whether a query has failed. */
  public boolean hasFailed() {
    return failed.get();
  }

  @Override
  public void stepped(StepProgress step) {
    view.stepped(step);
  }

  @Override
  public void statusChanged(String query, QueryStatus status) {
    view.statusChanged(query, status);
  }

  @Override
  public void retrying(String query, TidemillException error, long attempt, long delayMillis) {
    view.retrying(query, error, attempt, delayMillis);
  }

  @Override
  public void failed(String query, TidemillException error) {
    failed.set(true);
    view.failed(query, error);
  }

  @Override
  public void close() {
    view.close();
  }
}
