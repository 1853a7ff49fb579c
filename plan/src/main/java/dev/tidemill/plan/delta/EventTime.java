package dev.tidemill.plan.delta;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemill.plan.expression.Expression;
import java.util.List;

/**
 * The event time of a scanned table.
 *
 * @param time the time column as an expression over the scan's stored columns, a TIMESTAMP
 * @param watermark the watermark expression over the same columns, a TIMESTAMP; the table's
 *     watermark is its maximum over all rows taken
 * @param lateness which rows come too late for the query
 * @param maxAheadMillis values of the watermark expression that are further ahead of the time of
 *     the step do not count for the maximum; 0 where all do
 * @param idleTimeoutMillis after what time without rows a partition of the table does not hold the
 *     watermark back; 0 where it always does
 */
public record EventTime(
    Expression time,
    Expression watermark,
    Lateness lateness,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long maxAheadMillis,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long idleTimeoutMillis) {

  /**
   * Which rows of a step are late, by the watermark W of the step before. A late row is outside the
   * query's input.
   */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "lateness")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Never.class, name = "never"),
    @JsonSubTypes.Type(value = ByWindow.class, name = "byWindow"),
    @JsonSubTypes.Type(value = ByTime.class, name = "byTime"),
  })
  public sealed interface Lateness {}

  /** No row is late. */
  public record Never() implements Lateness {}

  /**
   * A row is late iff the earliest end of its time windows, over all the ways the query cuts the
   * table into windows, is not after W. A row without a time, or in no window, is not late.
   */
  public record ByWindow(List<TimeWindows> windows) implements Lateness {
    public ByWindow {
      windows = List.copyOf(windows);
    }
  }

  /** Windows as those of {@code WindowTablePlan}. */
  public record TimeWindows(long sizeMillis, long slideMillis, long offsetMillis) {}

  /** A row is late iff its time is before W. */
  public record ByTime() implements Lateness {}
}
