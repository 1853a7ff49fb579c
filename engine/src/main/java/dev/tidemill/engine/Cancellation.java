package dev.tidemill.engine;

import org.jspecify.annotations.Nullable;

/**
 * Whether a statement is to stop, and who must hear of it. Any thread may cancel. One for each
 * execution: {@code session.execute(sql, cancellation)}.
 */
public final class Cancellation {
  private boolean cancelled;
  private @Nullable Runnable listener;

  /** Says whom to tell; at once, where it is cancelled already. */
  void onCancel(Runnable stop) {
    boolean now;
    synchronized (this) {
      listener = stop;
      now = cancelled;
    }
    if (now) {
      stop.run();
    }
  }

  /** Stops the statement, at once or when it begins; its calls at work throw QUERY_CANCELLED. */
  public void cancel() {
    Runnable stop;
    synchronized (this) {
      cancelled = true;
      stop = listener;
    }
    if (stop != null) {
      stop.run();
    }
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }

  /**
   * @throws dev.tidemill.foundation.error.TidemillException QUERY_CANCELLED
   */
  void check() {
    if (isCancelled()) {
      throw EngineErrors.cancelled();
    }
  }
}
