package dev.tidemill.streaming;

/**
 * The steps of a query that no snapshot has seen, which a recovery takes again, and the newest
 * snapshot. Guarded by the {@link StepLock}, but for {@link #snapshot()}.
 */
final class UnsnappedSteps {
  private int count;
  private long nanos;
  private long lastNanos;

  /** When the first of them and the last began; the greatest long where there is none. */
  private long firstMillis = Long.MAX_VALUE;

  private long lastMillis = Long.MAX_VALUE;
  private boolean hasUnkeptPins;
  private volatile Snapshot snapshot = new Snapshot(-1, 0);

  /**
   * A snapshot that is there.
   *
   * @param step -1 where there is none
   * @param bytes with those that it builds on
   */
  record Snapshot(long step, long bytes) {}

  /**
   * Of a query that begins.
   *
   * @param pins whether it is to pin rows that cannot be read again
   */
  UnsnappedSteps(boolean pins) {
    this.hasUnkeptPins = pins;
  }

  /** A step begins. */
  void begun(long millis) {
    firstMillis = Math.min(firstMillis, millis);
    lastMillis = millis;
  }

  /** It was taken. */
  void taken(long stepNanos) {
    count++;
    nanos += stepNanos;
    lastNanos = stepNanos;
  }

  /** A snapshot has all of them. */
  void snapped() {
    hasUnkeptPins = false;
    count = 0;
    nanos = 0;
    firstMillis = Long.MAX_VALUE;
  }

  /** A snapshot is there. */
  void written(Snapshot written) {
    snapshot = written;
  }

  int count() {
    return count;
  }

  /** How long they took. */
  long nanos() {
    return nanos;
  }

  /** How long the last step took, whether a snapshot has it or not. */
  long lastNanos() {
    return lastNanos;
  }

  /** How long ago the first of them had begun when the last began. */
  long millis() {
    return Math.max(0, lastMillis - firstMillis);
  }

  /**
   * Whether rows that the query pinned, or is to pin, are in no snapshot and cannot be read again.
   */
  boolean hasUnkeptPins() {
    return hasUnkeptPins;
  }

  /** The newest snapshot. Any thread. */
  Snapshot snapshot() {
    return snapshot;
  }
}
