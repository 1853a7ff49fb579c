package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.type.TimeUnits;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.delta.EventTime.TimeWindows;
import java.util.List;

/**
 * Event times in microseconds since the epoch: of a watermark the last not after it, of the end of
 * a window the first not before it, so that comparing them is right for times of any precision.
 * What is beyond the range is at its end.
 */
final class EventTimes {
  private EventTimes() {}

  /** Units per second of a column of times. */
  static long perSecond(Type type) {
    return switch (type) {
      case Type.Timestamp t -> TimeUnits.perSecond(t.precision());
      case Type.ZonedTimestamp t -> TimeUnits.perSecond(t.precision());
      default -> throw new IllegalArgumentException("an event time of " + type);
    };
  }

  static long microsFloor(long time, long perSecond) {
    return perSecond > 1_000_000
        ? Math.floorDiv(time, perSecond / 1_000_000)
        : saturated(time, 1_000_000 / perSecond);
  }

  static long microsCeil(long time, long perSecond) {
    return perSecond > 1_000_000
        ? Math.ceilDiv(time, perSecond / 1_000_000)
        : saturated(time, 1_000_000 / perSecond);
  }

  /** {@code micros + millis}. */
  static long plusMillis(long micros, long millis) {
    long sum = micros + millis * 1000;
    return micros > 0 && millis > 0 && sum < 0 ? Long.MAX_VALUE - 1 : sum;
  }

  /** Beyond the range is not quite +infinity, which only what has ended reaches. */
  private static long saturated(long value, long factor) {
    if (Math.multiplyHigh(value, factor) == (value * factor) >> 63) {
      return Math.min(value * factor, Long.MAX_VALUE - 1);
    }
    return value < 0 ? Long.MIN_VALUE + 1 : Long.MAX_VALUE - 1;
  }

  /**
   * The earliest end of the windows that hold {@code time}, over all ways of cutting, in
   * microseconds; {@link Long#MAX_VALUE} where none holds it or its windows are beyond the range of
   * times.
   */
  static long earliestEnd(long time, long perSecond, List<TimeWindows> cuts) {
    long earliest = Long.MAX_VALUE;
    for (TimeWindows cut : cuts) {
      earliest = Math.min(earliest, earliestEnd(time, perSecond, cut));
    }
    return earliest;
  }

  private static long earliestEnd(long time, long perSecond, TimeWindows cut) {
    long size = units(cut.sizeMillis(), perSecond);
    long slide = units(cut.slideMillis(), perSecond);
    long offset = units(cut.offsetMillis(), perSecond);
    try {
      long last = Math.subtractExact(time, Math.floorMod(Math.subtractExact(time, offset), slide));
      if (time - last >= size) {
        return Long.MAX_VALUE;
      }
      long before = (size - 1 - (time - last)) / slide;
      long start = Math.subtractExact(last, Math.multiplyExact(before, slide));
      return microsCeil(Math.addExact(start, size), perSecond);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Whether a time, in units of its column, is not further behind an earlier one than a gap. */
  static boolean isNear(long earlier, long time, long gapMillis, long perSecond) {
    long apart = time - earlier;
    return apart >= 0 && apart <= units(gapMillis, perSecond);
  }

  /** Milliseconds in units of a column, rounded down. */
  static long units(long millis, long perSecond) {
    return perSecond >= 1000 ? Math.multiplyExact(millis, perSecond / 1000) : millis / 1000;
  }
}
