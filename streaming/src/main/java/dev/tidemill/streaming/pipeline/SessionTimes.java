package dev.tidemill.streaming.pipeline;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.delta.SessionBound;
import dev.tidemill.streaming.rows.KeyedRows;
import java.util.Arrays;

/** Which rows are in sessions that have ended. */
final class SessionTimes {
  private final SessionBound bound;
  private final long perSecond;

  /**
   * @param perSecond units of the rows' time
   */
  SessionTimes(SessionBound bound, long perSecond) {
    this.bound = bound;
    this.perSecond = perSecond;
  }

  /** The rows of some keys that are in sessions that the watermark has ended, or have no time. */
  int[] ended(KeyedRows rows, int[] keys, long watermarkMicros, MemoryScope memory) {
    int[] found = new int[Batch.MAX_ROWS];
    int length = 0;
    int[] ends = new int[keys.length];
    for (int i = 0; i < keys.length; i++) {
      for (int row = rows.first(keys[i]); row >= 0; row = rows.next(row)) {
        if (rows.weight(row) != 0) {
          if (length == found.length) {
            found = Arrays.copyOf(found, length * 2);
          }
          found[length++] = row;
        }
      }
      ends[i] = length;
    }
    long[] times = new long[length];
    boolean[] timed = new boolean[length];
    read(rows, found, length, times, timed, memory);
    int[] over = new int[length];
    int count = 0;
    int from = 0;
    for (int end : ends) {
      count = ended(found, times, timed, from, end, watermarkMicros, over, count);
      from = end;
    }
    return Arrays.copyOf(over, count);
  }

  private void read(
      KeyedRows rows,
      int[] numbers,
      int length,
      long[] times,
      boolean[] timed,
      MemoryScope memory) {
    for (int from = 0; from < length; from += Batch.MAX_ROWS) {
      int[] part = Arrays.copyOfRange(numbers, from, Math.min(length, from + Batch.MAX_ROWS));
      try (FixedColumn column =
          (FixedColumn) rows.take(bound.timeColumn(), part, part.length, memory)) {
        for (int i = 0; i < part.length; i++) {
          timed[from + i] = !column.isNull(i);
          times[from + i] = timed[from + i] ? column.longAt(i) : 0;
        }
      }
    }
  }

  /** Adds those of the rows of one key behind {@code count} others; how many there are then. */
  private int ended(
      int[] rows,
      long[] times,
      boolean[] timed,
      int from,
      int to,
      long watermarkMicros,
      int[] over,
      int count) {
    long[] sorted = new long[to - from];
    int known = 0;
    for (int i = from; i < to; i++) {
      if (timed[i]) {
        sorted[known++] = times[i];
      }
    }
    Arrays.sort(sorted, 0, known);
    // By session its first time, and whether it has ended.
    long[] starts = new long[known];
    boolean[] hasEnded = new boolean[known];
    int sessions = 0;
    for (int i = 0; i < known; i++) {
      if (i == 0 || !EventTimes.isNear(sorted[i - 1], sorted[i], bound.gapMillis(), perSecond)) {
        starts[sessions++] = sorted[i];
      }
      hasEnded[sessions - 1] = end(sorted[i]) <= watermarkMicros;
    }
    int added = count;
    for (int i = from; i < to; i++) {
      boolean isOver = !timed[i];
      if (timed[i]) {
        int place = Arrays.binarySearch(starts, 0, sessions, times[i]);
        isOver = hasEnded[place >= 0 ? place : -place - 2];
      }
      if (isOver) {
        over[added++] = rows[i];
      }
    }
    return added;
  }

  /** The watermark that ends a session whose last row is at a time, in microseconds. */
  private long end(long time) {
    return EventTimes.plusMillis(
        EventTimes.microsCeil(time, perSecond), bound.gapMillis() + bound.plusMillis());
  }
}
