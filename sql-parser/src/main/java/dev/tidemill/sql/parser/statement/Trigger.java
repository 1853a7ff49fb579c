package dev.tidemill.sql.parser.statement;

import java.time.Duration;

/** When a standing query takes its next step. */
public sealed interface Trigger {
  /** {@code EVERY INTERVAL '1' SECOND}; the interval is positive. */
  record EveryInterval(Duration interval) implements Trigger {}

  /** {@code EVERY 10000 ROWS}; at least one. */
  record EveryRows(long rows) implements Trigger {}

  /** {@code EVERY 10000 ROWS OR INTERVAL '1' SECOND}: whichever comes first. */
  record EveryRowsOrInterval(long rows, Duration interval) implements Trigger {}

  /**
   * {@code AVAILABLE NOW}: as many steps as are needed for all there was at the start, then the
   * end.
   */
  record AvailableNow() implements Trigger {}

  /** {@code ONCE}: one step over all there is, then the end. */
  record Once() implements Trigger {}

  /**
   * No trigger written: the next step begins when the last one is done and there is something to
   * take.
   */
  record AsFastAsPossible() implements Trigger {}
}
