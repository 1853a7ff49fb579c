package dev.tidemill.plan.delta;

/**
 * What bounds rows that are in sessions: a session ends, and its rows can go, when the watermark
 * has reached the time of its last row plus the gap and {@code plusMillis}.
 *
 * @param timeColumn of the rows
 * @param gapMillis rows that are further apart are in two sessions
 * @param plusMillis how far behind the watermark a row may still come, and one unit
 */
public record SessionBound(int timeColumn, long gapMillis, long plusMillis) {
  /** When a row that no other follows ends. */
  public TimeBound ofLast() {
    return new TimeBound(timeColumn, gapMillis + plusMillis);
  }
}
