package dev.tidemill.shell;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.streaming.QueryListener;
import java.util.function.Consumer;

/**
 * Tells who sits at the prompt of standing queries that fail; of what goes well SHOW QUERIES tells.
 */
final class PromptListener implements QueryListener {
  private volatile Consumer<String> notices = notice -> {};

  /** From now on {@code notices} gets each line. */
  void tell(Consumer<String> consumer) {
    notices = consumer;
  }

  @Override
  public void failed(String query, TidemillException error) {
    notices.accept("error: standing query " + query + " failed: " + error.getMessage());
  }
}
