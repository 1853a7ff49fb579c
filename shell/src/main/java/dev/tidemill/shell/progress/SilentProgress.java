package dev.tidemill.shell.progress;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.StepProgress;
import java.io.PrintStream;

/** Failures only. */
public final class SilentProgress implements Progress.View {
  private final PrintStream err;

  public SilentProgress(PrintStream err) {
    this.err = err;
  }

  @Override
  public void stepped(StepProgress step) {}

  @Override
  public void statusChanged(String query, QueryStatus status) {}

  @Override
  public synchronized void retrying(
      String query, TidemillException error, long attempt, long delayMillis) {
    err.println(StepText.retry(query, error, attempt, delayMillis));
  }

  @Override
  public void failed(String query, TidemillException error) {
    err.println(StepText.failure(query, error));
  }

  @Override
  public void close() {}
}
