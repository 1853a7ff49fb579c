package dev.tidemill.streaming;

/**
 * How a query goes on after trouble outside (a disk, a broker, a database): the step is tried again
 * after a delay that doubles from attempt to attempt.
 *
 * <pre>
 *   first 500 ms, longest 1 min:   0.5 s  1 s  2 s  4 s … 32 s  60 s  60 s …
 * </pre>
 *
 * @param firstMillis the delay before the first attempt, at least 1
 * @param longestMillis what no delay is longer than
 * @param most attempts in a row until the query stands as FAILED; 0 is none
 */
public record Retries(long firstMillis, long longestMillis, long most) {
  public static final Retries DEFAULT = new Retries(500, 60_000, 1_000_000);
  public static final Retries NONE = new Retries(1, 1, 0);

  /** How long is waited before an attempt, counted from 1. */
  long delayMillis(long attempt) {
    long delay = firstMillis;
    for (long i = 1; i < attempt && delay < longestMillis; i++) {
      delay *= 2;
    }
    return Math.min(delay, longestMillis);
  }
}
