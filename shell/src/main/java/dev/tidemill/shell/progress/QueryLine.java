package dev.tidemill.shell.progress;

import dev.tidemill.streaming.QueryStatus;
import dev.tidemill.streaming.StepProgress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What the status area knows of one standing query. */
final class QueryLine {
  private static final long WINDOW_NANOS = 5_000_000_000L;
  private static final double NANOS_PER_SECOND = 1e9;

  private final String query;
  private final Deque<Taken> recent = new ArrayDeque<>();
  private QueryStatus status = QueryStatus.RUNNING;
  private long rowsIn;
  private long rowsOut;
  private long lateRows;
  private long begunNanos;
  private @Nullable StepProgress last;

  /** Rows that a step took, and when. */
  private record Taken(long nanos, long rows) {}

  QueryLine(String query) {
    this.query = query;
  }

  void stepped(StepProgress step, long nowNanos) {
    if (last == null) {
      begunNanos = nowNanos - (long) (step.millis() * 1e6);
    }
    last = step;
    rowsIn += step.rowsIn();
    rowsOut += step.rowsOut();
    lateRows += step.lateRows();
    recent.add(new Taken(nowNanos, step.rowsIn()));
  }

  void statusChanged(QueryStatus now) {
    status = now;
  }

  String query() {
    return query;
  }

  QueryStatus status() {
    return status;
  }

  long rowsIn() {
    return rowsIn;
  }

  long rowsOut() {
    return rowsOut;
  }

  long lateRows() {
    return lateRows;
  }

  /** The last step, or null before the first. */
  @Nullable StepProgress last() {
    return last;
  }

  /** Rows taken a second, over the last seconds. */
  double rowsPerSecond(long nowNanos) {
    while (!recent.isEmpty() && nowNanos - recent.getFirst().nanos() > WINDOW_NANOS) {
      recent.removeFirst();
    }
    long rows = recent.stream().mapToLong(Taken::rows).sum();
    long nanos = Math.clamp(nowNanos - begunNanos, 1, WINDOW_NANOS);
    return rows * NANOS_PER_SECOND / nanos;
  }
}
