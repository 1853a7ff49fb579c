package dev.tidemill.plan.expression;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The operand as another type. What cannot be converted (text that is no number, a number that does
 * not fit) is an error, or NULL where {@code nullOnFailure} (TRY_CAST, SAFE_CAST).
 *
 * @param zone the time zone whose clocks are between TIMESTAMP WITH LOCAL TIME ZONE and other
 *     types, nested ones included; null for UTC
 * @param position where it stands in the statement's text, for errors, or null where no text is to
 *     blame; no part of what is equal
 */
public record Cast(
    Expression operand,
    Type type,
    boolean nullOnFailure,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String zone,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SourcePosition position)
    implements Expression {
  public Cast(Expression operand, Type type, boolean nullOnFailure) {
    this(operand, type, nullOnFailure, null, null);
  }

  /** The same cast of something else. */
  public Cast of(Expression other) {
    return new Cast(other, type, nullOnFailure, zone, position);
  }

  /** The same cast by the clocks of a zone. */
  public Cast in(@Nullable String other) {
    return new Cast(operand, type, nullOnFailure, other, position);
  }

  /** The same cast with a place in the text. */
  public Cast at(@Nullable SourcePosition other) {
    return new Cast(operand, type, nullOnFailure, zone, other);
  }

  @Override
  public List<Expression> operands() {
    return List.of(operand);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Cast cast
        && nullOnFailure == cast.nullOnFailure
        && type.equals(cast.type)
        && Objects.equals(zone, cast.zone)
        && operand.equals(cast.operand);
  }

  @Override
  public int hashCode() {
    return Objects.hash(operand, type, nullOnFailure, zone);
  }

  @Override
  public String toString() {
    return (nullOnFailure ? "TRY_CAST(" : "CAST(")
        + operand
        + " AS "
        + type
        + (zone == null ? "" : ", '" + zone + "'")
        + ")";
  }
}
