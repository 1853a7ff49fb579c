package dev.tidemill.shell.progress;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.StepProgress;
import java.io.PrintStream;

/** A line a step, see {@link StepText}. */
public final class TextProgress implements Progress.View {
  private final PrintStream err;
  private final StepText text = new StepText();

  public TextProgress(PrintStream err) {
    this.err = err;
  }

  @Override
  public synchronized void stepped(StepProgress step) {
    err.println(text.step(step, Integer.MAX_VALUE).toString());
  }

  @Override
  public synchronized void statusChanged(String query, QueryStatus status) {
    if (!status.isAtWork()) {
      err.println(text.status(query, status).toString());
    }
  }

  @Override
  public synchronized void retrying(
      String query, TidemillException error, long attempt, long delayMillis) {
    err.println(StepText.retry(query, error, attempt, delayMillis));
  }

  @Override
  public synchronized void failed(String query, TidemillException error) {
    err.println(StepText.failure(query, error));
  }

  @Override
  public void close() {}
}
