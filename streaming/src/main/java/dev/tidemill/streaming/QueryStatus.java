package dev.tidemill.streaming;

/** Where a standing query is in its life. */
public enum QueryStatus {
  /** It steps when its trigger says so. */
  RUNNING,
  /** It keeps everything and does not step until it is resumed. */
  PAUSED,
  /** Trouble outside is in the way of its next step, which is tried again by itself. */
  RETRYING,
  /** It was stopped by its user; it may be resumed. */
  STOPPED,
  /** It was running when the process ended, and nobody has resumed it yet. */
  SUSPENDED,
  /** It has taken all that it ever will. */
  ENDED,
  /** A step went wrong; it stands at the last good one and may be resumed. */
  FAILED;

  /** Whether it takes steps by itself, now or when trouble has passed. */
  public boolean isAtWork() {
    return this == RUNNING || this == RETRYING;
  }
}
