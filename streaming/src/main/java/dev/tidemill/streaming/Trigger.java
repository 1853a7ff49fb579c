package dev.tidemill.streaming;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** When a standing query takes its next step. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Trigger.AsFastAsPossible.class, name = "asFastAsPossible"),
  @JsonSubTypes.Type(value = Trigger.EveryInterval.class, name = "everyInterval"),
  @JsonSubTypes.Type(value = Trigger.EveryRows.class, name = "everyRows"),
  @JsonSubTypes.Type(value = Trigger.EveryRowsOrInterval.class, name = "everyRowsOrInterval"),
  @JsonSubTypes.Type(value = Trigger.AvailableNow.class, name = "availableNow"),
  @JsonSubTypes.Type(value = Trigger.Once.class, name = "once"),
})
public sealed interface Trigger {
  /** Whenever there are rows. */
  record AsFastAsPossible() implements Trigger {}

  /** When the time has passed since the last step began, and there are rows. */
  record EveryInterval(long millis) implements Trigger {}

  /**
   * When that many input rows have come since the last step; what is left at the end of the input
   * makes the last.
   */
  record EveryRows(long rows) implements Trigger {}

  /** Whichever comes first. */
  record EveryRowsOrInterval(long rows, long millis) implements Trigger {}

  /**
   * As many steps as are needed for all there was at the start, then the query ends. Closes no
   * windows.
   */
  record AvailableNow() implements Trigger {}

  /** One step over all there is, then the query ends. Closes no windows. */
  record Once() implements Trigger {}

  /** Whether a query ends when it has taken what there is, though its tables go on. */
  default boolean endsByItself() {
    return switch (this) {
      case AsFastAsPossible t -> false;
      case EveryInterval t -> false;
      case EveryRows t -> false;
      case EveryRowsOrInterval t -> false;
      case AvailableNow t -> true;
      case Once t -> true;
    };
  }
}
