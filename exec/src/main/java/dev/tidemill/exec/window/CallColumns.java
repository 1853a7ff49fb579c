package dev.tidemill.exec.window;

import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.error.ErrorKind;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.batch.WindowCall;
import dev.tidemill.plan.batch.WindowPlan;
import org.jspecify.annotations.Nullable;

/** The results of a window's calls. */
final class CallColumns {
  private CallColumns() {}

  /**
   * The results of a call of all rows, the caller's to close.
   *
   * @param inOrder as in {@link AggregateWindow}
   * @param places as in {@link AggregateWindow}
   */
  static Column of(
      WindowPlan plan,
      WindowCall call,
      WindowRows rows,
      boolean inOrder,
      RunningStates.@Nullable Places places) {
    try {
      return unplaced(plan, call, rows, inOrder, places);
    } catch (TidemillException failure) {
      throw failure.kind() == ErrorKind.USER ? failure.at(call.position()) : failure;
    }
  }

  private static Column unplaced(
      WindowPlan plan,
      WindowCall call,
      WindowRows rows,
      boolean inOrder,
      RunningStates.@Nullable Places places) {
    return switch (call) {
      case WindowCall.Aggregate aggregate -> {
        try (Frames frames = new Frames(aggregate.frame(), rows, plan.orderKeys());
            AggregateWindow window =
                new AggregateWindow(aggregate, rows, frames, inOrder, places)) {
          yield window.compute();
        }
      }
      case WindowCall.Function function ->
          switch (function.function()) {
            case ROW_NUMBER, RANK, DENSE_RANK, PERCENT_RANK, CUME_DIST, NTILE ->
                RankingWindow.compute(function, rows);
            case LAG, LEAD -> {
              try (ValueWindow window = new ValueWindow(function, rows)) {
                yield window.compute(null);
              }
            }
            case FIRST_VALUE, LAST_VALUE, NTH_VALUE, NTH_VALUE_FROM_LAST -> {
              try (Frames frames = new Frames(function.frame(), rows, plan.orderKeys());
                  ValueWindow window = new ValueWindow(function, rows)) {
                yield window.compute(frames);
              }
            }
          };
    };
  }
}
