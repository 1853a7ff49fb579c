package dev.tidemill.streaming.pipeline;

/**
 * How many rows of a step were not as rows should be.
 *
 * @param missing removals of rows that are not there, which were left out
 * @param untimed rows whose event time is NULL
 * @param ahead rows too far ahead of the clock, by which no watermark goes
 */
public record UnusualRows(long missing, long untimed, long ahead) {
  public static final UnusualRows NONE = new UnusualRows(0, 0, 0);

  UnusualRows plus(UnusualRows other) {
    return new UnusualRows(missing + other.missing, untimed + other.untimed, ahead + other.ahead);
  }
}
