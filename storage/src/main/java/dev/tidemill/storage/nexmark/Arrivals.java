package dev.tidemill.storage.nexmark;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * How many events have arrived: all at once, or from the moment this was made, at a rate, on top of
 * what a step had taken before (a resumed query goes on at the rate, it is not flooded). Safe for
 * many threads.
 */
final class Arrivals {
  private final long perSecond;
  private final long total;
  private final InstantSource clock;
  private final Instant opened;
  private long before = -1;

  /**
   * @param perSecond events that arrive a second, or 0 for all at once
   * @param total events in all, or -1
   */
  Arrivals(long perSecond, long total, InstantSource clock) {
    this.perSecond = perSecond;
    this.total = total;
    this.clock = clock;
    this.opened = clock.instant();
  }

  /** Events in all, or -1. */
  long total() {
    return total;
  }

  /** The events a batch query reads: all, or those there are yet. */
  long all() {
    return total >= 0 ? total : arrived(0);
  }

  /** The events there are for whoever has taken those before {@code start}. */
  synchronized long since(long start) {
    if (before < 0) {
      before = start;
    }
    return arrived(before);
  }

  private long arrived(long base) {
    if (perSecond == 0) {
      return total;
    }
    long micros = Math.max(0, ChronoUnit.MICROS.between(opened, clock.instant()));
    long events = micros / 1_000_000 * perSecond + micros % 1_000_000 * perSecond / 1_000_000;
    return total < 0 ? base + events : Math.min(total, base + events);
  }
}
