package dev.tidemill.shell;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import java.util.function.Consumer;

/**
 * Tells who sits at the prompt, or reads what a script says, of standing queries that fail; of what
 * goes well SHOW QUERIES tells.
 */
final class FailureListener implements QueryListener {
  private volatile Consumer<String> notices = notice -> {};
  private volatile boolean hasFailed;

  /** From now on {@code notices} gets each line. */
  void tell(Consumer<String> consumer) {
    notices = consumer;
  }

  /** The first attempt only: SHOW QUERIES tells of the others. */
  @Override
  public void retrying(String query, TidemillException error, long attempt, long delayMillis) {
    if (attempt == 1) {
      notices.accept("warning: standing query " + query + " is tried again: " + error.getMessage());
    }
  }

  /** Whether a query has failed. */
  boolean hasFailed() {
    return hasFailed;
  }

  @Override
  public void failed(String query, TidemillException error) {
    hasFailed = true;
    notices.accept("error: standing query " + query + " failed: " + error.getMessage());
  }
}
