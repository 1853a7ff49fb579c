package dev.tidemill.engine;

/**
 * How a session treats standing queries.
 *
 * @param readsWait a SELECT or COPY waits until each standing query has ended or, where it cannot
 *     end, has taken all that was there when the statement began; as scripts need it
 * @param availableNow CREATE STANDING QUERY takes TRIGGER AVAILABLE NOW, whatever it says
 */
public record SessionOptions(boolean readsWait, boolean availableNow) {
  public static final SessionOptions DEFAULT = new SessionOptions(false, false);
}
