package dev.tidemill.streaming;

import dev.tidemill.streaming.log.LogRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a query last failed of, the step that it failed at, and when it is tried again.
 *
 * <p>Under the {@link StepLock}.
 */
final class LastFailure {
  private @Nullable String cause;
  private LogRecord.@Nullable Plan step;

  /** Whether nothing of that step's input was ever taken. */
  private boolean untaken;

  private long attempts;
  private long nextAttemptMillis;

  /**
   * @param cause of a run before, or null
   */
  LastFailure(@Nullable String cause) {
    this.cause = cause;
  }

  /**
   * It has failed.
   *
   * @param at the step, or null between steps
   */
  void fail(String why, LogRecord.@Nullable Plan at) {
    cause = why;
    untaken &= at != null && at.equals(step);
    step = at;
  }

  /** It runs again. */
  void clear() {
    cause = null;
    step = null;
  }

  @Nullable String cause() {
    return cause;
  }

  LogRecord.@Nullable Plan step() {
    return step;
  }

  /** The step is taken. */
  void stepRetried() {
    step = null;
  }

  /** The step has never been taken, by this process or another. */
  void noteUntaken() {
    untaken = true;
  }

  /**
   * Whether the step has left no trace in the query's state or in what it delivers.
   *
   * @param lastDelivered the last step that was delivered
   */
  boolean isStepUntaken(long lastDelivered) {
    return step != null && untaken && lastDelivered < step.step();
  }

  /** Of trouble outside: it is to be tried again at that time. */
  void retryAt(long millis) {
    attempts++;
    nextAttemptMillis = millis;
  }

  /** A step is done: the next failure is the first of a row. */
  void endRow() {
    attempts = 0;
  }

  /** Attempts in a row that have failed. */
  long attempts() {
    return attempts;
  }

  boolean isAttemptDue(long nowMillis) {
    return nowMillis >= nextAttemptMillis;
  }

  Instant nextAttempt() {
    return Instant.ofEpochMilli(nextAttemptMillis);
  }
}
