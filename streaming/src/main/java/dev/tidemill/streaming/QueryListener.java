package dev.tidemill.streaming;

import dev.tidemill.foundation.error.TidemillException;

/** Is told what standing queries do. Called on the thread that steps them: do not wait in it. */
public interface QueryListener {
  QueryListener NONE = new QueryListener() {};

  /** A step is committed. */
  default void stepped(StepProgress progress) {}

  /** A query has ended, failed, or been paused or stopped. */
  default void statusChanged(String query, QueryStatus status) {}

  /**
   * Trouble outside is in the way; the query is RETRYING.
   *
   * @param attempt the next one in a row, from 1
   * @param delayMillis until then
   */
  default void retrying(String query, TidemillException error, long attempt, long delayMillis) {}

  /** A step went wrong and the query is FAILED. */
  default void failed(String query, TidemillException error) {}
}
