package dev.tidemill.streaming;

/**
 * How many rows a query's steps take: what it may, or where its steps are to take a certain time,
 * as many as it has lately taken in that; never more than fit the memory; and how fast it goes.
 *
 * <pre>
 *   target 500 ms:   100,000 rows in 2,000 ms  ▸ 25,000 rows in 450 ms ▸ 27,777 rows …
 * </pre>
 *
 * Under the {@link StepLock}.
 */
final class StepPace {
  /** What the first step of a query with a target may take. */
  private static final long FIRST_ROWS = 100_000;

  /** What a step takes at least, and how much more than the one before at most. */
  private static final long LEAST_ROWS = 100;

  private static final double MOST_GROWTH = 2;

  /** The weight of the last step in the speed. */
  private static final double NEWEST = 0.3;

  /** What is left of a step that did not fit the memory. */
  private static final long SHRINKS_TO = 4;

  private final long targetMillis;
  private long rows;
  private long fitting = Long.MAX_VALUE;
  private double rowsPerMilli = Double.NaN;

  /**
   * @param targetMillis 0 where there is none
   */
  StepPace(long targetMillis) {
    this.targetMillis = targetMillis;
    this.rows = targetMillis == 0 ? Long.MAX_VALUE : FIRST_ROWS;
  }

  /** The most rows of the next step. */
  long rows() {
    return Math.min(rows, fitting);
  }

  long fittingRows() {
    return fitting;
  }

  /**
   * A step of so many rows did not fit the memory: from now on none is of more than a part of them.
   *
   * @return false where that would be too small to be worth a try
   */
  boolean shrinks(long tooMany) {
    long fewer = tooMany / SHRINKS_TO;
    if (fewer < LEAST_ROWS) {
      return false;
    }
    fitting = Math.min(fitting, fewer);
    return true;
  }

  /** A step has taken so many rows. */
  void stepped(long taken, double millis) {
    if (taken == 0) {
      return;
    }
    double speed = taken / Math.max(millis, 1e-3);
    rowsPerMilli =
        Double.isNaN(rowsPerMilli) ? speed : NEWEST * speed + (1 - NEWEST) * rowsPerMilli;
    if (targetMillis > 0 && (millis > targetMillis || taken >= rows)) {
      double inTime = Math.min(speed * targetMillis, rows * MOST_GROWTH);
      rows = Math.max(LEAST_ROWS, (long) inTime);
    }
  }

  /** How long so many rows take at the speed of the last steps; NaN where that is not known. */
  double seconds(long backlogRows) {
    return backlogRows == 0 ? 0 : backlogRows < 0 ? Double.NaN : backlogRows / rowsPerMilli / 1_000;
  }
}
