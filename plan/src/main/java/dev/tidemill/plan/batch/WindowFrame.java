package dev.tidemill.plan.batch;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemill.plan.expression.Literal;

/** Which rows of its partition a window function sees at a row. */
public record WindowFrame(Unit unit, Bound start, Bound end, Exclusion exclusion) {
  /** All rows of the partition. */
  public static final WindowFrame WHOLE_PARTITION =
      new WindowFrame(
          Unit.ROWS, new UnboundedPreceding(), new UnboundedFollowing(), Exclusion.NO_OTHERS);

  public enum Unit {
    ROWS,
    RANGE,
    GROUPS
  }

  public enum Exclusion {
    NO_OTHERS,
    CURRENT_ROW,
    GROUP,
    TIES
  }

  /** An end of the frame. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "bound")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = UnboundedPreceding.class, name = "unboundedPreceding"),
    @JsonSubTypes.Type(value = Preceding.class, name = "preceding"),
    @JsonSubTypes.Type(value = CurrentRow.class, name = "currentRow"),
    @JsonSubTypes.Type(value = Following.class, name = "following"),
    @JsonSubTypes.Type(value = UnboundedFollowing.class, name = "unboundedFollowing"),
  })
  public sealed interface Bound {}

  public record UnboundedPreceding() implements Bound {}

  /**
   * {@code distance}: rows or groups as BIGINT; for RANGE a number or interval to subtract from the
   * only sort key.
   */
  public record Preceding(Literal distance) implements Bound {}

  public record CurrentRow() implements Bound {}

  public record Following(Literal distance) implements Bound {}

  public record UnboundedFollowing() implements Bound {}
}
