package dev.tidemill.plan.delta;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What the watermark promises of rows that stand in the order of their times, and whose results
 * depend on no row behind them, or on the next ones only: what comes stands behind all that is
 * final, so results of these are final, too, and what no frame reaches any more can go.
 *
 * <pre>
 *   watermark                     |
 *   rows        a b c d e f g     |   h i      the first that may still come is behind g
 *   kept                  f g     |   h i      with 2 PRECEDING
 *   kept        a+…+f       g     |   h i      of a running total
 * </pre>
 *
 * @param time of a row, by which it and its results are final; it is never NULL
 * @param backMillis how long behind that time a row may be asked for by its distance, or null where
 *     all rows are kept for ever
 * @param backRows so many rows of each partition are kept although they are final
 * @param aheadRows the results of so many last rows of each partition are not final yet
 * @param carries whether running aggregates, or numbers of rows, go on from those of the rows that
 *     went: what these add up to is kept for each partition
 */
public record OrderBound(
    TimeBound time,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long backMillis,
    int backRows,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int aheadRows,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean carries) {
  /** Whether rows go. */
  public boolean ends() {
    return backMillis != null;
  }

  /** When rows go, but for the last of each partition; where they do. */
  public TimeBound end() {
    if (backMillis == null) {
      throw new IllegalStateException("rows that are kept for ever");
    }
    return new TimeBound(time.column(), Math.addExact(time.plusMillis(), backMillis));
  }
}
